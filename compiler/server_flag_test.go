package compiler

import (
	"maps"
	"slices"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// The table has every feature flag of the embedded server.
func TestFeatureFlags(t *testing.T) {
	s, err := server.NewServer(&server.Options{DontListen: true, NoLog: true, NoSigs: true, FeatureFlags: map[string]bool{"bogus": true}})
	if err != nil {
		t.Fatal(err)
	}
	varz, err := s.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	has, known := slices.Sorted(maps.Keys(varz.FeatureFlags)), slices.Sorted(maps.Keys(flags))
	if !slices.Equal(has, known) {
		t.Errorf("the server has %q, the table %q", has, known)
	}
}

package verify_test

import (
	"errors"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// TestMirrorClients: a client of a bucket that is a mirror in the same domain
// finds nothing in it, though all is there, and writes to the bucket that it
// copies. That is why jsc refuses shares of such a bucket, and access to it.
func TestMirrorClients(t *testing.T) {
	s := newSite(t)
	s.boot(`
operator "O" {}
account "A" {
  jetstream {}
  key_value "K" {}
  key_value "COPY" {
    mirror { name = "K" }
  }
}
`)
	bucket := func(name string) jetstream.KeyValue {
		kv, err := s.js("A").KeyValue(s.context(), name)
		s.must(err)
		return kv
	}
	origin, mirror := bucket("K"), bucket("COPY")
	_, err := origin.Put(s.context(), "x", []byte("v"))
	s.must(err)
	s.until("the mirror has the value", func() bool {
		status, err := mirror.Status(s.context())
		s.must(err)
		return status.Values() == 1
	})
	if _, err := mirror.Get(s.context(), "x"); !errors.Is(err, jetstream.ErrKeyNotFound) {
		t.Errorf("the mirror's client reads with %v", err)
	}
	_, err = mirror.Put(s.context(), "y", []byte("w"))
	s.must(err)
	// The mirror may answer for the origin, and before it has copied.
	s.until("what the mirror's client wrote is in the origin", func() bool {
		_, err := origin.Get(s.context(), "y")
		if !errors.Is(err, jetstream.ErrKeyNotFound) {
			s.must(err)
		}
		return err == nil
	})
}

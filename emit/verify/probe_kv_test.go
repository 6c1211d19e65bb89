package verify

import (
	"context"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// stale is a bucket in which somebody else has written before it is read.
type stale struct{ jetstream.KeyValue }

func (s stale) Get(ctx context.Context, key string) (jetstream.KeyValueEntry, error) {
	if _, err := s.Put(ctx, key, []byte("other")); err != nil {
		return nil, err
	}
	return s.KeyValue.Get(ctx, key)
}

// TestOtherValue: a value that is not what was put is told.
func TestOtherValue(t *testing.T) {
	v, sys := booted(t, compile(t, kindTopology("kv-write", "", "", "")), Options{})
	p, err := v.probe(t.Context(), sys, false, v.t.Shares[0].Targets[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &keyed{probe: p}
	if err := c.bind(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.write(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.own = stale{c.own}
	if err := c.write(t.Context()); err == nil || !strings.Contains(err.Error(), `the exporter sees "other" at key`) {
		t.Errorf("not told: %v", err)
	}
}

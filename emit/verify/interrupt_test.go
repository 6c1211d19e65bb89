package verify

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/compiler"
)

// TestInterrupt ends what waits long: for JetStream in a cluster, and for
// messages that do not come.
func TestInterrupt(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s"]
    consumer "C" {}
  }
}
account "WITHOUT" {}
share "S" {
  consumer = account.A.stream.S.consumer.C
  to "WITHOUT" {}
}
`)
	v, sys := booted(t, top, Options{Patience: time.Minute})
	p, err := v.probe(t.Context(), sys, false, top.Shares[0].Targets[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &pulled{probe: p, name: "C"}
	bound := &pulled{probe: p, name: "C"}
	if err := bound.lookUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, wait := range map[string]func(context.Context) error{
		"JetStream does not start": func(ctx context.Context) error { return sys.start(ctx, p.target.To, p.client) },
		"a pull":                   func(ctx context.Context) error { _, err := c.pull(ctx, 1); return err },
		"a pull of who may look up": func(ctx context.Context) error {
			_, err := bound.pull(ctx, 1)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- wait(ctx) }()
			// Nobody else has to wait meanwhile.
			connected := make(chan *nats.Conn, 1)
			go func() {
				nc, _ := sys.as(t.Context(), &compiler.Account{Name: "A", PublicKey: top.Shares[0].From.PublicKey}, nil, "")
				connected <- nc
			}()
			for range 2 {
				select {
				case nc := <-connected:
					if nc == nil {
						t.Error("nobody else can connect")
					}
					cancel()
				case err := <-ended:
					if ctx.Err() == nil || err == nil {
						t.Errorf("it ended by itself: %v", err)
					}
				case <-time.After(10 * time.Second):
					t.Fatal("it is not to be interrupted")
				}
			}
			cancel()
		})
	}
}

package verify

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/compiler"
	"jsc/schema"
)

// TestUnansweredImport: of the JetStream API's subjects silence is enough, since
// the server answers some requests only; that nothing could be asked is not.
func TestUnansweredImport(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
}
`)
	a := top.Accounts[0]
	_, sys := booted(t, top, Options{})
	nc, err := sys.as(t.Context(), a, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nc.SubscribeSync("silent"); err != nil {
		t.Fatal(err)
	}
	p := &probe{client: nc, opts: &Options{Patience: 50 * time.Millisecond}}
	crosses := func(ctx context.Context, local string) error {
		return p.crosses(ctx, &compiler.Grant{Type: compiler.ServiceType, Subject: "$JS.API.INFO", Local: local})
	}
	for _, answering := range []string{"$JS.API.INFO", "silent"} {
		if err := crosses(t.Context(), answering); err != nil {
			t.Errorf("%s: %v", answering, err)
		}
	}
	if err := crosses(t.Context(), "nobody"); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("nobody listens: %v", err)
	}
	over, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := crosses(over, "silent"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the step's time is over: %v", err)
	}
	nc.Close()
	if err := crosses(t.Context(), "$JS.API.INFO"); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("without a connection: %v", err)
	}
}

// TestAcceptedTogether: what comes by one share is told in one piece.
func TestAcceptedTogether(t *testing.T) {
	from, to := &compiler.Account{Name: "FROM"}, &compiler.Account{Name: "TO"}
	kind := &compiler.ShareKind{Name: "pull"}
	x := &compiler.Share{Name: "x", Kind: kind, Accept: new(schema.Accept)}
	y := &compiler.Share{Name: "y", Kind: kind, Accept: new(schema.Accept)}
	top := &compiler.Topology{Operator: new(compiler.Operator)}
	for _, s := range []*compiler.Share{y, x, y, x} {
		top.Grants = append(top.Grants, &compiler.Grant{From: from, To: to, Share: s, Row: &compiler.Row{Grant: "next"}, Subject: s.Name + "." + string(rune('a'+len(top.Grants)))})
	}
	v := &run{t: top, opts: new(Options)}
	if err := v.imports(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var got string
	for i := range v.more {
		got += v.more[i].Share
	}
	if got != "xxyy" {
		t.Errorf("rows of %s", got)
	}
}

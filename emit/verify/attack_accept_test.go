package verify_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
)

// parties are an exporter, whose server it is, and an importer with a topology
// of its own, which gets no more of the exporter than its bundle.
type parties struct {
	*site
	importer *site
}

// handOver builds the exporter, and the importer from the exporter's bundle as
// edited on the way, and starts the server with both.
func handOver(t *testing.T, exporter, importer string, edit func(bundle string) string, anyway ...string) *parties {
	t.Helper()
	x := newParties(t, exporter, edit)
	x.importer.build(x.accepting(importer), anyway...)
	x.guests[x.public("account/B")] = x.importer.plan.Token("account/B").Text
	x.write()
	x.start()
	x.fill()
	return x
}

func newParties(t *testing.T, exporter string, edit func(string) string) *parties {
	t.Helper()
	x := &parties{newSite(t), newSite(t)}
	x.importer.pairs = x.pairs // one server trusts one operator
	x.build(x.foreign(exporter))
	bundle := edit(x.files["activations/B.json"])
	x.importer.tree["b.json"] = &fstest.MapFile{Data: []byte(bundle)}
	return x
}

// accepting fills A's key in.
func (x *parties) accepting(importer string) string {
	return strings.Replace(importer, "EXPORTER", x.public("account/A"), 1)
}

func unchanged(bundle string) string { return bundle }

const accepted = `
operator "O" {}
account "B" {
  jetstream {}
  accept "in" {
    bundle = "b.json"
    from   = "EXPORTER"
  }
}
`

// TestHandOver takes a pull share over from one party to another by its bundle
// alone, and messages come and are acknowledged.
func TestHandOver(t *testing.T) {
	x := handOver(t, worked+`
share "work" {
  consumer = account.A.stream.S.consumer.WORK
  expires  = "30d"
  to "B" {}
}`, replace(accepted, `"EXPORTER"`, "\"EXPORTER\"\n    api_prefix = \"A.API\""), unchanged)
	x.publish("A", "s.one", "work")
	x.offered("A")
	m := x.fetch("B", "A.API.CONSUMER.MSG.NEXT.S.WORK")
	if m == nil || string(m.Data) != "work" {
		t.Fatalf("B has %v", m)
	}
	if _, err := x.as("B").Request(m.Reply, []byte("+ACK"), patience); err != nil {
		t.Fatal(err)
	}
	x.until("the message is acknowledged", func() bool {
		return x.api("A", "$JS.API.CONSUMER.INFO.S.WORK", "")["num_ack_pending"] == 0.0
	})
}

// TestWiderToo: an external importer that gets a wider share too keeps the token
// of the narrower one, and takes over whichever it wants, where it wants
// (docs/security.md A11).
func TestWiderToo(t *testing.T) {
	const one = `
operator "O" {}
account "A" {}
account "B" {}
share "one" {
  service = "ask.one"
  from    = account.A
  expires = "30d"
  to "B" {}
}
`
	const both = one + `
share "any" {
  service = "ask.*"
  from    = account.A
  expires = "30d"
  to "B" {}
}
`
	take := func(lines string) string { return replace(accepted, `"EXPORTER"`, "\"EXPORTER\"\n    "+lines) }
	narrow := take("share = \"one\"\n    local_subject = \"one\"")
	x := handOver(t, one, narrow, unchanged)
	x.serve("A", "ask.*", "yes")
	if got := x.answer("B", "one", ""); got != "yes" {
		t.Fatalf("B gets %q", got)
	}

	x.rebuild(x.foreign(both))
	if n := len(x.plan.Revoked); n > 0 {
		t.Errorf("%d tokens are revoked", n)
	}
	if got := x.answer("B", "one", ""); got != "yes" {
		t.Errorf("with its old token B gets %q", got)
	}

	for name, c := range map[string]struct{ importer, one, other string }{
		"the narrower one": {narrow, "one", ""},
		"the wider one":    {take("share = \"any\"\n    local_subject = \"any.*\""), "any.one", "any.other"},
	} {
		t.Run(name, func(t *testing.T) {
			x := handOver(t, both, c.importer, unchanged)
			x.serve("A", "ask.*", "yes")
			if got := x.answer("B", c.one, ""); got != "yes" {
				t.Errorf("B gets %q of what it has", got)
			}
			if got := x.answer("B", "ask.other", ""); got != "" {
				t.Errorf("B gets %q unmapped", got)
			}
			if c.other != "" {
				if got := x.answer("B", c.other, ""); got != "yes" {
					t.Errorf("B gets %q of the rest", got)
				}
			}
		})
	}
}

// TestHijackingBundle: what an exporter offers is none of the importer's own
// business. Believed, it would get what the importer stores for itself; jsc
// takes the local subject from the importer's topology only (docs/security.md A9).
func TestHijackingBundle(t *testing.T) {
	const exporter = `
operator "O" {}
account "A" {}
account "B" {}
share "time" {
  service = "$KV.K.>"
  from    = account.A
  expires = "30d"
  to "B" {}
}
`
	put := func(x *parties) []string {
		heard := x.listen("A", "$KV.K.>")
		x.api("B", "$JS.API.STREAM.CREATE.KV_K", `{"name": "KV_K", "subjects": ["$KV.K.>"]}`)
		var got []string
		for range rounds {
			_, err := x.as("B").Request("$KV.K.password", []byte("secret"), patience)
			x.must(err)
			got = append(got, x.heard("A", heard)...)
		}
		return got
	}
	asPublish := func(bundle string) string {
		return replace(bundle, `"kind": "service"`, `"kind": "publish", "stream": "S"`)
	}
	for name, edit := range map[string]func(string) string{
		"as a service": unchanged, "as a stream's subject": asPublish,
	} {
		t.Run(name, func(t *testing.T) {
			const rule = "missing-attribute"
			x := newParties(t, exporter, edit)
			x.importer.says(x.accepting(accepted), rule, hcl.DiagError)

			x = handOver(t, exporter, accepted, edit, rule)
			if got := put(x); len(got) == 0 {
				t.Error("the attack fails")
			}
			x = handOver(t, exporter, replace(accepted, `"EXPORTER"`, "\"EXPORTER\"\n    local_subject = \"time.>\""), edit)
			if got := put(x); len(got) > 0 {
				t.Errorf("A hears %q", got)
			}
		})
	}
}

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

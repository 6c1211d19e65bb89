package compiler_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"

	"jsc/compiler/bundle"
)

const (
	pushShare    = "share \"orders\" {\n consumer = account.A.stream.S.consumer.PUSH\n to \"B\" {}\n}\n"
	pullShare    = "share \"jobs\" {\n consumer = account.A.stream.Q.consumer.PULL\n to \"B\" {}\n}\n"
	serviceShare = "share \"ask\" {\n service = \"ask\"\n from = account.A\n to \"B\" {}\n}\n"
	kvShare      = "share \"kv\" {\n key_value = account.A.key_value.K\n watch = true\n to \"B\" {\n trusted = true\n inbox_prefix = \"_INBOX_THEM\"\n }\n}\n"
)

// TestAcceptRefuses changes what is handed over, or how it is accepted, in one
// respect each.
func TestAcceptRefuses(t *testing.T) {
	type change func(t *testing.T, x *parties, b *bundle.Bundle, s *bundle.Share)
	// replaced puts a token of another subject, or otherwise made, in the place
	// of the first.
	replaced := func(typ, subject string, edit func(*testing.T, *parties, *jwt.ActivationClaims)) change {
		return func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) {
			s.Grants[0].Token = x.token(t, typ, subject, func(c *jwt.ActivationClaims) {
				if edit != nil {
					edit(t, x, c)
				}
			})
		}
	}
	added := func(typ, subject string) change {
		return func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) {
			s.Grants = append(s.Grants, bundle.Grant{Grant: "ack", Type: typ, Subject: subject, Token: x.token(t, typ, subject, nil)})
		}
	}
	for _, c := range []struct {
		name, shares, accept, more string
		change                     change
		rules                      []string
	}{
		{name: "nothing", shares: pushShare},
		{name: "another importer", shares: pushShare, rules: []string{"activation-wrong-account"},
			change: func(t *testing.T, _ *parties, b *bundle.Bundle, _ *bundle.Share) {
				b.To.PublicKey = public(t, newKey(t))
			}},
		{name: "a token for another importer", shares: pushShare, rules: []string{"activation-wrong-account"},
			change: replaced("stream", "deliver.s", func(t *testing.T, _ *parties, c *jwt.ActivationClaims) { c.Subject = public(t, newKey(t)) })},
		{name: "a token of another exporter", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) {
				stranger := &parties{newKey(t), x.importer}
				s.Grants[0].Token = stranger.token(t, "stream", "deliver.s", nil)
			}},
		{name: "a token by a signing key", shares: pushShare,
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) {
				signing := &parties{newKey(t), x.importer}
				s.Grants[0].Token = signing.token(t, "stream", "deliver.s", func(c *jwt.ActivationClaims) { c.IssuerAccount = public(t, x.exporter) })
			}},
		{name: "a forged token", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) {
				s.Grants[0].Token = strings.ToUpper(s.Grants[0].Token)
			}},
		{name: "the bundle's own words about a token", shares: pushShare,
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) {
				s.Grants[0].Type, s.Grants[0].Subject, s.Grants[0].Grant = "service", "$JS.API.>", "next"
			}},
		{name: "another exporter", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, _ *parties, b *bundle.Bundle, _ *bundle.Share) {
				b.Bundles[0].From.PublicKey = public(t, newKey(t))
			}},
		{name: "another format", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(_ *testing.T, _ *parties, b *bundle.Bundle, _ *bundle.Share) { b.Format = 2 }},
		{name: "an unknown kind", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) { s.Kind = "telepathy" }},
		{name: "another kind", shares: pushShare, rules: []string{"bundle-unknown-grant"},
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) { s.Kind = "pull" }},
		{name: "all of the API", shares: pullShare, change: added("service", "$JS.API.>"), rules: []string{"bundle-unknown-grant"}},
		{name: "all acks", shares: pullShare, change: added("service", "$JS.ACK.>"), rules: []string{"bundle-unknown-grant"}},
		{name: "acks of another consumer", shares: pullShare, change: added("service", "$JS.ACK.Q.OTHER.>"), rules: []string{"bundle-unknown-grant"}},
		{name: "acks of another account", shares: pullShare, change: added("service", "$JS.ACK._.00000000.Q.PULL.>"), rules: []string{"bundle-unknown-grant"}},
		{name: "a service as a stream", shares: pullShare, change: added("stream", "$JS.ACK.Q.PULL.>"), rules: []string{"bundle-unknown-grant"}},
		{name: "a stream of all names", shares: pullShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) { s.Stream, s.Consumer = "*", "*" }},
		{name: "a consumer of all names", shares: pullShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) { s.Consumer = ">" }},
		{name: "a group of all names", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) { s.DeliverGroup = "*" }},
		{name: "a group of two words", shares: pushShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) { s.DeliverGroup = "a b" }},
		{name: "a bucket in another stream", shares: kvShare, accept: `inbox_prefix = "_INBOX_THEM"`, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) { s.Stream = "ORDERS" }},
		{name: "a share without a name", shares: pullShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, _ *bundle.Bundle, s *bundle.Share) { s.Name = "" }},
		{name: "two shares of one name", shares: pullShare, rules: []string{"bundle-invalid"},
			change: func(t *testing.T, x *parties, b *bundle.Bundle, s *bundle.Share) {
				b.Bundles[0].Shares = append(b.Bundles[0].Shares, *s)
			}},
		{name: "a needed token left out", shares: pullShare, rules: []string{"bundle-invalid"},
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) { s.Grants = s.Grants[1:] }},
		{name: "a token that is not needed left out", shares: pullShare,
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) {
				s.Grants = s.Grants[:len(s.Grants)-1]
			}},
		{name: "a public grant of the kind", shares: pullShare,
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) { s.Grants[0].Token = "" }},
		{name: "a public grant that only the bundle tells of", shares: pushShare, rules: []string{"bundle-unknown-grant"},
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) { s.Grants[0].Token = "" }},

		{name: "deliveries to inboxes", shares: pushShare, rules: []string{"reserved-local-subject"}, change: replaced("stream", "_INBOX.x", nil)},
		{name: "deliveries to the API", shares: pushShare, rules: []string{"reserved-local-subject"}, change: replaced("stream", "$JS.API.>", nil)},
		{name: "deliveries to everything", shares: pushShare, rules: []string{"reserved-local-subject"}, change: replaced("stream", ">", nil)},
		{name: "deliveries to inboxes, seen elsewhere", shares: pushShare, accept: `local_subject = "here"`, change: replaced("stream", "_INBOX.x", nil)},
		{name: "deliveries of no subject", shares: pushShare, accept: `local_subject = "here"`, rules: []string{"bundle-unknown-grant"}, change: replaced("stream", "a..b", nil)},
		{name: "a local subject that does not fit", shares: pushShare, accept: `local_subject = "here.*"`, rules: []string{"bad-local-subject"}},
		{name: "a reserved local subject", shares: pushShare, accept: `local_subject = "$JS.x"`, rules: []string{"reserved-local-subject"}},
		{name: "a service without a local subject", shares: serviceShare, rules: []string{"missing-attribute"}},
		{name: "a service that calls itself a stream to publish to", shares: serviceShare, rules: []string{"missing-attribute"},
			change: func(_ *testing.T, _ *parties, _ *bundle.Bundle, s *bundle.Share) { s.Kind, s.Stream = "publish", "S" }},
		{name: "a service", shares: serviceShare, accept: `local_subject = "ask"`},
		{name: "a service that is the API", shares: serviceShare, accept: `local_subject = "$JS.API.INFO"`, rules: []string{"reserved-local-subject"}, change: replaced("service", "$JS.API.INFO", nil)},
		{name: "a reserved prefix", shares: pullShare, accept: `api_prefix = "$JS.A.API"`, rules: []string{"reserved-local-subject"}},
		{name: "a local subject of a pull", shares: pullShare, accept: `local_subject = "x"`, rules: []string{"share-mode"}},
		{name: "another inbox", shares: kvShare, rules: []string{"bundle-unknown-grant"}},
		{name: "the inbox", shares: kvShare, accept: `inbox_prefix = "_INBOX_THEM"`},
		{name: "no watch", shares: strings.Replace(strings.Replace(kvShare, "watch = true", "", 1), `inbox_prefix = "_INBOX_THEM"`, "", 1), accept: `inbox_prefix = "_INBOX_THEM"`, rules: []string{"field-requires"}},

		{name: "one of two", shares: pushShare + pullShare, accept: "share = \"jobs\"\n api_prefix = \"J\""},
		{name: "two", shares: pushShare + pullShare},
		{name: "two under one prefix", shares: pushShare + pullShare, accept: `api_prefix = "J"`, rules: []string{"field-requires"}},
		{name: "two at one subject", shares: pushShare + serviceShare, accept: `local_subject = "j"`, rules: []string{"field-requires"}},
		{name: "one that is not there", shares: pushShare + pullShare, accept: `share = "job"`, rules: []string{"unknown-reference"}},

		{name: "users of one", shares: pushShare, more: "user \"u\" {\n access { shares = [account.B.accept.in] }\n}"},
		{name: "users of all", shares: pushShare + pullShare, more: "user \"u\" {\n access { shares = [account.B.accept.in] }\n}"},
		{name: "users of one of two", shares: pushShare + pullShare, more: "user \"u\" {\n access { shares = [account.B.accept.in[\"jobs\"]] }\n}"},
		{name: "users of none", shares: pushShare + pullShare, rules: []string{"unknown-reference"}, more: "user \"u\" {\n access { shares = [account.B.accept.in[\"job\"]] }\n}"},
		{name: "a source of a pull", shares: pullShare, rules: []string{"share-mode"}, more: `stream "C" {
			source { share = account.B.accept.in }
		}`},
		{name: "a source of two", shares: pushShare + pullShare, rules: []string{"wrong-reference"}, more: `stream "C" {
			source { share = account.B.accept.in }
		}`},
		{name: "the importer's own consumer of the names", shares: pullShare, rules: []string{"share-ack-collision"}, more: `stream "Q" {
			consumer "PULL" {}
		}`},
		{name: "a stream of the importer that stores the deliveries", shares: pushShare, rules: []string{"import-shadows-stream"}, more: `stream "D" { subjects = ["deliver.>"] }`},
		{name: "the same twice", shares: pullShare, rules: []string{"duplicate-name"}, more: fmt.Sprintf("accept %q {\n name = \"in\"\n bundle = \"b.json\"\n from = account.B.public_key\n}", "again")},
		{name: "its own", shares: pullShare, rules: []string{"self-import"}, more: "accept \"own\" {\n bundle = \"b.json\"\n from = account.B.public_key\n}"},
		{name: "no account's key", shares: pullShare, rules: []string{"bad-value"}, more: "accept \"own\" {\n bundle = \"b.json\"\n from = \"A\"\n}"},
		{name: "no file", shares: pullShare, rules: []string{"file-unreadable"}, more: "accept \"own\" {\n bundle = \"c.json\"\n from = account.B.public_key\n}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newParties(t)
			b := x.bundle(t, c.shares)
			if c.change != nil {
				c.change(t, x, b, &b.Bundles[0].Shares[0])
			}
			topology, rules := x.accept(t, b, c.accept, c.more)
			if diff := cmp.Diff(c.rules, rules); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
			if imports := account(t, topology, "B").Imports; len(c.rules) == 0 && len(imports) == 0 {
				t.Error("nothing is imported")
			}
		})
	}
}

// TestAcceptOfNoBundle reads files that are no bundles.
func TestAcceptOfNoBundle(t *testing.T) {
	x := newParties(t)
	for _, text := range []string{"", "{}", "[]", "null", `{"format": 1`, `{"format": 1}`, `{"format": 1, "bundles": {}}`, `{"format": "1"}`} {
		_, rules := compileFiles(t, map[string]string{"t.hcl": x.importerText(t, "", ""), "b.json": text})
		if len(rules) != 1 || rules[0] != "bundle-invalid" && rules[0] != "activation-wrong-account" {
			t.Errorf("%q: rules %v", text, rules)
		}
	}
}

// TestAcceptFromADeclaredAccount has the exporter's name for the default
// prefix, and refuses one that is signed here.
func TestAcceptFromADeclaredAccount(t *testing.T) {
	x := newParties(t)
	declared := fmt.Sprintf("}\naccount \"SHOP\" {\n public_key = %q\n external = true\n", public(t, x.exporter))
	topology, rules := x.accept(t, x.bundle(t, pullShare), "", declared)
	if len(rules) > 0 {
		t.Fatalf("rules %v", rules)
	}
	i := account(t, topology, "B").Imports[2]
	if want := "SHOP.API.CONSUMER.MSG.NEXT.Q.PULL"; i.Local != want || i.From != account(t, topology, "SHOP") {
		t.Errorf("the import of %s is at %s", i.From.Name, i.Local)
	}
	if exports := i.From.Exports; len(exports) > 0 {
		t.Errorf("what another party exports is an export here: %v", exports)
	}
	if _, rules := x.accept(t, x.bundle(t, pullShare), "", strings.Replace(declared, "external = true", "", 1)); !cmp.Equal(rules, []string{"bundle-invalid"}) {
		t.Errorf("of an account that is signed here: %v", rules)
	}
}

// TestAcceptedSources copies streams by shares of another party.
func TestAcceptedSources(t *testing.T) {
	x := newParties(t)
	topology, rules := x.accept(t, x.bundle(t, `
share "all" {
  stream = account.A.stream.S
  mode   = "source"
  to "B" { trusted = true }
}
share "some" {
  stream         = account.A.stream.S
  mode           = "mirror"
  filter_subjects = ["t.x"]
  to "B" { trusted = true }
}
share "durable" {
  consumer = account.A.stream.S.consumer.SOURCED
  to "B" {}
}`), "", `
stream "C" {
  source { share = account.B.accept.in["all"] }
  source { share = account.B.accept.in["durable"] }
}
stream "M" {
  mirror { share = account.B.accept.in["some"] }
}`)
	if len(rules) > 0 {
		t.Fatalf("rules %v", rules)
	}
	var got []string
	for _, s := range account(t, topology, "B").Streams {
		for _, o := range append(s.Config.Sources, s.Config.Mirror) {
			if o == nil {
				continue
			}
			line := fmt.Sprintf("%s %s %s %q %q", s.Config.Name, o.Name, o.External.API, o.External.Deliver, o.FilterSubject)
			if o.Consumer != nil {
				line += " " + o.Consumer.Name + " " + o.Consumer.DeliverSubject
			}
			got = append(got, line)
		}
	}
	if diff := cmp.Diff([]string{
		`C S in.API "deliver.all.B" ""`,
		`C S in.API "" "" SOURCED deliver.sourced`,
		`M S in.API "deliver.some.B" "t.x"`,
	}, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

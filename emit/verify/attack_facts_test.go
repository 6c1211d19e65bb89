package verify_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"jsc/emit/lock"
)

// These tests hold what the design takes for granted about nats-server
// when somebody makes a mistake: a version that does otherwise is noticed here.

// TestExpiryIsNoRevocation: a service import with a local subject goes on after
// its token's end, while one without ends; only a claims update ends both.
func TestExpiryIsNoRevocation(t *testing.T) {
	text := `
operator "O" {}
account "A" {}
account "B" {}
share "exact" {
  service = "svc.exact"
  from    = account.A
  expires = "10s"
  to "B" {}
}
share "renamed" {
  service = "svc.renamed"
  from    = account.A
  expires = "10s"
  to "B" { local_subject = "a.renamed" }
}
`
	s := newSite(t)
	s.now = time.Now().Unix() - 19 // the build is 9 s ago, and its tokens end in 1 s
	s.build(text)
	s.start()
	s.serve("A", "svc.*", "answer")
	if s.answer("B", "svc.exact", "") == "" || s.answer("B", "a.renamed", "") == "" {
		t.Fatal("B is not answered")
	}
	s.until("the exact import ends", func() bool { return s.answer("B", "svc.exact", "") == "" })
	if s.answer("B", "a.renamed", "") == "" {
		t.Error("the renamed import ends with its token: expiry is enforced after all")
	}
	s.rebuild(`
operator "O" {}
account "A" {}
account "B" {}
`)
	if s.answer("B", "a.renamed", "") != "" {
		t.Error("the renamed import outlives its share")
	}
}

// answering is a service of A at a subject that gives three answers, of which
// the second has that payload, and then says done.
func answering(s *site, subject, second string) {
	nc := s.as("A")
	_, err := nc.Subscribe(subject, func(m *nats.Msg) {
		for _, data := range []string{"1", second, "3"} {
			_ = m.Respond([]byte(data))
		}
		_ = nc.Publish("done", nil)
	})
	s.must(err)
	s.must(nc.Flush())
}

// answers are those that B gets to one request, all of them: they pass the
// server before A hears itself say done.
func answers(s *site) []string {
	got, done := s.listen("B", "answers"), s.listen("A", "done")
	s.must(s.as("B").PublishRequest("a.list", "answers", nil))
	s.hears(done)
	all := s.heard("B", got)
	s.must(got.Unsubscribe())
	return all
}

// TestResponseType: an importer learns of an export's new response type by a
// new token of its own only, which jsc therefore issues. An answer without
// payload and header ends a stream of answers.
func TestResponseType(t *testing.T) {
	text := func(response string) string {
		return `
operator "O" {}
account "A" {}
account "B" {}
share "list" {
  service  = "list"
  from     = account.A
  response = "` + response + `"
  to "B" { local_subject = "a.list" }
}
`
	}
	s := newSite(t)
	s.build(text("single"))
	s.start()
	answering(s, "list", "2")
	if got := answers(s); len(got) != 1 {
		t.Errorf("answers of a single response: %q", got)
	}
	old := s.plan.Token(lock.AccountID("B")).Text
	s.build(text("stream"))
	if s.plan.Token(lock.AccountID("B")).Text == old {
		t.Error("the importer's token is the former one")
	}
	s.forged["B"] = old
	s.write()
	s.must(s.server.Reload())
	if got := answers(s); len(got) != 1 {
		t.Errorf("answers with the importer's former token: %q; it learns of the new response without one", got)
	}
	clear(s.forged)
	s.write()
	s.must(s.server.Reload())
	if got := answers(s); len(got) != 3 {
		t.Errorf("answers with the importer's new token: %q", got)
	}

	s.stop()
	s.start()
	answering(s, "list", "")
	if got := answers(s); len(got) != 2 {
		t.Errorf("answers of which the second is empty: %q", got)
	}
}

// TestActivations: what becomes of an account whose import has a token that is
// not as it should be.
func TestActivations(t *testing.T) {
	const text = `
operator "O" {}
account "A" {
  signing_key "plain" {}
  signing_key "scoped" {
    role {}
  }
}
account "B" {}
account "C" {}
share "one" {
  service = "svc.one"
  from    = account.A
  to "B" { local_subject = "a.one" }
}
share "two" {
  service = "svc.two"
  from    = account.A
  to "B" { local_subject = "a.two" }
}
`
	const (
		works   = "works"
		absent  = "is silently absent"
		refused = "has the account refused"
	)
	now := time.Now().Unix()
	by := func(id string) func(*site) nkeys.KeyPair { return func(s *site) nkeys.KeyPair { return s.pair(id) } }
	identity := by("account/A")
	for name, c := range map[string]struct {
		signer func(*site) nkeys.KeyPair
		change func(*site, *jwt.ActivationClaims)
		want   string
	}{
		"as it should be":        {identity, func(*site, *jwt.ActivationClaims) {}, works},
		"by a signing key":       {by("account/A/signing/plain"), issuedFor("account/A"), works},
		"by a scoped key":        {by("account/A/signing/scoped"), issuedFor("account/A"), works},
		"by no issuer account":   {by("account/A/signing/plain"), func(*site, *jwt.ActivationClaims) {}, refused},
		"by a stranger":          {by("account/C"), func(*site, *jwt.ActivationClaims) {}, refused},
		"by a stranger, for A":   {by("account/C"), issuedFor("account/A"), absent},
		"by the importer, for A": {by("account/B"), issuedFor("account/A"), absent},
		"by the operator, for A": {by("operator/O"), issuedFor("account/A"), absent},
		"expired":                {identity, func(_ *site, c *jwt.ActivationClaims) { c.Expires = now - 10 }, absent},
		"not yet valid":          {identity, func(_ *site, c *jwt.ActivationClaims) { c.NotBefore = now + 1000 }, absent},
		"for another account":    {identity, func(s *site, c *jwt.ActivationClaims) { c.Subject = s.public("account/C") }, refused},
		"of another kind":        {identity, func(_ *site, c *jwt.ActivationClaims) { c.ImportType = jwt.Stream }, refused},
		"of another subject":     {identity, func(_ *site, c *jwt.ActivationClaims) { c.ImportSubject = "svc.two" }, refused},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.build(text)
			s.forge("B", func(account *jwt.AccountClaims) {
				for _, i := range account.Imports {
					if i.Subject != "svc.one" {
						continue
					}
					token := jwt.NewActivationClaims(account.Subject)
					token.ImportType, token.ImportSubject = jwt.Service, "svc.one"
					c.change(s, token)
					var err error
					i.Token, err = token.Encode(c.signer(s))
					s.must(err)
				}
			})
			s.start()
			s.serve("A", "svc.*", "answer")
			got := works
			if nc, err := s.connect("account/B/user/x", s.token("B", s.public("account/B/user/x")), ""); err != nil {
				got = refused
			} else if nc.Close(); s.answer("B", "a.one", "") == "" {
				got = absent
			}
			if got != c.want {
				t.Errorf("the import %s, and should be that it %s", got, c.want)
			}
			if got != refused && s.answer("B", "a.two", "") == "" {
				t.Error("the account's other import is gone too")
			}
		})
	}
}

func issuedFor(account string) func(*site, *jwt.ActivationClaims) {
	return func(s *site, c *jwt.ActivationClaims) { c.IssuerAccount = s.public(account) }
}

// TestInvalidAccountInReload: an account that does not validate is gone after a
// reload, which says nothing. When it is mended its streams tell of themselves
// and do nothing until the server is started again.
func TestInvalidAccountInReload(t *testing.T) {
	s := newSite(t)
	s.boot(worked)
	s.publish("A", "s.one", "kept")
	s.forge("A", func(c *jwt.AccountClaims) {
		x := &jwt.Export{Name: "x", Subject: "x", Type: jwt.Service}
		c.Exports.Add(x, x)
	})
	s.must(s.server.Reload())
	s.until("A is disconnected", s.as("A").IsClosed)
	clear(s.forged)
	s.write()
	s.must(s.server.Reload())
	delete(s.conns, "A")
	works := func() bool {
		_, published := s.ask("A", "s.two", "")
		_, pulled := s.as("A").Request("$JS.API.CONSUMER.MSG.NEXT.S.WORK", []byte(`{"no_wait": true}`), patience)
		if (published == nil) != (pulled == nil) {
			t.Errorf("publish: %v, pull: %v", published, pulled)
		}
		return published == nil
	}
	if s.api("A", "$JS.API.STREAM.INFO.S", ""); works() {
		t.Error("the stream works after the mend")
	}
	s.stop()
	s.start()
	if !works() {
		t.Error("the stream does not work after a restart")
	}
}

// TestOneImportPerSubject: of two imports of one exporter's subject the server
// takes one, which is why jsc refuses the second.
func TestOneImportPerSubject(t *testing.T) {
	text := `
operator "O" {}
account "A" {}
account "B" {}
share "one" {
  subject = "news"
  from    = account.A
  to "B" { local_subject = "one" }
}
`
	s := newSite(t)
	s.says(text+`
share "two" {
  subject = "news"
  from    = account.A
  to "B" { local_subject = "two" }
}`, "import-collision", hcl.DiagError)
	s.build(text)
	s.forge("B", func(c *jwt.AccountClaims) {
		second := *c.Imports[0]
		second.LocalSubject = "two"
		c.Imports = append(slices.Clone(c.Imports), &second)
	})
	s.start()
	one, two := s.listen("B", "one"), s.listen("B", "two")
	s.must(s.as("A").Publish("news", []byte("x")))
	s.must(s.as("A").Flush())
	if n := len(s.heard("B", one)) + len(s.heard("B", two)); n != 1 {
		t.Errorf("%d imports bring the message", n)
	}
}

// TestPreloadKey: a preload under a key that is not the account's is dropped
// without a word.
func TestPreloadKey(t *testing.T) {
	s := newSite(t)
	s.build(services())
	s.files["resolver.conf"] = replace(s.files["resolver.conf"], s.public("account/B"), s.public("account/another"))
	s.write()
	s.start()
	for account, want := range map[string]bool{"A": true, "B": false, "another": false} {
		id := lock.UserID(account, "u")
		_, err := s.connect(id, s.token(account, s.public(id)), "")
		if (err == nil) != want {
			t.Errorf("a user of %s connects with %v", account, err)
		}
	}
}

// TestPublishersShareIDs: publishers of one stream share its window of message
// IDs: who may publish can have another's message dropped (docs/security.md A5). A
// publish share goes no further than its subjects.
func TestPublishersShareIDs(t *testing.T) {
	s := newSite(t)
	s.boot(shared + `
share "x" {
  stream          = account.A.stream.S
  mode            = "publish"
  filter_subjects = ["s.in"]
  to "B" {}
}`)
	s.store("B", &nats.Msg{Subject: "s.in", Header: nats.Header{"Nats-Msg-Id": {"order-1"}}})
	if ack := s.store("A", &nats.Msg{Subject: "s.order", Header: nats.Header{"Nats-Msg-Id": {"order-1"}}}); !ack.Duplicate {
		t.Error("A's message is stored: IDs are not shared after all")
	}
	if got := s.answer("B", "s.order", "forged"); got != "" {
		t.Errorf("B may publish to s.order: %s", got)
	}
}

// TestAckFormatOfServer: grants of v2 alone do not fit a server whose flag is
// off: acks find nobody. So jsc writes the flag, and refuses to contradict it.
func TestAckFormatOfServer(t *testing.T) {
	text := worked + `
server { ack_format = "v2" }
share "x" {
  consumer = account.A.stream.S.consumer.WORK
  to "B" {}
}`
	s := newSite(t)
	s.says(replace(text, `ack_format = "v2"`, "\n ack_format = \"v2\"\n feature_flags = { js_ack_fc_v2 = false }\n"), "ack-format-flag", hcl.DiagError)
	for flag, answered := range map[string]bool{"v1": false, "v2": true, "both": true} {
		s := newSite(t)
		s.build(text)
		if flag == "both" {
			s.build(replace(text, `"v2"`, `"both"`))
		}
		if flag == "v1" {
			s.plan.Topology.Server.Ack.V1 = true // the server's own default
			s.write()
		}
		s.start()
		s.fill()
		s.publish("A", "s.one", "work")
		s.offered("A")
		m := s.fetch("B", "A.API.CONSUMER.MSG.NEXT.S.WORK")
		if m == nil {
			t.Fatal("B has nothing")
		}
		if _, err := s.as("B").Request(m.Reply, []byte("+ACK"), patience); (err == nil) != answered {
			t.Errorf("a server with %s: the ack to %s is answered with %v", flag, m.Reply, err)
		}
	}
}

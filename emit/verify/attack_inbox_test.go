package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nats.go"
)

// watched is a bucket that B and C may watch; what they see comes to their
// inboxes.
const watched = `
operator "O" {}
account "A" {
  jetstream {}
  key_value "K" {}
  stream "WORK" {
    consumer "OWN" {}
  }
  user "clerk" {}
}
account "B" {}
account "C" {}
share "keys" {
  key_value = account.A.key_value.K
  watch     = true
  to "B" {}
  to "C" {}
}
`

// overhear listens in B to everything below an inbox prefix while somebody in
// A's account gets an answer.
func overhear(who, prefix string) func(*site) string {
	return func(s *site) string {
		heard := s.listen("B", prefix+".>")
		s.serve("A", "payroll", "secret")
		for range rounds {
			if got := s.answer(who, "payroll", ""); got != "secret" {
				s.t.Fatalf("%s is answered %q", who, got)
			}
			if got := s.heard("B", heard); len(got) > 0 {
				return fmt.Sprintf("B hears %q", got)
			}
		}
		return ""
	}
}

// overlook watches the bucket in B, as its client does, while C listens.
func overlook(s *site) string {
	prefix := s.plan.Topology.Shares[0].Targets[0].InboxPrefix
	heard := s.listen("C", prefix+".>")
	inbox := prefix + ".watch"
	own := s.listen("B", inbox)
	s.api("B", "A.API.CONSUMER.CREATE.KV_K.W", fmt.Sprintf(`{"stream_name": "KV_K", "config": {"name": "W", "deliver_subject": %q, "ack_policy": "none"}}`, inbox))
	for range rounds {
		s.publish("A", "$KV.K.key", "secret")
		s.hears(own)
		if got := s.heard("C", heard); len(got) > 0 {
			return fmt.Sprintf("C hears %q", got)
		}
	}
	return ""
}

// peek listens, as a user of B, to the inbox of another user of B.
func peek(s *site) string {
	one, two := s.as("B/one"), s.as("B/two")
	prefix := s.plan.Token("account/B/user/one").User.InboxPrefix
	heard, err := two.SubscribeSync(prefix + ".>")
	s.must(err)
	s.must(two.Flush())
	s.publish("A", "$KV.K.key", "secret")
	for range rounds {
		_, err := one.Request("A.API.DIRECT.GET.KV_K.$KV.K.key", nil, patience)
		s.must(err)
		if got := s.heard("B/two", heard); len(got) > 0 {
			return fmt.Sprintf("two hears %q", got)
		}
	}
	if err := two.LastError(); err == nil {
		s.t.Error("the server has nothing against the subscription")
	}
	return ""
}

// remove deletes A's own consumer and one of the bucket, as B.
func remove(s *site) string {
	s.api("A", "$JS.API.CONSUMER.CREATE.KV_K.OWN", `{"stream_name": "KV_K", "config": {"durable_name": "OWN", "ack_policy": "explicit"}}`)
	gained := ""
	for _, c := range []string{"KV_K.OWN", "WORK.OWN"} {
		if _, err := s.ask("B", "A.API.CONSUMER.DELETE."+c, ""); err == nil {
			gained += c + " is gone; "
		}
	}
	return gained
}

// TestInboxes are the attacks by inboxes, to which A's server sends (docs/security.md
// A7), and by the right to delete consumers (A8).
func TestInboxes(t *testing.T) {
	users := replace(watched, `account "B" {}`, `account "B" {
  user "one" {
    access { shares = [share.keys] }
  }
  user "two" {
    access { shares = [share.keys] }
  }
}`)
	own := `access { shares = [share.keys] }`
	attacks := []attack{
		{
			name: "the clients' default", rule: "inbox-prefix", severity: hcl.DiagError,
			bad: replace(watched, `to "B" {}`, `to "B" { inbox_prefix = "_INBOX" }`), try: overhear("A", nats.InboxPrefix[:len(nats.InboxPrefix)-1]),
			good: map[string]string{"one's own": watched},
		},
		{
			name: "that of a user of the exporter", rule: "inbox-prefix", severity: hcl.DiagError,
			bad: replace(watched, `user "clerk" {}`, `user "clerk" { inbox_prefix = "_INBOX_B" }`), try: overhear("A/clerk", "_INBOX_B"),
			good: map[string]string{"one's own": watched},
		},
		{
			name: "that of another importer", rule: "inbox-prefix", severity: hcl.DiagError,
			bad: replace(watched, `to "B" {}`, `to "B" { inbox_prefix = "_INBOX_C" }`), try: overlook,
			good: map[string]string{"one's own": watched},
		},
		{
			name: "that of another user",
			bad:  replace(users, own, own+"\n    inbox_prefix = \"_INBOX_B\""), try: peek,
			good: map[string]string{"one's own": users},
		},
		{
			name: "consumers are deleted",
			bad:  replace(watched, `to "B" {}`, `to "B" { trusted = true }`), try: remove,
			good: map[string]string{"not trusted": watched},
		},
	}
	for i := range attacks {
		t.Run(attacks[i].name, attacks[i].test)
	}
}

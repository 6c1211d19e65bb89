package verify_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
)

// shared is A with a stream of which a part is secret.
const shared = `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    allow_direct = true
  }
}
account "B" {}
account "C" {}
account "D" {}
`

// worked is shared with a pull consumer that works on all messages.
var worked = replace(shared, "allow_direct = true", "allow_direct = true\n    consumer \"WORK\" {}")

// drain stores a message for A's worker and takes it as B.
func drain(s *site) string {
	s.publish("A", "s.secret", "secret")
	s.offered("A")
	for _, consumer := range []string{"S.WORK", "COPY.WORK"} {
		if m := s.fetch("B", "A.API.CONSUMER.MSG.NEXT."+consumer); m != nil {
			if own := s.fetch("A", "$JS.API.CONSUMER.MSG.NEXT.S.WORK"); own == nil {
				return fmt.Sprintf("B has %q of %s, and A's worker has nothing", m.Data, m.Subject)
			}
			return fmt.Sprintf("B has %q of %s too", m.Data, m.Subject)
		}
	}
	if m := s.fetch("A", "$JS.API.CONSUMER.MSG.NEXT.S.WORK"); m == nil {
		s.t.Fatal("A's worker has nothing")
	}
	return ""
}

// look tries all that B may ask for what is outside of its filter s.open.
func look(s *site) string {
	s.publish("A", "s.open", "open")
	s.publish("A", "s.secret", "secret")
	s.offered("A")
	var gained []string
	for subject, body := range map[string]string{
		"STREAM.INFO.S":                       `{"subjects_filter": ">"}`,
		"STREAM.MSG.GET.S":                    `{"seq": 2}`,
		"DIRECT.GET.S":                        `{"seq": 2}`,
		"DIRECT.GET.S.s.secret":               ``,
		"DIRECT.GET.S.s.open":                 `{"seq": 2}`,
		"DIRECT.GET.S.s.>":                    ``,
		"CONSUMER.NAMES.S":                    ``,
		"CONSUMER.LIST.S":                     ``,
		"CONSUMER.INFO.S.WORK":                ``,
		"CONSUMER.DELETE.S.WORK":              ``,
		"CONSUMER.DURABLE.CREATE.S.X":         `{"stream_name": "S", "config": {"durable_name": "X", "ack_policy": "none"}}`,
		"CONSUMER.CREATE.S":                   `{"stream_name": "S", "config": {"ack_policy": "none"}}`,
		"CONSUMER.CREATE.S.X":                 `{"stream_name": "S", "config": {"name": "X", "ack_policy": "none"}}`,
		"CONSUMER.CREATE.S.X.s.secret":        `{"stream_name": "S", "config": {"name": "X", "ack_policy": "none", "filter_subject": "s.secret"}}`,
		"CONSUMER.CREATE.S.X1.s.open":         `{"stream_name": "S", "config": {"name": "X1", "ack_policy": "none", "filter_subject": "s.secret"}}`,
		"CONSUMER.CREATE.S.X2.s.open":         `{"stream_name": "S", "config": {"name": "X2", "ack_policy": "none", "filter_subjects": ["s.open", "s.secret"]}}`,
		"CONSUMER.CREATE.S.X3.s.open":         `{"stream_name": "S", "config": {"name": "X3", "ack_policy": "none"}}`,
		"CONSUMER.MSG.NEXT.S.WORK":            `{"batch": 1, "no_wait": true}`,
		"STREAM.CREATE.S":                     `{"name": "S", "subjects": ["s.>"]}`,
		"STREAM.UPDATE.S":                     `{"name": "S", "subjects": ["s.>"]}`,
		"STREAM.PURGE.S":                      ``,
		"STREAM.MSG.DELETE.S":                 `{"seq": 2}`,
		"STREAM.NAMES":                        ``,
		"CONSUMER.CREATE.S.X4.s.secret.x.y.z": ``,
	} {
		m, err := s.as("B").Request("A.API."+subject, []byte(body), patience)
		if err == nil && !strings.Contains(string(m.Data), `"error"`) && m.Header.Get("Status") == "" {
			gained = append(gained, subject)
		}
	}
	slices.Sort(gained)
	return strings.Join(gained, ", ")
}

// TestFilterHolds: what a filtered read share grants shows nothing beyond the
// filter, whatever B asks (docs/security.md A2). That each grant does work is what
// TestKinds proves.
func TestFilterHolds(t *testing.T) {
	s := newSite(t)
	s.boot(shared + `
share "x" {
  stream          = account.A.stream.S
  filter_subjects = ["s.open"]
  to "B" {}
}`)
	if gained := look(s); gained != "" {
		t.Errorf("B may ask for %s", gained)
	}
	if got := s.answer("B", "A.API.DIRECT.GET.S.s.open", ""); got != "open" {
		t.Errorf("B gets %q of its own subject", got)
	}
}

// terminate ends a message that C has, as B.
func terminate(s *site) string {
	s.publish("A", "s.one", "C's work")
	s.offered("A")
	var consumer string
	var m *nats.Msg
	for _, consumer = range []string{"WORK", "WORK-C"} {
		if m = s.fetch("C", "A.API.CONSUMER.MSG.NEXT.S."+consumer); m != nil {
			break
		}
	}
	if m == nil {
		s.t.Fatal("C has no message")
	}
	if _, err := s.as("B").Request(m.Reply, []byte("+TERM"), patience); err != nil {
		return ""
	}
	return fmt.Sprintf("C's message of %s will not come again: %v are unacknowledged", consumer,
		s.api("A", "$JS.API.CONSUMER.INFO.S."+consumer, "")["num_ack_pending"])
}

// erase publishes into the stream as B with headers that act on what is stored.
func erase(s *site) string {
	for _, data := range []string{"1", "2", "3"} {
		s.publish("A", "s.kept", data)
	}
	_, err := s.js("B").PublishMsg(s.context(), &nats.Msg{Subject: "s.in", Header: nats.Header{"Nats-Rollup": {"all"}}})
	if err == nil {
		return fmt.Sprintf("%v messages are left of 4", s.api("A", "$JS.API.STREAM.INFO.S", "")["state"].(map[string]any)["messages"])
	}
	if n := s.api("A", "$JS.API.STREAM.INFO.S", "")["state"].(map[string]any)["messages"]; n != 3.0 {
		s.t.Errorf("%v messages are stored", n)
	}
	return ""
}

// count publishes a counter's increment as B.
func count(s *site) string {
	if _, err := s.js("A").PublishMsg(s.context(), &nats.Msg{Subject: "s.in", Header: nats.Header{"Nats-Incr": {"5"}}}); err != nil {
		s.publish("A", "s.in", "no counter")
	}
	m := &nats.Msg{Subject: "s.in", Header: nats.Header{"Nats-Incr": {"-100"}}}
	if _, err := s.js("B").PublishMsg(s.context(), m); err != nil {
		return ""
	}
	return "A's counter is " + s.answer("A", "$JS.API.DIRECT.GET.S.s.in", "")
}

// schedule publishes a message as B to the subject that it may use, to be
// delivered to another one.
func schedule(s *site) string {
	m := &nats.Msg{Subject: "s.in", Data: []byte("forged"), Header: nats.Header{
		"Nats-Schedule": {"@at 2000-01-01T00:00:00Z"}, "Nats-Schedule-Target": {"s.secret"},
	}}
	if _, err := s.js("B").PublishMsg(s.context(), m); err != nil {
		return ""
	}
	got := ""
	s.until("the schedule's message is stored", func() bool {
		got = s.answer("A", "$JS.API.DIRECT.GET.S.s.secret", "")
		return got != ""
	})
	return fmt.Sprintf("%q is stored under s.secret", got)
}

// unanswered publishes as B and asks for an answer, which comes, if at all, once
// the message is stored.
func unanswered(s *site) string {
	replies := s.listen("B", "_INBOX.b")
	s.must(s.as("B").PublishRequest("s.in", "_INBOX.b", nil))
	s.until("it is stored", func() bool { return s.stored("A", "S") == 1 })
	if _, err := replies.NextMsg(patience / 4); errors.Is(err, nats.ErrTimeout) {
		return "no answer"
	}
	return ""
}

// takeAsStranger takes a message as D, to whom nothing was given and who
// imports it by hand.
func takeAsStranger(s *site) string {
	s.forge("D", func(c *jwt.AccountClaims) {
		c.Imports.Add(&jwt.Import{
			Name: "x", Account: s.public("account/A"), Type: jwt.Service,
			Subject: "$JS.API.CONSUMER.MSG.NEXT.S.WORK", LocalSubject: "A.API.NEXT",
		})
	})
	s.must(s.server.Reload())
	s.publish("A", "s.one", "secret")
	s.offered("A")
	if m := s.fetch("D", "A.API.NEXT"); m != nil {
		return fmt.Sprintf("D has %q", m.Data)
	}
	return ""
}

// TestShares are the attacks by what a share gives beyond what it seems to
// (docs/security.md A2 to A6).
func TestShares(t *testing.T) {
	read := worked + `
share "x" {
  stream = account.A.stream.S
  to "B" {}
}`
	filtered := replace(read, "stream = account.A.stream.S", "stream = account.A.stream.S\n  filter_subjects = [\"s.open\"]")
	open := replace(worked, "  stream \"S\"", `  stream "COPY" {
    allow_direct = true
    source {
      name           = "S"
      filter_subject = "s.open"
    }
  }
  stream "S"`) + `
share "x" {
  stream = account.A.stream.COPY
  to "B" {}
}`
	pulled := worked + `
share "x" {
  consumer = account.A.stream.S.consumer.WORK
  to "B" {}
  to "C" {}
}`
	publish := shared + `
share "x" {
  stream          = account.A.stream.S
  mode            = "publish"
  filter_subjects = ["s.in"]
  to "B" {}
}`
	with := func(field string) string {
		return replace(publish, "allow_direct = true", "allow_direct = true\n    "+field+" = true")
	}
	public := worked + `
share "x" {
  consumer = account.A.stream.S.consumer.WORK
  public   = true
}`
	attacks := []attack{
		{
			name: "a reader drains A's worker", rule: "read-steals-pull", severity: hcl.DiagError,
			bad: read, try: drain,
			good: map[string]string{"a mirror for readers": replace(read, "  stream \"S\"", "  stream \"COPY\" {\n    allow_direct = true\n    mirror { name = \"S\" }\n  }\n  stream \"S\"",
				"stream = account.A.stream.S", "stream = account.A.stream.COPY")},
		},
		{
			name: "a filtered reader sees what is secret", rule: "filter-not-a-boundary", severity: hcl.DiagWarning, lowered: true,
			also: []string{"read-steals-pull"},
			bad:  filtered, try: look,
			good: map[string]string{"a stream of what is open": open},
		},
		{
			name: "an importer ends another's messages", rule: "share-consumer-many", severity: hcl.DiagError,
			bad: pulled, try: terminate,
			good: map[string]string{"a consumer for each importer": replace(worked, `consumer "WORK" {}`, `consumer "WORK" { for_each = toset(["B", "C"]) }`) + `
share "x" {
  for_each = account.A.stream.S.consumer.WORK
  consumer = each.value
  to "importer" { account = { B = account.B, C = account.C }[each.key] }
}`},
		},
		{
			name: "a publisher waits for ever", rule: "share-mode", severity: hcl.DiagWarning,
			bad: with("no_ack"), try: unanswered,
			good: map[string]string{"acks on": publish},
		},
		{
			name: "a publisher erases", rule: "publish-rollup", severity: hcl.DiagError,
			bad: with("allow_rollup_hdrs"), try: erase,
			good: map[string]string{"rollups off": publish},
		},
		{
			name: "a publisher counts down", rule: "publish-rollup", severity: hcl.DiagError,
			bad: with("allow_msg_counter"), try: count,
			good: map[string]string{"counters off": publish},
		},
		{
			name: "a publisher schedules elsewhere", rule: "publish-rollup", severity: hcl.DiagError,
			bad: with("allow_msg_schedules"), try: schedule,
			good: map[string]string{"schedules off": publish},
		},
		{
			name: "a stranger takes public messages", rule: "public-jetstream-api", severity: hcl.DiagWarning,
			bad: public, try: takeAsStranger,
			good: map[string]string{"named importers": replace(public, "public   = true", `to "B" {}`)},
		},
	}
	for i := range attacks {
		t.Run(attacks[i].name, attacks[i].test)
	}
}

package verify_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nats.go"
)

// delivering is a stream of A with two consumers, of which the first one is
// shared with B, and what is said of both.
func delivering(both, other, more string) string {
	return fmt.Sprintf(`
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.*"]
    consumer "FORB" {
      deliver_subject = "deliver.b"
      filter_subject  = "s.b"
      %[1]s
    }
    consumer "OTHER" {
      deliver_subject = %[2]q
      filter_subject  = "s.other"
      %[1]s
    }
  }
}
share "b" {
  consumer = account.A.stream.S.consumer.FORB
  to "B" {}
}
%[3]s`, both, other, more)
}

// besides subscribes where B gets its messages, and returns what comes there
// that is not of them.
func besides(s *site) string {
	sub := s.deliveries("b")
	for range rounds {
		s.publish("A", "s.other", "other")
		s.publish("A", "s.b", "b")
		for got := ""; got != "b"; {
			m := s.hears(sub)
			if got = string(m.Data); got != "b" {
				return fmt.Sprintf("B has %q", got)
			}
			s.must(m.AckSync(nats.Context(s.context())))
		}
	}
	return ""
}

// deliveries subscribes as B to what a share delivers.
func (s *site) deliveries(share string) *nats.Subscription {
	s.t.Helper()
	for _, sh := range s.plan.Topology.Shares {
		if sh.Name == share {
			c := sh.Consumer.Config
			sub, err := s.as("B").QueueSubscribeSync(c.DeliverSubject, c.DeliverGroup)
			s.must(err)
			s.must(s.as("B").Flush())
			return sub
		}
	}
	s.t.Fatalf("no share %q", share)
	return nil
}

// doubled subscribes as B in both consumers' groups, and returns what the one
// that is of FORB's has beyond its messages.
func doubled(s *site) string {
	s.deliveries("other")
	return besides(s)
}

// mixed has A's stream copied by B and by C, and returns what their copies have
// that was not stored by A, or lack.
func mixed(s *site) string {
	for n := range uint64(rounds) {
		s.publish("A", "s.other", "other")
		s.publish("A", "s.b", "b")
		for account, want := range map[string]string{"B": "s.b", "C": "s.other"} {
			if !inTime(func() bool { return s.stored(account, "COPY") > n }) {
				return fmt.Sprintf("%s's copy has %d messages of %d", account, n, n+1)
			}
			m := s.api(account, "$JS.API.STREAM.MSG.GET.COPY", fmt.Sprintf(`{"seq": %d}`, n+1))["message"].(map[string]any)
			if m["subject"] != want {
				return fmt.Sprintf("%s's copy has a message of %q", account, m["subject"])
			}
		}
	}
	return ""
}

// TestDeliverOverlap: what else the exporter sends to where a shared consumer
// delivers comes to its importers too (docs/security.md A12).
func TestDeliverOverlap(t *testing.T) {
	const (
		nobody = `account "B" {}`
		c      = nobody + `
account "C" {}
share "other" {
  consumer = account.A.stream.S.consumer.OTHER
  to "C" {}
}`
		b = nobody + `
share "other" {
  consumer = account.A.stream.S.consumer.OTHER
  to "B" {}
}`
		copied = `
account "B" {
  jetstream {}
  stream "COPY" {
    source { share = share.b }
  }
}
account "C" {
  jetstream {}
  stream "COPY" {
    source { share = share.other }
  }
}
share "other" {
  consumer = account.A.stream.S.consumer.OTHER
  to "C" {}
}`
		grouped = `deliver_group = "g"`
		copies  = `ack_policy = "flow_control"`
	)
	republished := replace(delivering("", "deliver.other", nobody), "consumer \"FORB\"", "republish {\n      src  = \"s.other\"\n      dest = \"deliver.b\"\n    }\n    consumer \"FORB\"")
	for _, a := range []attack{
		{name: "another importer's", bad: delivering("", "deliver.b", c), good: map[string]string{"": delivering("", "deliver.other", c)}, try: besides},
		{name: "another importer's of the group", bad: delivering(grouped, "deliver.b", c), good: map[string]string{"": delivering(grouped, "deliver.other", c)}, try: besides},
		{name: "nobody's", bad: delivering("", "deliver.b", nobody), good: map[string]string{"": delivering("", "deliver.other", nobody)}, try: besides},
		{name: "another group's", bad: replace(delivering(grouped, "deliver.b", b), "consumer \"OTHER\" {\n      deliver_subject = \"deliver.b\"\n      filter_subject  = \"s.other\"\n      "+grouped,
			"consumer \"OTHER\" {\n      deliver_subject = \"deliver.b\"\n      filter_subject  = \"s.other\"\n      deliver_group = \"h\""),
			good: map[string]string{"": delivering(grouped, "deliver.other", b)}, try: doubled},
		{name: "republished", bad: republished, good: map[string]string{"": replace(republished, `dest = "deliver.b"`, `dest = "deliver.r"`)}, try: besides},
		{name: "copied", bad: delivering(copies, "deliver.b", copied), good: map[string]string{"": delivering(copies, "deliver.other", copied)}, try: mixed},
	} {
		a.rule, a.severity = "share-deliver-overlap", hcl.DiagError
		a.good = map[string]string{"a subject of its own": a.good[""]}
		t.Run(a.name, a.test)
	}
}

// TestOneAudience: of two consumers that deliver to one subject for the same
// importer nothing is lost, and each message is acknowledged where it belongs.
func TestOneAudience(t *testing.T) {
	for _, both := range []string{"", `deliver_group = "g"`} {
		t.Run(both, func(t *testing.T) {
			s := newSite(t)
			text := delivering(both, "deliver.b", "account \"B\" {}\nshare \"other\" {\n  consumer = account.A.stream.S.consumer.OTHER\n  to \"B\" {}\n}")
			s.silent(text, "share-deliver-overlap")
			s.boot(text)
			sub := s.deliveries("b")
			want := map[string]int{"b": rounds, "other": rounds}
			for range rounds {
				s.publish("A", "s.other", "other")
				s.publish("A", "s.b", "b")
			}
			got := map[string]int{}
			for range 2 * rounds {
				m := s.hears(sub)
				got[string(m.Data)]++
				s.must(m.AckSync(nats.Context(s.context())))
			}
			if !maps.Equal(want, got) {
				t.Errorf("B has %v, not %v", got, want)
			}
			for _, consumer := range []string{"FORB", "OTHER"} {
				if n := s.api("A", "$JS.API.CONSUMER.INFO.S."+consumer, "")["num_ack_pending"]; n != 0.0 {
					t.Errorf("%s waits for %v acks", consumer, n)
				}
			}
		})
	}
}

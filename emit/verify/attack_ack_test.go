package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// mix takes messages of two accounts as B, by their NEXT subjects, and
// acknowledges that of the second; what becomes of the first one's?
func mix(next, other, account, otherAccount string) func(*site) string {
	return func(s *site) string {
		for _, a := range []string{account, otherAccount} {
			s.publish(a, a+".one", "work of "+a)
			s.offered(a)
		}
		if s.fetch("B", next) == nil {
			s.t.Fatalf("nothing of %s", account)
		}
		acknowledge(s, other)
		// Acks are taken in the order in which they come, so that once the second
		// message of the first account is acknowledged there is no more to wait for.
		s.publish(account, account+".two", "more work of "+account)
		s.offered(account)
		acknowledge(s, next)
		var info map[string]any
		s.until("one is acknowledged", func() bool {
			info = s.api(account, "$JS.API.CONSUMER.INFO.S.W", "")
			return info["num_ack_pending"].(float64) < 2
		})
		if floor := info["ack_floor"].(map[string]any)["stream_seq"].(float64); floor > 0 {
			return fmt.Sprintf("%s's first message, of which nothing was said, counts as done", account)
		}
		return ""
	}
}

// acknowledge takes a message as B and acknowledges it.
func acknowledge(s *site, next string) {
	s.t.Helper()
	m := s.fetch("B", next)
	if m == nil {
		s.t.Fatalf("%s gives nothing", next)
	}
	if _, err := s.as("B").Request(m.Reply, []byte("+ACK"), patience); err != nil {
		s.t.Fatalf("%s: %v", m.Reply, err)
	}
}

// TestAcks: stream and consumer of the same names in one account acknowledge
// each other's messages (docs/security.md A10).
func TestAcks(t *testing.T) {
	const consumer = `
  jetstream {}
  stream "S" {
    subjects = ["%s.>"]
    consumer "W" {}
  }`
	of := func(name string) string { return fmt.Sprintf("account %q {%s\n}\n", name, fmt.Sprintf(consumer, name)) }
	share := func(name string) string {
		return fmt.Sprintf("share \"of-%s\" {\n  consumer = account.%s.stream.S.consumer.W\n  to \"B\" {}\n}\n", name, name)
	}
	server := func(format string) string {
		return fmt.Sprintf("operator \"O\" {}\nserver { ack_format = %q }\n", format)
	}
	two := of("A") + of("E") + "account \"B\" {}\n" + share("A") + share("E")
	own := of("A") + of("B") + share("A")
	for _, format := range []string{"v1", "both"} {
		for _, c := range []struct {
			name, text string
			try        func(*site) string
		}{
			{"two exporters", two, mix("A.API.CONSUMER.MSG.NEXT.S.W", "E.API.CONSUMER.MSG.NEXT.S.W", "A", "E")},
			{"the other exporter", two, mix("E.API.CONSUMER.MSG.NEXT.S.W", "A.API.CONSUMER.MSG.NEXT.S.W", "E", "A")},
			{"its own", own, mix("A.API.CONSUMER.MSG.NEXT.S.W", "$JS.API.CONSUMER.MSG.NEXT.S.W", "A", "B")},
		} {
			a := attack{
				rule: "share-ack-collision", severity: hcl.DiagError,
				bad: server(format) + c.text, try: c.try,
				good: map[string]string{"v2": server("v2") + c.text},
			}
			t.Run(format+", "+c.name, a.test)
		}
	}
}

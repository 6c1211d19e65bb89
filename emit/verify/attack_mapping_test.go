package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// mapped is a share of A, with mappings of A and of B.
func mapped(share, a, b string) string {
	mapping := func(text string) string {
		if text == "" {
			return ""
		}
		return fmt.Sprintf("mapping %q { destination = \"elsewhere\" }", text)
	}
	return fmt.Sprintf(`
operator "O" {}
account "A" {
  jetstream {}
  stream "S" { subjects = ["in"] }
  %s
}
account "B" {
  %s
}
share "x" {
  %s
  to "B" {}
}`, mapping(a), mapping(b), share)
}

// TestDiverted: a mapping leads away what an import would take, or what a share
// brings, and nobody is told.
func TestDiverted(t *testing.T) {
	const (
		publish = "stream = account.A.stream.S\n  mode   = \"publish\""
		service = "service = \"ask\"\n  from    = account.A"
		plain   = "subject = \"news\"\n  from    = account.A"
	)
	asks := func(subject string) func(*site) string {
		return func(s *site) string {
			s.serve("A", "ask", "yes")
			if s.answer("B", subject, "") == "" {
				return "nobody answers"
			}
			return ""
		}
	}
	hears := func(s *site) string {
		sub := s.listen("B", "news")
		s.must(s.as("A").Publish("news", []byte("x")))
		s.must(s.as("A").Flush())
		if _, err := sub.NextMsg(patience / 4); err != nil {
			return "nothing comes"
		}
		return ""
	}
	for _, a := range []attack{
		{name: "the importer's, of a service", bad: mapped(service, "", "ask"), good: map[string]string{"another": mapped(service, "", "x")}, try: asks("ask")},
		{name: "the importer's, of a stream", bad: mapped(publish, "", "in"), good: map[string]string{"another": mapped(publish, "", "x")}, try: asks("in")},
		{name: "the exporter's, of a stream", bad: mapped(publish, "in", ""), good: map[string]string{"another": mapped(publish, "x", "")}, try: asks("in")},
		{name: "the exporter's, of a subject", bad: mapped(plain, "news", ""), good: map[string]string{"another": mapped(plain, "x", "")}, try: hears},
	} {
		a.rule, a.severity = "mapping-diverts", hcl.DiagWarning
		t.Run(a.name, a.test)
	}
}

package verify_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nats.go/jetstream"
)

// collecting is A, which offers to collect something, and B, which takes the
// offer at a local subject.
func collecting(subject, local string) string {
	return fmt.Sprintf(`
operator "O" {}
account "A" {
  export "collect" { service = %q }
}
account "B" {
  jetstream {}
  key_value "K" {}
  import "collect" {
    from          = account.A
    service       = %q
    local_subject = %q
  }
}
`, subject, subject, local)
}

// collect does in B what B does anyway, while A listens at what it exports.
func collect(do func(s *site)) func(*site) string {
	return func(s *site) string {
		s.serve("B", "payroll.list", "secret")
		heard := s.listen("A", "collect.>")
		for range rounds {
			do(s)
			if got := s.heard("A", heard); len(got) > 0 {
				return fmt.Sprintf("A hears %q", got)
			}
		}
		return ""
	}
}

// inform asks for the state of B's own stream, of which A has a namesake.
func inform(s *site) string {
	answers := s.listen("B", "answers")
	for range rounds {
		s.must(s.as("B").PublishRequest("$JS.API.STREAM.INFO.S", "answers", nil))
		for _, a := range append([]string{string(s.hears(answers).Data)}, s.heard("B", answers)...) {
			var info jetstream.StreamInfo
			s.must(json.Unmarshal([]byte(a), &info))
			if subjects := info.Config.Subjects; subjects[0] != "b.>" {
				return fmt.Sprintf("A answers for B's own stream: it stores %q", subjects)
			}
		}
	}
	return ""
}

// TestLocalSubjects are the attacks by where an import is seen: an exporter
// that gets what an account does for itself (docs/security.md A9).
func TestLocalSubjects(t *testing.T) {
	safe := map[string]string{"a plain word": collecting("collect.>", "report.>")}
	both := `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" { subjects = ["s.>"] }
  %s
}
account "B" {
  jetstream {}
  stream "S" { subjects = ["b.>"] }
  %s
}
%s`
	raw := func(local string) string {
		return fmt.Sprintf(both, `export "info" { service = "$JS.API.STREAM.INFO.S" }`, `import "info" {
    from          = account.A
    service       = "$JS.API.STREAM.INFO.S"
    local_subject = "`+local+`"
  }`, "")
	}
	read := func(prefix string) string {
		return fmt.Sprintf(both, "", "", `
share "x" {
  stream = account.A.stream.S
  to "B" { api_prefix = "`+prefix+`" }
}`)
	}
	attacks := []attack{
		{
			name: "a bucket", rule: "reserved-local-subject", severity: hcl.DiagError,
			bad: collecting("collect.>", "$KV.K.>"), good: safe,
			try: collect(func(s *site) {
				_, err := s.as("B").Request("$KV.K.password", []byte("secret"), patience)
				s.must(err)
			}),
		},
		{
			name: "answers", rule: "reserved-local-subject", severity: hcl.DiagError,
			bad: collecting("collect.>", "_INBOX.>"), good: safe,
			try: collect(func(s *site) {
				s.answer("B", "payroll.list", "")
			}),
		},
		{
			name: "JetStream", rule: "reserved-local-subject", severity: hcl.DiagError,
			bad: collecting("collect.*", "$JS.API.STREAM.INFO.*"), good: safe,
			try: collect(func(s *site) {
				_, err := s.as("B").Request("$JS.API.STREAM.INFO.KV_K", []byte(`{"subjects_filter": ">"}`), patience)
				s.must(err)
			}),
		},
		{
			name: "everything", rule: "reserved-local-subject", severity: hcl.DiagError,
			bad: collecting("collect.*.>", "*.>"), good: safe,
			try: collect(func(s *site) {
				s.answer("B", "payroll.list", "who earns what")
			}),
		},
		{
			name: "unmapped API", rule: "reserved-local-subject", severity: hcl.DiagError,
			bad: raw("$JS.API.STREAM.INFO.S"), good: map[string]string{"another prefix": raw("A.API.STREAM.INFO.S")}, try: inform,
		},
		{
			name: "API of a share", rule: "reserved-local-subject", severity: hcl.DiagError,
			bad: read("$JS.API"), good: map[string]string{"another prefix": read("A.API")}, try: inform,
		},
	}
	for i := range attacks {
		t.Run(attacks[i].name, attacks[i].test)
	}
}

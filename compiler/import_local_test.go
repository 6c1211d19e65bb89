package compiler

import (
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"pgregory.net/rapid"

	"jsc/compiler/subject"
)

func TestLocalFault(t *testing.T) {
	for _, c := range []struct {
		exported, local string
		good            bool
	}{
		{"a", "a", true},
		{"a", "b.c", true},
		{"a", "$JS.a", true},
		{"a", "b.*", false},
		{"a", "$1", false},
		{"a.*", "b.*", true},
		{"a.*", "b.$1", true},
		{"a.*", "b.$2", false},
		{"a.*", "b.$0", false},
		{"a.*", "b", false},
		{"a.*", "b.$1.$1", false},
		{"a.*.*", "b.$2.$1", true},
		{"a.*.*", "b.*.*", true},
		{"a.*.*", "b.*.$2", true},
		{"a.*.*", "b.*.$1", false},
		{"a.>", "b.>", true},
		{"a.>", "b", false},
		{"a", "b.>", false},
		{"a.*.>", "b.$1.>", true},
		{"a", "b..c", false},
		{"a", "b c", false},
		{"a.*", "b.{{wildcard(1)}}", false}, // jwt counts only * and $n
	} {
		if why := localFault(c.exported, c.local); (why == "") != c.good {
			t.Errorf("%q as %q: %q", c.exported, c.local, why)
		}
	}
}

// drawSubject draws a subject of few tokens, so that two drawn ones often meet.
func drawSubject(t *rapid.T, name string, tokens ...string) string {
	list := rapid.SliceOfN(rapid.SampledFrom(tokens), 1, 4).Draw(t, name)
	return strings.Join(list, ".")
}

// TestLocalsThatPassAreTheServers draws exported and local subjects: what
// passes here, jwt validates and the server can map both ways.
func TestLocalsThatPassAreTheServers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exported := drawSubject(t, "exported", "a", "*", "*", ">")
		local := drawSubject(t, "local", "b", "*", "$1", "$2", "$3", ">")
		if subject.Valid(exported) != nil || localFault(exported, local) != "" {
			return
		}
		if local == exported {
			return // unmapped
		}
		results := jwt.CreateValidationResults()
		jwt.RenamingSubject(local).Validate(jwt.Subject(exported), results)
		if !results.IsEmpty() {
			t.Errorf("jwt refuses %q as %q: %v", exported, local, results.Issues[0])
		}
		if subject.Literal(exported) {
			return
		}
		if _, err := server.NewSubjectTransformStrict(exported, tokenized(local)); err != nil {
			t.Errorf("the server refuses %q as %q: %v", exported, local, err)
		}
	})
}

// tokenized numbers the stars of a local subject, as the server does before it
// makes a transform.
func tokenized(local string) string {
	stars := 0
	tokens := strings.Split(local, ".")
	for i, token := range tokens {
		if token == "*" {
			stars++
			tokens[i] = "$" + string(rune('0'+stars))
		}
	}
	return strings.Join(tokens, ".")
}

func TestReservedStart(t *testing.T) {
	for local, want := range map[string]string{
		"a.b": "", "inbox.x": "", "x.$JS": "", "x._INBOX": "",
		"$JS.API.x": "$", "$SYS.>": "$", "$KV": "$",
		"_INBOX.>": "_INBOX", "_INBOX_B.x": "_INBOX",
		"*.x": "a wildcard", "$1.x": "a wildcard", ">": "a wildcard",
	} {
		if got := reservedStart(local); got != want {
			t.Errorf("%q begins with %q, want %q", local, got, want)
		}
	}
}

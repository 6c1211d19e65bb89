package emit

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nats-io/nats-server/v2/conf"
)

func FuzzQuoteRoundTrips(f *testing.F) {
	for _, s := range []string{
		"", "plain", `a "b" c`, `back\slash`, "line\nbreak\r\n\ttab", "$HOME", "$2a$11$abc", "\x01\x1f\x7f", "\xff\xfe",
		"é\u202e日本", "\uFFFD", "}", "]", "#", "//", "include x", `\x41`, "true", "12k", "\u0085", "\u2028", "\"", "\\",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		data, err := appendQuoted(nil, s)
		quoted := string(data)
		if err != nil {
			for i := range len(s) {
				if s[i] == 0 {
					return
				}
			}
			t.Fatalf("%q: %v", s, err)
		}
		if !utf8.ValidString(quoted) || strings.ContainsFunc(quoted, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			t.Fatalf("%q is what no terminal should get", quoted)
		}
		for _, text := range []string{
			"key: " + quoted + "\nlast: 1\n",
			"outer {\n  key: " + quoted + "\n}\nlast: 1\n",
			"key: [" + quoted + ", " + quoted + "]\nlast: 1\n",
		} {
			got, err := conf.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if got["last"] != int64(1) || len(got) != 2 {
				t.Fatalf("%s: read as %v", text, got)
			}
			value := got["key"]
			if outer, ok := got["outer"].(map[string]any); ok {
				value = outer["key"]
			}
			if list, ok := value.([]any); ok {
				if len(list) != 2 || list[0] != list[1] {
					t.Fatalf("%s: read as %v", text, list)
				}
				value = list[0]
			}
			if value != s {
				t.Fatalf("%s: read as %q, not %q", text, value, s)
			}
		}
	})
}

func TestConfRefusesKeys(t *testing.T) {
	for key, good := range map[string]bool{
		"js_ack_fc_v2": true, "A-1": true, "": false, "include": false, "Include": false,
		"a b": false, "a\"b": false, "$X": false, "a:b": false, "a.b": false, "é": false,
	} {
		var c confWriter
		c.flag(key, true)
		if (c.err == nil) != good {
			t.Errorf("%q: %v", key, c.err)
		}
	}
}

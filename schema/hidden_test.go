package schema

import (
	"testing"
	"unicode/utf8"

	"jsc/schema/diag"
)

// What a source holds must be seen (docs/security.md D3), which emoji are.
func TestHiddenCharacters(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "a = 1 # größer ≥ 日本\n", ""},
		{"line ends of Windows", "a = 1\r\n\tb = 2\r\n", ""},
		{"emoji", "# ❤️ ☎︎ ©️ ®️ ‼️ ↔️ ℹ️ Ⓜ️ ㊗️ 〰️ 🏷️ 1️⃣ #️⃣ *️⃣\n", ""},
		{"a carriage return alone", "a = 1 # b\rc = 2\n", "U+000D"},
		{"a carriage return at the end", "a = 1\r", "U+000D"},
		{"two before a line feed", "a = 1\r\r\n", "U+000D"},
		{"a vertical tab", "a = 1\v", "U+000B"},
		{"a next line", "a = 1\u0085", "U+0085"},
		{"a turn of direction", "a = 1 # \u202e", "U+202E"},
		{"a separator of lines", "a = 1 # \u2028", "U+2028"},
		{"a selector after a letter", "# PARTNER\ufe0f", "U+FE0F"},
		{"a selector after a foreign letter", "# 日本\ufe0f", "U+FE0F"},
		{"a selector after a mark", "# e\u0301\ufe0e", "U+FE0E"},
		{"a selector after a digit", "# 1\ufe0f", "U+FE0F"},
		{"a selector after a keycap's letter", "# a\ufe0f\u20e3", "U+FE0F"},
		{"two selectors", "# ❤\ufe0f\ufe0f", "U+FE0F"},
		{"a selector at the start", "\ufe0f", "U+FE0F"},
		{"another selector", "# ❤\ufe00", "U+FE00"},
		{"a filler", "# a\u3164", "U+3164"},
		{"a joiner of graphemes", "# a\u034f", "U+034F"},
		{"a tag", "# a\U000e0041", "U+E0041"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if d := hidden("t.hcl", []byte(tt.in)); d != nil {
				got = diag.Of(d).Rule.Name + " " + d.Summary
				if text := tt.in[d.Subject.Start.Byte:d.Subject.End.Byte]; utf8.RuneCountInString(text) != 1 {
					t.Errorf("it is said of %q", text)
				}
			}
			want := ""
			if tt.want != "" {
				want = "hidden-character the source holds the invisible character " + tt.want
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

package schema

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"jsc/schema/diag"
)

// scan refuses what must not reach a parser: too much of it, text that is not
// UTF-8, invisible characters, secrets, and nesting without end.
func scan(name string, data []byte) hcl.Diagnostics {
	if len(data) > maxSource {
		return hcl.Diagnostics{diag.New("file-too-large", hcl.Range{Filename: name}, name, maxSourceText)}
	}
	if d := hidden(name, data); d != nil {
		return hcl.Diagnostics{d}
	}
	if at, ok := FindSecret(data); ok {
		return hcl.Diagnostics{diag.New("secret-in-source", position(name, data, at), secretIn(data[at:]))}
	}
	if strings.HasSuffix(name, ".json") {
		return jsonNesting(name, data)
	}
	if shallow(data) {
		return nil
	}
	if signs(data) > maxSigns {
		d := diag.New("evaluation-limit", hcl.Range{Filename: name}, fmt.Sprintf("the source has more than %d signs", maxSigns))
		return hcl.Diagnostics{diag.WithHint(d, "Keep data in a file of its own: csvdecode and jsondecode read it.")}
	}
	return nesting(name, data, hclsyntax.LexConfig)
}

// maxSigns bounds the tokens of a source: the lexer keeps a hundred bytes for
// each of them, which of 16 MiB of brackets makes two gigabytes.
const maxSigns = 6 << 20

// signs counts the characters that neither belong to a word nor are spaces.
func signs(data []byte) int {
	n := 0
	for _, c := range data {
		if c != ' ' && c != '_' && (c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' && c < utf8.RuneSelf) {
			n++
		}
	}
	return n
}

// secretIn names the secret that data holds; "" when there is none.
func secretIn(data []byte) string {
	at, ok := FindSecret(data)
	if !ok {
		return ""
	}
	switch {
	case bytes.HasPrefix(data[at:], []byte("-----")):
		return "a user's credentials"
	case bytes.HasPrefix(data[at:], []byte("AGE-")):
		return "an age identity"
	}
	return "a private seed"
}

// position is the place of a byte offset.
func position(name string, data []byte, offset int) hcl.Range {
	line := 1 + strings.Count(string(data[:offset]), "\n")
	begin := strings.LastIndexByte(string(data[:offset]), '\n') + 1
	col := 1 + utf8.RuneCount(data[begin:offset])
	_, size := utf8.DecodeRune(data[offset:])
	start := hcl.Pos{Line: line, Column: col, Byte: offset}
	end := hcl.Pos{Line: line, Column: col + 1, Byte: offset + size}
	return hcl.Range{Filename: name, Start: start, End: end}
}

// hidden finds characters that make a source read otherwise than it is. A
// carriage return that ends no line is one: editors show a line's end there, and
// HCL none.
func hidden(name string, data []byte) *hcl.Diagnostic {
	text := string(data)
	before := rune(0)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			ends := c == '\n' || c == '\r' && strings.HasPrefix(text[i:], "\r\n")
			if (c < 0x20 || c == 0x7f) && c != '\t' && !ends {
				return diag.New("hidden-character", position(name, data, i), fmt.Sprintf("U+%04X", c))
			}
			before = rune(c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			return diag.New("syntax", position(name, data, i), "the file is not UTF-8")
		}
		mark := i == 0 && r == 0xFEFF
		if !mark && diag.HiddenInName(r) && !chooses(before, text[i:]) {
			return diag.New("hidden-character", position(name, data, i), fmt.Sprintf("U+%04X", r))
		}
		before = r
		i += n
	}
	return nil
}

// chooses reports that a text begins with a selector that shows the symbol before
// it as text or as an emoji. A letter, a digit or a sign has but one look, keycaps
// excepted.
func chooses(symbol rune, text string) bool {
	const asText, asEmoji, keycap = "\uFE0E", "\uFE0F", "\uFE0F\u20E3"
	switch {
	case strings.HasPrefix(text, keycap):
		return strings.ContainsRune("0123456789#*", symbol)
	case !strings.HasPrefix(text, asText) && !strings.HasPrefix(text, asEmoji):
		return false
	}
	return symbol > unicode.MaxLatin1 && !unicode.In(symbol, unicode.L, unicode.M, unicode.N) ||
		strings.ContainsRune("©®ℹ", symbol)
}

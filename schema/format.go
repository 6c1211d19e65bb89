package schema

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"jsc/schema/diag"
)

// Format gives a file in HCL's native syntax its canonical form: two spaces a
// level, "=" and comments of neighbouring lines under each other, one line end
// at the end, no byte order mark. Only white space changes; formatting what it
// returns changes nothing. A file that cannot be parsed comes back as it was,
// with diagnostics that say why.
func Format(name string, data []byte) ([]byte, hcl.Diagnostics) {
	if len(data) > maxFile {
		return data, hcl.Diagnostics{diag.New("file-too-large", hcl.Range{Filename: name}, name, maxFileText)}
	}
	if diags := scan(name, data); diags.HasErrors() {
		return data, diags
	}
	if _, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos); diags.HasErrors() {
		return data, syntaxErrors(diags)
	}
	ended := oneLineEnd(bytes.TrimPrefix(data, []byte("\ufeff")))
	if out := hclwrite.Format(ended); sameTokens(ended, out) {
		return out, nil
	}
	// The library closes some gaps that part two tokens, as in "0 .0".
	return ended, nil
}

// sameTokens reports that two texts say the same, but for white space.
func sameTokens(a, b []byte) bool {
	ours, _ := hclsyntax.LexConfig(a, "", hcl.InitialPos)
	theirs, _ := hclsyntax.LexConfig(b, "", hcl.InitialPos)
	return slices.EqualFunc(ours, theirs, func(x, y hclsyntax.Token) bool {
		return x.Type == y.Type && bytes.Equal(x.Bytes, y.Bytes)
	})
}

// oneLineEnd is text without blank lines at its end, and with an end of its
// last line.
func oneLineEnd(text []byte) []byte {
	for {
		body, ended := bytes.CutSuffix(text, []byte("\n"))
		last := body[bytes.LastIndexByte(body, '\n')+1:]
		switch {
		case len(bytes.TrimSpace(last)) > 0 && ended:
			return text
		case len(bytes.TrimSpace(last)) > 0:
			return append(bytes.Clone(text), '\n')
		case len(last) == len(body): // nothing but a blank line
			return nil
		}
		text = body[:len(body)-len(last)]
	}
}

package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/unicode/bidi"

	"jsc/schema/diag"
)

// maxNesting is how deep brackets, templates, blocks and unary operators may
// stand in each other. The parsers recurse: a hundred thousand opening
// brackets would overflow the stack and end the process.
const maxNesting = 256

// scan refuses what must not reach a parser: text that is not UTF-8, invisible
// characters, secrets, and nesting without end.
func scan(name string, data []byte) hcl.Diagnostics {
	if d := hidden(name, data); d != nil {
		return hcl.Diagnostics{d}
	}
	if at, ok := FindSecret(data); ok {
		return hcl.Diagnostics{diag.New("secret-in-source", position(name, data, at), secretIn(data[at:]))}
	}
	if strings.HasSuffix(name, ".json") {
		return jsonNesting(name, data)
	}
	return nesting(name, data, hclsyntax.LexConfig)
}

// secretIn names the secret that data holds; "" when there is none.
func secretIn(data []byte) string {
	at, ok := FindSecret(data)
	if !ok {
		return ""
	}
	if strings.HasPrefix(string(data[at:]), "-----") {
		return "a user's credentials"
	}
	return "a private seed"
}

// position is the place of a byte offset.
func position(name string, data []byte, offset int) hcl.Range {
	line := 1 + strings.Count(string(data[:offset]), "\n")
	begin := strings.LastIndexByte(string(data[:offset]), '\n') + 1
	col := 1 + utf8.RuneCount(data[begin:offset])
	start := hcl.Pos{Line: line, Column: col, Byte: offset}
	end := hcl.Pos{Line: line, Column: col + 1, Byte: min(offset+1, len(data))}
	return hcl.Range{Filename: name, Start: start, End: end}
}

// hidden finds characters that make a source read otherwise than it is.
func hidden(name string, data []byte) *hcl.Diagnostic {
	text := string(data)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
				return diag.New("hidden-character", position(name, data, i), fmt.Sprintf("U+%04X", c))
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			return diag.New("syntax", position(name, data, i), "the file is not UTF-8")
		}
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || r == 0x2028 || r == 0x2029 || isBidiControl(r) {
			if !(i == 0 && r == 0xFEFF) {
				return diag.New("hidden-character", position(name, data, i), fmt.Sprintf("U+%04X", r))
			}
		}
		i += n
	}
	return nil
}

func isBidiControl(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.Control
}

// depth follows how deep a scan stands.
type depth struct {
	open  int
	unary int
}

// nesting scans tokens, without recursion, and refuses more than maxNesting.
func nesting(name string, data []byte, lex func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)) hcl.Diagnostics {
	tokens, _ := lex(data, name, hcl.InitialPos) // what is wrong in them, the parser says
	var d depth
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			d.open++
			d.unary = 0
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			d.open = max(0, d.open-1)
			d.unary = 0
		case hclsyntax.TokenMinus, hclsyntax.TokenBang, hclsyntax.TokenQuestion, hclsyntax.TokenColon:
			d.unary++
		case hclsyntax.TokenNewline, hclsyntax.TokenComma:
			d.unary = 0
		}
		if d.open+d.unary > maxNesting {
			return hcl.Diagnostics{diag.New("evaluation-limit", t.Range, fmt.Sprintf("the source is nested more than %d deep", maxNesting))}
		}
	}
	return nil
}

// jsonNesting does the same for JSON, whose strings may hold templates.
func jsonNesting(name string, data []byte) hcl.Diagnostics {
	open, in := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case in && c == '\\':
			i++
		case c == '"':
			in = !in
		case c == '{' || c == '[' || c == '(':
			// Inside a string these may be a template's.
			open++
		case c == '}' || c == ']' || c == ')':
			open = max(0, open-1)
		}
		if open > maxNesting {
			return hcl.Diagnostics{diag.New("evaluation-limit", position(name, data, i), fmt.Sprintf("the source is nested more than %d deep", maxNesting))}
		}
	}
	return nil
}

// guarded is a decoder of texts that refuses nesting without end, and YAML's
// aliases, with which a short text makes a huge value.
func guarded(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{param("text", cty.String)},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() {
				return cty.DynamicPseudoType, nil
			}
			if err := tame(args[0].AsString()); err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

func tame(text string) error {
	if diags := jsonNesting("", []byte(text)); diags.HasErrors() {
		return fmt.Errorf("the text is nested more than %d deep", maxNesting)
	}
	indent := 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " ")
		lead := len(line) - len(trimmed)
		dashes := strings.Count(line[:min(len(line), lead+2*maxNesting+2)], "- ")
		if indent = max(indent, lead+dashes); indent > 8*maxNesting || dashes > maxNesting {
			return fmt.Errorf("the text is nested more than %d deep", maxNesting)
		}
	}
	return nil
}

// maxFormatWidth is the greatest width or precision of a format verb.
const maxFormatWidth = 4096

// bounded is a format function whose widths have a limit: "%999999999d" would
// make a text of a gigabyte.
func bounded(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{param("pattern", cty.String)},
		VarParam: &function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
		Type: func(args []cty.Value) (cty.Type, error) {
			if args[0].IsKnown() {
				if err := widths(args[0].AsString()); err != nil {
					return cty.NilType, err
				}
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

func widths(pattern string) error {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			continue
		}
		n := 0
		for i++; i < len(pattern) && strings.IndexByte("0123456789.+-# []", pattern[i]) >= 0; i++ {
			if c := pattern[i]; c >= '0' && c <= '9' {
				if n = n*10 + int(c-'0'); n > maxFormatWidth {
					return fmt.Errorf("a width of more than %d", maxFormatWidth)
				}
			} else {
				n = 0
			}
		}
	}
	return nil
}

// maxRange is the most numbers that range gives.
const maxRange = 1 << 20

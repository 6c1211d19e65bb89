package schema

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"jsc/schema/diag"
)

// maxNesting is how deep brackets, templates, blocks and operators may stand
// in each other. The parsers recurse, and so does what walks over their trees:
// a hundred thousand opening brackets, or operators in a row, would overflow
// the stack and end the process.
const maxNesting = 256

func tooDeep(at hcl.Range) hcl.Diagnostics {
	d := diag.New("evaluation-limit", at, fmt.Sprintf("the source is nested more than %d deep", maxNesting))
	return hcl.Diagnostics{diag.WithHint(d, "Break it up: locals name the parts of an expression.")}
}

// level is one open bracket, template, or template directive.
type level struct {
	open  hclsyntax.TokenType
	lines bool // a newline ends an expression in it
	ops   int  // operators of the expression so far
}

// closes gives the opener that a closing token belongs to.
var closes = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenCBrace:         hclsyntax.TokenOBrace,
	hclsyntax.TokenCBrack:         hclsyntax.TokenOBrack,
	hclsyntax.TokenCParen:         hclsyntax.TokenOParen,
	hclsyntax.TokenTemplateSeqEnd: hclsyntax.TokenTemplateInterp,
	hclsyntax.TokenCQuote:         hclsyntax.TokenOQuote,
	hclsyntax.TokenCHeredoc:       hclsyntax.TokenOHeredoc,
}

// directive is the level of a template's if or for, from its %{ to its end.
const directive = hclsyntax.TokenTemplateControl

// shallow reports at a glance that nesting has nothing to refuse, which saves
// to lex most large files twice. It knows enough of the syntax for files
// without templates, escapes, heredocs and block comments, counts rather too
// much in them, and leaves all others to nesting.
func shallow(data []byte) bool {
	var open [maxNesting]byte
	depth, ops, inner := 0, 0, 0 // inner: brackets in which a newline ends nothing
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if strings.IndexByte("\\$%\n", data[i]) >= 0 {
					return false
				}
			}
		case '#':
			i = lineEnd(data, i) - 1
		case '\n':
			if inner == 0 {
				ops = 0
			}
		case '{', '[', '(':
			if depth+ops >= maxNesting-1 || c == '{' && loop(data[i+1:]) {
				return false
			}
			open[depth] = c
			depth++
			ops++
			if c != '{' {
				inner++
			}
		case '}', ']', ')':
			if depth == 0 || open[depth-1] != opener[c] {
				return false
			}
			depth--
			if c != '}' {
				inner--
			}
		case '/', '<':
			if i+1 < len(data) && (data[i+1] == '*' || data[i+1] == '<') {
				return false
			}
			if c == '/' && i+1 < len(data) && data[i+1] == '/' {
				i = lineEnd(data, i) - 1
			}
			ops++
		case '+', '-', '*', '%', '&', '|', '!', '=', '>', '?':
			ops++
		}
		if depth+ops > maxNesting {
			return false
		}
	}
	return true
}

// loop reports that what follows a brace may be a for, in which a newline ends
// nothing.
func loop(rest []byte) bool {
	for i, c := range rest {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c == '#' || c == '/' || bytes.HasPrefix(rest[i:], []byte("for"))
		}
	}
	return false
}

var opener = map[byte]byte{'}': '{', ']': '[', ')': '('}

// lineEnd is the offset of the newline that ends the line of i, or of the end.
func lineEnd(data []byte, i int) int {
	if n := bytes.IndexByte(data[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(data)
}

// nesting scans tokens, without recursion, and refuses more than maxNesting.
// What it counts is never less than how deep the parser's tree becomes: each
// operator and each index takes the tree one deeper, since a + b + c stands as
// (a + b) + c.
func nesting(name string, data []byte, lex func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)) hcl.Diagnostics {
	tokens, _ := lex(data, name, hcl.InitialPos) // what is wrong in them, the parser says
	stack := []level{{lines: true}}
	depth := 0
	for i, t := range tokens {
		top := &stack[len(stack)-1]
		switch t.Type {
		case hclsyntax.TokenOBrack:
			top.ops++ // as an index it is an operator too
			depth++
			fallthrough
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenTemplateInterp, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			stack = append(stack, level{open: t.Type, lines: t.Type == hclsyntax.TokenOBrace && word(tokens, i) != "for"})
			depth++
		case hclsyntax.TokenTemplateControl:
			switch word(tokens, i) {
			case "if", "for":
				stack = append(stack, level{open: directive})
				depth++
			case "endif", "endfor":
				stack, depth = pop(stack, depth, directive, false)
			}
			stack = append(stack, level{open: hclsyntax.TokenTemplateInterp})
			depth++
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			// The lexer pairs these itself: what is open inside ends with them.
			stack, depth = pop(stack, depth, closes[t.Type], true)
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			stack, depth = pop(stack, depth, closes[t.Type], false)
		case hclsyntax.TokenComma:
			depth, top.ops = depth-top.ops, 0
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
			if top.lines && t.Bytes[len(t.Bytes)-1] == '\n' {
				depth, top.ops = depth-top.ops, 0
			}
		case hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent,
			hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenBang, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
			hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
			hclsyntax.TokenQuestion:
			top.ops++
			depth++
		}
		if depth > maxNesting {
			return tooDeep(t.Range)
		}
	}
	return nil
}

// pop closes the innermost level if it was opened by open. One that does not
// match closes nothing, so that the count is never too low; with through, all
// levels down to the one that matches are closed.
func pop(stack []level, depth int, open hclsyntax.TokenType, through bool) ([]level, int) {
	for at := len(stack) - 1; at > 0; at-- {
		if stack[at].open == open {
			for _, l := range stack[at:] {
				depth -= 1 + l.ops
			}
			return stack[:at], depth
		}
		if !through {
			break
		}
	}
	return stack, depth
}

// word is the name that follows token i, newlines aside; "" when none does.
func word(tokens hclsyntax.Tokens, i int) string {
	for i++; i < len(tokens); i++ {
		switch tokens[i].Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		case hclsyntax.TokenIdent:
			return string(tokens[i].Bytes)
		default:
			return ""
		}
	}
	return ""
}

// jsonNesting does the same for JSON. Templates in its strings are for nesting
// to look at, one by one.
func jsonNesting(name string, data []byte) hcl.Diagnostics {
	open, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if open++; open > maxNesting {
				return tooDeep(position(name, data, i))
			}
		case c == '}' || c == ']':
			open--
		}
	}
	return nil
}

var (
	// yamlQuoted is a quoted scalar where one may begin, on one line.
	yamlQuoted  = regexp.MustCompile(`(^|[\s\[{,:?-])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')`)
	yamlComment = regexp.MustCompile(`(?:^|\s)#.*`)
	// yamlApostrophe stands inside a word, where no quotation can begin.
	yamlApostrophe = regexp.MustCompile(`[\pL\pN]'`)
	yamlAnchor     = regexp.MustCompile(`(?:^|[\s\[\]{},:?-])&([^\s\[\]{},]+)`)
)

// maxYAMLIndent bounds how deep YAML's blocks stand in each other: each stands
// further right than the one around it.
const maxYAMLIndent = 1024

// yamlNesting refuses YAML that is nested without end, and aliases, with which
// a short text makes a huge value. It has no parser that does not recurse, so
// it counts what opens, and takes back only what closes beyond doubt.
func yamlNesting(text string) error {
	for _, m := range yamlAnchor.FindAllStringSubmatch(text, -1) {
		if strings.Contains(text, "*"+m[1]) {
			return fmt.Errorf("aliases (*%s) are not supported", m[1])
		}
	}
	open, doubtful := 0, false
	for line := range strings.Lines(text) {
		if lead := len(line) - len(strings.TrimLeft(line, " \t-?:")); lead > maxYAMLIndent {
			return overCost("the text is nested more than %d deep", maxNesting)
		}
		sure := line
		if strings.ContainsAny(line, `"'#`) {
			sure = yamlComment.ReplaceAllString(yamlQuoted.ReplaceAllString(line, "$1"), "")
			sure = yamlApostrophe.ReplaceAllString(sure, "")
			doubtful = doubtful || strings.ContainsAny(sure, `"'`)
		}
		for _, c := range []byte(line) {
			if c == '[' || c == '{' {
				open++
			}
		}
		if open > maxNesting {
			return overCost("the text is nested more than %d deep", maxNesting)
		}
		if !doubtful {
			open = max(0, open-strings.Count(sure, "]")-strings.Count(sure, "}"))
		}
	}
	return nil
}

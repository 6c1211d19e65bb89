package lint

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// item is an attribute or a block of a file, with what stands in it.
type item struct {
	from, to int // bytes
	entity   bool
	items    []*item
}

// outline is what begins on which line of a file. It is made of tokens, not of
// a parsed body, so that a file that does not parse has one too, and nothing
// recurses.
type outline struct {
	items  []*item       // that stand in no other
	begins map[int]*item // the first item that begins on a line
	code   map[int]bool  // lines that hold more than comments
	noted  map[int]bool  // lines that hold a comment

	from, below int // the lines of comments that spokenOf saw last, and the line below
}

// owners are the items that a byte belongs to, the outermost first: from the
// innermost block with a name of its own on, or else all.
func (o *outline) owners(at int) []*item {
	var all []*item
	for items := o.items; ; {
		n, found := slices.BinarySearchFunc(items, at, func(i *item, at int) int {
			switch {
			case i.to <= at:
				return -1
			case i.from > at:
				return 1
			}
			return 0
		})
		if !found {
			return all
		}
		if items[n].entity {
			all = nil
		}
		all, items = append(all, items[n]), items[n].items
	}
}

// spokenOf is the line that a comment speaks of: its own where something
// stands before it, else the first one below it and below further comments.
func (o *outline) spokenOf(t hclsyntax.Token) int {
	line := t.Range.Start.Line
	if o.from <= line && line < o.below {
		return o.below // or many comments would each walk over all that follow
	}
	o.from = line
	for !o.code[line] && o.noted[line] {
		line++
	}
	o.below = line
	return line
}

var (
	opens = map[hclsyntax.TokenType]bool{
		hclsyntax.TokenOBrace: true, hclsyntax.TokenOBrack: true, hclsyntax.TokenOParen: true,
		hclsyntax.TokenTemplateInterp: true, hclsyntax.TokenTemplateControl: true,
	}
	closes = map[hclsyntax.TokenType]bool{
		hclsyntax.TokenCBrace: true, hclsyntax.TokenCBrack: true, hclsyntax.TokenCParen: true,
		hclsyntax.TokenTemplateSeqEnd: true,
	}
)

// outlineOf makes the outline of a file's tokens.
func outlineOf(tokens hclsyntax.Tokens) *outline {
	o := &outline{begins: map[int]*item{}, code: map[int]bool{}, noted: map[int]bool{}}
	// The stack is of what is open: a block, whose body holds items, or nil for
	// a bracket inside of an expression. The file is a body too.
	stack := []*item{{}}
	var attribute *item // whose expression is being read
	depth := 0          // of the stack, where it began
	fresh := true       // an item may begin here
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.Type == hclsyntax.TokenComment {
			ends := bytes.HasSuffix(t.Bytes, []byte("\n"))
			last := t.Range.End.Line
			if ends {
				last-- // the newline is the comment's own
			}
			for n := t.Range.Start.Line; n <= last; n++ {
				o.noted[n] = true
			}
			if !ends {
				continue
			}
		}
		if t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment || t.Type == hclsyntax.TokenEOF {
			if attribute != nil && len(stack) == depth {
				attribute = nil
			}
			fresh = attribute == nil && stack[len(stack)-1] != nil
			continue
		}
		o.code[t.Range.Start.Line] = true
		body := stack[len(stack)-1]
		switch {
		case fresh && t.Type == hclsyntax.TokenIdent && body != nil:
			in := &item{from: t.Range.Start.Byte, to: t.Range.End.Byte}
			body.items = append(body.items, in)
			if line := t.Range.Start.Line; o.begins[line] == nil {
				o.begins[line] = in
			}
			brace, labels := header(tokens, i+1)
			if brace == 0 {
				attribute, depth, fresh = in, len(stack), false
				break
			}
			in.entity = labels
			stack = append(stack, in)
			i = brace // what follows it is the body
		case opens[t.Type]:
			stack = append(stack, nil)
			fresh = false
		case closes[t.Type] && len(stack) > 1:
			if attribute != nil && len(stack) == depth {
				attribute = nil // the body ends on its line
			}
			stack = stack[:len(stack)-1]
			if body != nil {
				body.to = t.Range.End.Byte
			}
			fresh = false
		default:
			fresh = false
		}
		if attribute != nil {
			attribute.to = t.Range.End.Byte
		}
	}
	for _, open := range stack[1:] { // never closed: to the end of the file
		if open != nil {
			open.to = tokens[len(tokens)-1].Range.End.Byte
		}
	}
	o.items = stack[0].items
	return o
}

// header finds the brace that opens a block's body, from the token after its
// type on, and whether the block has a label; 0 for what is no block.
func header(tokens hclsyntax.Tokens, i int) (brace int, labels bool) {
	for ; i < len(tokens); i++ {
		switch tokens[i].Type {
		case hclsyntax.TokenOBrace:
			return i, labels
		case hclsyntax.TokenIdent, hclsyntax.TokenOQuote, hclsyntax.TokenQuotedLit, hclsyntax.TokenCQuote:
			labels = true
		default:
			return 0, false
		}
	}
	return 0, false
}

package lint

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"jsc/schema/diag"
)

// spoken is what a comment `jsc:ignore RULE REASON` speaks of: a line, or the
// attribute or block that begins there. On a line of its own it speaks of the line
// below it, else of its own. Of a block it means all that is said of it, but not
// of blocks with a name of their own inside of it.
type spoken struct {
	rule string
	line int   // 0 for an item
	item *item // nil for a line
}

// ignores are the comments of each file that has some.
type ignores map[string]*fileIgnores

type fileIgnores struct {
	outline *outline
	at      map[spoken]hcl.Range // of the first comment that speaks of it
}

func (f *fileIgnores) add(s spoken, at hcl.Range) {
	if _, has := f.at[s]; !has {
		f.at[s] = at
	}
}

// ignore is where a comment says that a finding is to be ignored, or nil.
func (c ignores) ignore(d *hcl.Diagnostic) *hcl.Range {
	x := diag.Of(d)
	if x == nil || d.Subject == nil || c[d.Subject.Filename] == nil {
		return nil
	}
	f := c[d.Subject.Filename]
	if at, ok := f.at[spoken{rule: x.Rule.Name, line: d.Subject.Start.Line}]; ok {
		return &at
	}
	for _, i := range f.outline.owners(d.Subject.Start.Byte) {
		if at, ok := f.at[spoken{rule: x.Rule.Name, item: i}]; ok {
			return &at
		}
	}
	return nil
}

// comment takes a comment apart: what opens it, the rule, the reason.
var comment = regexp.MustCompile(`^(?s:(#+|//+|/\*+)[ \t]*jsc:ignore\b[ \t:]*)([^\s*]*)\s*((?s:.*?))\s*(?:\*/)?\s*$`)

// comments finds the comments of all files that say jsc:ignore, and what is
// wrong with them.
func comments(sources map[string][]byte) (ignores, hcl.Diagnostics) {
	found := ignores{}
	var wrong hcl.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		// JSON has no comments, and most files none of these.
		if strings.HasSuffix(name, ".json") || !bytes.Contains(sources[name], []byte("jsc:ignore")) {
			continue
		}
		tokens, _ := hclsyntax.LexConfig(sources[name], name, hcl.InitialPos) // what is wrong with it, loading said
		o := outlineOf(tokens)
		f := &fileIgnores{o, map[spoken]hcl.Range{}}
		found[name] = f
		for _, t := range tokens {
			if t.Type != hclsyntax.TokenComment {
				continue
			}
			m := comment.FindSubmatchIndex(t.Bytes)
			if m == nil {
				continue
			}
			rule, reason := string(t.Bytes[m[4]:m[5]]), string(t.Bytes[m[6]:m[7]])
			at := within(t, m[4], m[5])
			switch {
			case diag.Lookup(rule) == nil:
				wrong = append(wrong, unknownRule(at, rule))
				continue
			case reason == "":
				wrong = append(wrong, diag.New("ignore-without-reason", at, rule))
			}
			line := o.spokenOf(t)
			f.add(spoken{rule: rule, line: line}, at)
			if i := o.begins[line]; i != nil {
				f.add(spoken{rule: rule, item: i}, at)
			}
		}
	}
	return found, wrong
}

// within is the range of a part of a comment's first line.
func within(t hclsyntax.Token, from, to int) hcl.Range {
	at := t.Range
	at.End = at.Start
	at.Start.Byte += from
	at.Start.Column += from
	at.End.Byte += to
	at.End.Column += to
	return at
}

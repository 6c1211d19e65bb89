package truth

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// node is a block of a topology, as a tree that can be written as HCL, given to
// a server, and made smaller.
type node struct {
	kind, label string // label is "" for a block without one
	attrs       []attr
	blocks      []*node
	first, last int // its lines, once written
}

type attr struct {
	name string
	value
}

// value is one value in both languages.
type value struct {
	hcl string // as the topology says it
	is  any    // as NATS's JSON says it; an account's name for a reference to it
}

func text(s string) value { return value{fmt.Sprintf("%q", s), s} }

func number(n int64) value { return value{fmt.Sprint(n), n} }

func boolean(b bool) value { return value{fmt.Sprint(b), b} }

// unlimited is no limit.
var unlimited = value{`"unlimited"`, int64(-1)}

// span is a duration in Go's words.
func span(s string) value {
	d, err := time.ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return value{fmt.Sprintf("%q", s), int64(d)}
}

func spans(list ...string) value {
	var words []string
	var is []any
	for _, s := range list {
		v := span(s)
		words, is = append(words, v.hcl), append(is, v.is)
	}
	return value{"[" + strings.Join(words, ", ") + "]", is}
}

func texts(list ...string) value {
	var words []string
	is := []any{}
	for _, s := range list {
		words, is = append(words, fmt.Sprintf("%q", s)), append(is, s)
	}
	return value{"[" + strings.Join(words, ", ") + "]", is}
}

func moment(s string) value { return value{fmt.Sprintf("%q", s), s + "T00:00:00Z"} }

func pairs(k, v string) value {
	return value{fmt.Sprintf("{ %q = %q }", k, v), map[string]any{k: v}}
}

// keyed is a subject in which "@B" is the public key of account B.
func keyed(s string) value {
	tokens := strings.Split(s, ".")
	for i, t := range tokens {
		if name, ok := strings.CutPrefix(t, "@"); ok {
			tokens[i] = "${account." + name + ".public_key}"
		}
	}
	return value{fmt.Sprintf("%q", strings.Join(tokens, ".")), s}
}

// key is the public key of an account, written out; given is an activation token
// for an import, of one of the kinds that the table of tokens has. fill puts them
// in.
func key(account string) value { return value{"\"%key " + account + "%\"", nil} }

func given(kind, to, name string) value {
	return value{"\"%token " + to + " " + name + "%\"", kind}
}

// account refers to an account.
func account(name string) value { return value{"account." + name, name} }

// block makes a block out of attributes and blocks.
func block(kind, label string, parts ...any) *node {
	n := &node{kind: kind, label: label}
	return n.with(parts...)
}

func (n *node) with(parts ...any) *node {
	for _, p := range parts {
		switch p := p.(type) {
		case attr:
			n.attrs = append(n.attrs, p)
		case *node:
			n.blocks = append(n.blocks, p)
		case []*node:
			n.blocks = append(n.blocks, p...)
		}
	}
	return n
}

func set(name string, v value) attr { return attr{name, v} }

// get is the value of an attribute as NATS has it; nil when it is not set.
func (n *node) get(name string) any {
	for _, a := range n.attrs {
		if a.name == name {
			return a.is
		}
	}
	return nil
}

// string, int and bool are of an attribute, or def.
func (n *node) string(name, def string) string {
	if v, ok := n.get(name).(string); ok {
		return v
	}
	return def
}

func (n *node) int(name string, def int64) int64 {
	if v, ok := n.get(name).(int64); ok {
		return v
	}
	return def
}

func (n *node) bool(name string, def bool) bool {
	if v, ok := n.get(name).(bool); ok {
		return v
	}
	return def
}

func (n *node) strings(name string) (out []string) {
	list, _ := n.get(name).([]any)
	for _, v := range list {
		out = append(out, v.(string))
	}
	return out
}

// of are the blocks of a kind; child is the first, or nil.
func (n *node) of(kind string) (out []*node) {
	for _, b := range n.blocks {
		if b.kind == kind {
			out = append(out, b)
		}
	}
	return out
}

func (n *node) child(kind string) *node {
	if all := n.of(kind); len(all) > 0 {
		return all[0]
	}
	return nil
}

// hcl writes the tree, whose root is no block itself, and notes the lines.
func (n *node) hcl() string {
	var b strings.Builder
	line := 1
	n.write(&b, "", &line)
	return b.String()
}

func (n *node) write(b *strings.Builder, indent string, line *int) {
	n.first = *line
	put := func(format string, args ...any) {
		fmt.Fprintf(b, indent+format+"\n", args...)
		*line++
	}
	inner := indent
	if n.kind != "" {
		label := ""
		if n.label != "" {
			label = fmt.Sprintf(" %q", n.label)
		}
		put("%s%s {", n.kind, label)
		inner += "  "
	}
	for _, a := range n.attrs {
		put("  %s = %s", a.name, a.hcl)
	}
	for _, c := range n.blocks {
		c.write(b, inner, line)
	}
	if n.kind != "" {
		put("}")
	}
	n.last = *line - 1
}

// judged are the kinds of block that a mistake is laid to.
var judged = []string{"stream", "consumer", "key_value", "object_store", "user", "mapping", "export", "import", "account", "share", "signing_key"}

// at is the innermost judged block that holds a line; nil outside of all.
func (n *node) at(line int) *node {
	for _, c := range n.blocks {
		if c.first <= line && line <= c.last {
			if in := c.at(line); in != nil {
				return in
			}
		}
	}
	if slices.Contains(judged, n.kind) {
		return n
	}
	return nil
}

// without is a copy of the tree without some blocks and attributes; a nil
// attribute leaves out none.
func (n *node) without(drop func(*node) bool, attribute func(*node, string) bool) *node {
	c := &node{kind: n.kind, label: n.label}
	for _, a := range n.attrs {
		if attribute == nil || !attribute(n, a.name) {
			c.attrs = append(c.attrs, a)
		}
	}
	for _, b := range n.blocks {
		if !drop(b) {
			c.blocks = append(c.blocks, b.without(drop, attribute))
		}
	}
	return c
}

// smaller are all trees with one block or one attribute less, the largest cuts
// first.
func (n *node) smaller(yield func(*node) bool) {
	var all []*node
	var walk func(*node)
	walk = func(m *node) {
		all = append(all, m.blocks...)
		for _, b := range m.blocks {
			walk(b)
		}
	}
	walk(n)
	for _, gone := range all {
		if !yield(n.without(func(b *node) bool { return b == gone }, nil)) {
			return
		}
	}
	keep := func(*node) bool { return false }
	for _, of := range all {
		for _, a := range of.attrs {
			if !yield(n.without(keep, func(b *node, name string) bool { return b == of && name == a.name })) {
				return
			}
		}
	}
}

package subject

import (
	"iter"
	"slices"
	"strings"
)

// Index holds subjects, each with a value, and finds those that overlap,
// contain or are contained in another without looking at every one. The zero
// Index is empty and ready. It may be searched at once by many, but not written.
//
// What a search yields comes in an order that depends on the order of Add
// alone.
type Index[V any] struct {
	few  []entry[V] // all, in the order they came, until there are more than maxFew
	root *node[V]   // all, once there are more
	size int
}

// maxFew is up to how many subjects are compared one by one: most accounts have
// no more, and to look at them all is faster than to make a tree of them.
const maxFew = 16

type node[V any] struct {
	token   string
	order   []*node[V]          // the children for literal tokens and "*", in the order they came
	byToken map[string]*node[V] // the same, once there are more than maxOrder
	any     *node[V]            // the child for "*"
	rest    []entry[V]          // subjects that end here with ">"
	here    []entry[V]          // subjects that end here
}

// maxOrder is up to how many children are looked through for a token.
const maxOrder = 8

type entry[V any] struct {
	subject string
	value   V
}

// Grow makes room for n more subjects, as far as they are few.
func (x *Index[V]) Grow(n int) {
	if x.root == nil {
		x.few = slices.Grow(x.few, min(n, maxFew))
	}
}

// Add puts a valid subject and its value into x. The same subject may be there
// many times.
func (x *Index[V]) Add(subject string, value V) {
	x.size++
	e := entry[V]{subject, value}
	switch {
	case x.root != nil:
		x.root.add(e)
	case len(x.few) < maxFew:
		x.few = append(x.few, e)
	default:
		x.root = tree(x.few)
		x.root.add(e)
		x.few = nil
	}
}

// tree makes a tree of entries.
func tree[V any](entries []entry[V]) *node[V] {
	root := new(node[V])
	for _, e := range entries {
		root.add(e)
	}
	return root
}

func (n *node[V]) add(e entry[V]) {
	for left := e.subject; ; {
		token, tail, more := strings.Cut(left, ".")
		if token == Rest {
			n.rest = append(n.rest, e)
			return
		}
		c := n.child(token)
		if c == nil {
			c = &node[V]{token: token}
			n.adopt(c)
		}
		if !more {
			c.here = append(c.here, e)
			return
		}
		n, left = c, tail
	}
}

// child is the child for a token, or nil.
func (n *node[V]) child(token string) *node[V] {
	if n.byToken != nil {
		return n.byToken[token]
	}
	for _, c := range n.order {
		if c.token == token {
			return c
		}
	}
	return nil
}

func (n *node[V]) adopt(c *node[V]) {
	n.order = append(n.order, c)
	if c.token == Any {
		n.any = c
	}
	switch {
	case n.byToken != nil:
		n.byToken[c.token] = c
	case len(n.order) > maxOrder:
		n.byToken = make(map[string]*node[V], 2*maxOrder)
		for _, c := range n.order {
			n.byToken[c.token] = c
		}
	}
}

// At is the first value that was added with s itself, and whether there is one.
func (x *Index[V]) At(s string) (value V, has bool) {
	entries := x.few
	if x.root != nil {
		entries = x.root.at(s)
	}
	for i := range entries {
		if entries[i].subject == s {
			return entries[i].value, true
		}
	}
	return value, false
}

// at are the entries among which s itself is.
func (n *node[V]) at(s string) []entry[V] {
	for {
		token, tail, more := strings.Cut(s, ".")
		if token == Rest {
			return n.rest
		}
		if n = n.child(token); n == nil {
			return nil
		}
		if !more {
			return n.here
		}
		s = tail
	}
}

// Len is how many subjects were added.
func (x *Index[V]) Len() int { return x.size }

// found is what a search of x for s begins with: the one entry that meets it,
// or the tree that knows the order of several; neither when there is none.
func (x *Index[V]) found(s string, meets func(in, s string) bool) (only *entry[V], in *node[V]) {
	if x.root != nil {
		return nil, x.root
	}
	for i := range x.few {
		e := &x.few[i]
		switch {
		case !meets(e.subject, s):
		case only != nil:
			return nil, tree(x.few)
		default:
			only = e
		}
	}
	return only, nil
}

// Overlapping yields the subjects of x that share a literal subject with s,
// with their values.
func (x *Index[V]) Overlapping(s string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if only, in := x.found(s, Overlap); in != nil {
			in.overlapping(s, yield)
		} else if only != nil {
			yield(only.subject, only.value)
		}
	}
}

func (n *node[V]) overlapping(s string, yield func(string, V) bool) bool {
	token, tail, more := strings.Cut(s, ".")
	if token == Rest {
		return n.below(yield)
	}
	if !yieldAll(n.rest, yield) {
		return false
	}
	into := func(c *node[V]) bool {
		if !more {
			return yieldAll(c.here, yield)
		}
		return c.overlapping(tail, yield)
	}
	if token == Any {
		for _, c := range n.order {
			if !into(c) {
				return false
			}
		}
		return true
	}
	if c := n.child(token); c != nil && !into(c) {
		return false
	}
	return n.any == nil || into(n.any)
}

// Containing yields the subjects of x that take every literal subject that s
// takes, s itself included, with their values.
func (x *Index[V]) Containing(s string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if only, in := x.found(s, Contains); in != nil {
			in.containing(s, yield)
		} else if only != nil {
			yield(only.subject, only.value)
		}
	}
}

func (n *node[V]) containing(s string, yield func(string, V) bool) bool {
	if !yieldAll(n.rest, yield) {
		return false
	}
	token, tail, more := strings.Cut(s, ".")
	if token == Rest {
		return true
	}
	into := func(c *node[V]) bool {
		if !more {
			return yieldAll(c.here, yield)
		}
		return c.containing(tail, yield)
	}
	if token != Any {
		if c := n.child(token); c != nil && !into(c) {
			return false
		}
	}
	return n.any == nil || into(n.any)
}

// Within yields the subjects of x that s contains, s itself included, with
// their values.
func (x *Index[V]) Within(s string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if only, in := x.found(s, contained); in != nil {
			in.within(s, yield)
		} else if only != nil {
			yield(only.subject, only.value)
		}
	}
}

func contained(in, s string) bool { return Contains(s, in) }

func (n *node[V]) within(s string, yield func(string, V) bool) bool {
	token, tail, more := strings.Cut(s, ".")
	if token == Rest {
		return n.below(yield)
	}
	into := func(c *node[V]) bool {
		if !more {
			return yieldAll(c.here, yield)
		}
		return c.within(tail, yield)
	}
	if token == Any {
		for _, c := range n.order {
			if !into(c) {
				return false
			}
		}
		return true
	}
	c := n.child(token)
	return c == nil || into(c)
}

// below yields every subject with at least one token beyond n.
func (n *node[V]) below(yield func(string, V) bool) bool {
	if !yieldAll(n.rest, yield) {
		return false
	}
	for _, c := range n.order {
		if !yieldAll(c.here, yield) || !c.below(yield) {
			return false
		}
	}
	return true
}

func yieldAll[V any](entries []entry[V], yield func(string, V) bool) bool {
	for _, e := range entries {
		if !yield(e.subject, e.value) {
			return false
		}
	}
	return true
}

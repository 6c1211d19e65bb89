package subject

import (
	"iter"
	"strings"
)

// Index holds subjects, each with a value, and finds those that overlap,
// contain or are contained in another without looking at every one. The zero
// Index is empty and ready. It is not safe for concurrent writes.
//
// What a search yields comes in an order that depends on the order of Add
// alone.
type Index[V any] struct {
	root node[V]
	size int
}

type node[V any] struct {
	byToken map[string]*node[V] // literal tokens and "*"
	order   []*node[V]          // the same, in the order they came
	any     *node[V]            // the child for "*", also in byToken
	rest    []entry[V]          // subjects that end here with ">"
	here    []entry[V]          // subjects that end here
}

type entry[V any] struct {
	subject string
	value   V
}

// Add puts a valid subject and its value into x. The same subject may be there
// many times.
func (x *Index[V]) Add(subject string, value V) {
	x.size++
	n, left := &x.root, subject
	for {
		token, tail, more := strings.Cut(left, ".")
		if token == Rest {
			n.rest = append(n.rest, entry[V]{subject, value})
			return
		}
		n = n.child(token)
		if !more {
			n.here = append(n.here, entry[V]{subject, value})
			return
		}
		left = tail
	}
}

func (n *node[V]) child(token string) *node[V] {
	if c := n.byToken[token]; c != nil {
		return c
	}
	if n.byToken == nil {
		n.byToken = make(map[string]*node[V], 1)
	}
	c := new(node[V])
	n.byToken[token] = c
	n.order = append(n.order, c)
	if token == Any {
		n.any = c
	}
	return c
}

// Len is how many subjects were added.
func (x *Index[V]) Len() int { return x.size }

// Overlapping yields the subjects of x that share a literal subject with s,
// with their values.
func (x *Index[V]) Overlapping(s string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) { x.root.overlapping(s, yield) }
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
	if c := n.byToken[token]; c != nil && !into(c) {
		return false
	}
	return n.any == nil || into(n.any)
}

// Containing yields the subjects of x that take every literal subject that s
// takes, s itself included, with their values.
func (x *Index[V]) Containing(s string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) { x.root.containing(s, yield) }
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
		if c := n.byToken[token]; c != nil && !into(c) {
			return false
		}
	}
	return n.any == nil || into(n.any)
}

// Within yields the subjects of x that s contains, s itself included, with
// their values.
func (x *Index[V]) Within(s string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) { x.root.within(s, yield) }
}

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
	c := n.byToken[token]
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

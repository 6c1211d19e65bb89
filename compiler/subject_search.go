package compiler

import (
	"iter"

	"jsc/compiler/subject"
)

// overlapping is the value of a subject of x that overlaps s, and whether there
// is one.
func overlapping[V any](x *subject.Index[V], s string) (V, bool) {
	return first(x.Overlapping(s))
}

// nested is the value of a subject of x that contains s or is contained in it,
// and whether there is one.
func nested[V any](x *subject.Index[V], s string) (V, bool) {
	v, has := first(x.Containing(s))
	if !has {
		v, has = first(x.Within(s))
	}
	return v, has
}

func first[V any](found iter.Seq2[string, V]) (value V, has bool) {
	for _, v := range found {
		return v, true
	}
	return value, false
}

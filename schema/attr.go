package schema

import "github.com/hashicorp/hcl/v2"

// Attr is one attribute of a block. The zero Attr is an absent one.
type Attr[T any] struct {
	// Value is what was written, converted; the zero T when absent or invalid.
	Value T
	at    *Site
}

// Site is where an attribute stands. All instances of a family share it.
type Site struct {
	Name  hcl.Range   // the attribute's name
	Value hcl.Range   // its whole value
	Elems []hcl.Range // of a list written out: each element; else empty

	invalid bool // of an attribute whose value cannot be used
}

// IsSet reports that the attribute was written and its value can be used.
func (a Attr[T]) IsSet() bool { return a.at != nil && !a.at.invalid }

// Invalid reports that the attribute was written but a diagnostic has already
// said why its value cannot be used; nothing more should be said about it.
func (a Attr[T]) Invalid() bool { return a.at != nil && a.at.invalid }

// Or returns the value, or def when it is not set.
func (a Attr[T]) Or(def T) T {
	if a.IsSet() {
		return a.Value
	}
	return def
}

// Site is where the attribute stands; nil when absent.
func (a Attr[T]) Site() *Site { return a.at }

// Range is where the value stands; the zero Range when absent.
func (a Attr[T]) Range() hcl.Range {
	if a.at == nil {
		return hcl.Range{}
	}
	return a.at.Value
}

// RangeOr is Range, or other when the attribute is absent.
func (a Attr[T]) RangeOr(other hcl.Range) hcl.Range {
	if a.at == nil {
		return other
	}
	return a.at.Value
}

// NameRange is where the attribute's name stands; the zero Range when absent.
func (a Attr[T]) NameRange() hcl.Range {
	if a.at == nil {
		return hcl.Range{}
	}
	return a.at.Name
}

// Elem is where element i of a list stands: the element itself where the list
// is written out, else the whole value.
func (a Attr[T]) Elem(i int) hcl.Range {
	if a.at == nil {
		return hcl.Range{}
	}
	if i < len(a.at.Elems) {
		return a.at.Elems[i]
	}
	return a.at.Value
}

// Set returns an Attr with a value at a place, as the loader makes it. Tests
// of later stages build their input with it.
func Set[T any](v T, at *Site) Attr[T] {
	if at == nil {
		at = new(Site)
	}
	return Attr[T]{Value: v, at: at}
}

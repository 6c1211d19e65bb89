package truth

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// values are what an attribute may be, the better ones first.
type values map[string][]value

// flip is true once in n times.
func flip(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// better is one of a list, rather of the first ones.
func better[T any](r *rand.Rand, of []T) T { return of[min(r.IntN(len(of)), r.IntN(len(of)))] }

// draw gives a block about one in odds of the attributes that it has not yet
// and that do not go with what it is.
func (n *node) draw(r *rand.Rand, from values, odds int, avoid ...string) *node {
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if flip(r, odds) && n.get(name) == nil && !slices.Contains(avoid, name) {
			n.attrs = append(n.attrs, set(name, better(r, from[name])))
		}
	}
	return n
}

// sprinkle gives a block one attribute, whatever comes of it.
func (n *node) sprinkle(r *rand.Rand, from values) {
	name := one(r, slices.Sorted(maps.Keys(from)))
	if n.get(name) == nil {
		n.attrs = append(n.attrs, set(name, one(r, from[name])))
	}
}

// topology is a tree with an operator.
func topology(blocks ...any) *node {
	return (&node{}).with(block("operator", "O")).with(blocks...)
}

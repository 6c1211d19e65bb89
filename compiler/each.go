package compiler

import (
	"maps"
	"slices"

	"jsc/schema/parallel"
)

// each calls work for everything in list on all processors, and gives what it
// returns in the list's order. The pass that work gets may be read, but not
// changed: what is reported to it comes to p in the list's order. Work may
// change what belongs to its own part of the topology alone.
func each[T, R any](p *pass, list []T, work func(p *pass, x T) R) []R {
	results := make([]R, len(list))
	step := len(list)/mostParts + 1
	parts := make([]pass, (len(list)+step-1)/step)
	parallel.Do(len(parts), func(n int) {
		part := &parts[n]
		*part = *p
		part.diags, part.isPart = nil, true
		for i := n * step; i < min((n+1)*step, len(list)); i++ {
			results[i] = work(part, list[i])
		}
	})
	for _, part := range parts {
		for _, r := range part.diags {
			p.report(r)
		}
	}
	return results
}

// mostParts is how many passes a list is parted among at most: enough for all
// processors to end at one time.
const mostParts = 256

// none is what work returns that has no result.
type none struct{}

// sortBy sorts list by the texts of first, and what has one text by compare: by
// the same order altogether, with less to compare.
func sortBy[T any](list []T, first func(T) string, compare func(a, b T) int) {
	groups := groupBy(list, func(x T) (string, bool) { return first(x), true })
	texts := slices.Sorted(maps.Keys(groups))
	parallel.Do(len(texts), func(i int) { slices.SortFunc(groups[texts[i]], compare) })
	at := 0
	for _, text := range texts {
		at += copy(list[at:], groups[text])
	}
}

// groupBy parts those of list that have a key by their keys, each group in the
// list's order.
func groupBy[K comparable, T any](list []T, key func(T) (K, bool)) map[K][]T {
	sizes := make(map[K]int)
	n := 0
	for _, x := range list {
		if k, ok := key(x); ok {
			sizes[k]++
			n++
		}
	}
	room := make([]T, n)
	groups := make(map[K][]T, len(sizes))
	for _, x := range list {
		k, ok := key(x)
		if !ok {
			continue
		}
		group := groups[k]
		if group == nil {
			group, room = room[:0:sizes[k]], room[sizes[k]:]
		}
		groups[k] = append(group, x)
	}
	return groups
}

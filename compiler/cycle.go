package compiler

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// cycles finds cycles in a graph, each with at least two nodes, as paths
// without their return; the nodes decide the order. No node is in two of them:
// of cycles that meet, of which there can be far more than nodes, the first is
// told.
func cycles[N comparable](nodes []N, next func(N) iter.Seq[N]) [][]N {
	const done = -1
	place := make(map[N]int, len(nodes)) // in the path, from 1, or done
	var path []N
	var told []int // how far the path up to each node has been told
	var found [][]N
	var visit func(N)
	visit = func(n N) {
		before := 0
		if len(told) > 0 {
			before = told[len(told)-1]
		}
		path, told = append(path, n), append(told, before)
		here := len(path)
		place[n] = here
		for m := range next(n) {
			switch at := place[m]; {
			case at == 0:
				visit(m)
			case at != done && m != n && told[here-1] < at:
				found = append(found, slices.Clone(path[at-1:]))
				for i := at; i <= here; i++ {
					told[i-1] = i
				}
			}
		}
		path, told = path[:here-1], told[:here-1]
		place[n] = done
	}
	for _, n := range nodes {
		if place[n] == 0 {
			visit(n)
		}
	}
	return found
}

// maxCircle is how many nodes of a cycle a message names at most.
const maxCircle = 8

// circle is a cycle with its return, as messages have it.
func circle[N any](path []N, name func(N) string) string {
	var text strings.Builder
	for i, n := range path {
		if i == maxCircle && len(path) > maxCircle+1 {
			fmt.Fprintf(&text, "… and %d more → ", len(path)-i)
			break
		}
		text.WriteString(quote(name(n)) + " → ")
	}
	return text.String() + quote(name(path[0]))
}

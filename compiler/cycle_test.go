package compiler

import (
	"iter"
	"slices"
	"strconv"
	"testing"
)

// TestCyclesThatMeet looks at a graph in which each node leads to all: it has
// more cycles than anyone could count.
func TestCyclesThatMeet(t *testing.T) {
	nodes := make([]int, 3000)
	for i := range nodes {
		nodes[i] = i
	}
	found := cycles(nodes, func(int) iter.Seq[int] { return slices.Values(nodes) })
	if len(found) != len(nodes)/2 {
		t.Fatalf("%d cycles of %d nodes, two of which are in each", len(found), len(nodes))
	}
	if got, want := circle(found[0], strconv.Itoa), `"0" → "1" → "0"`; got != want {
		t.Errorf("circle %s, want %s", got, want)
	}
}

func TestCycles(t *testing.T) {
	for _, c := range []struct {
		name string
		next [][]int
		want []string
	}{
		{"none", [][]int{{1, 2}, {2}, {}}, nil},
		{"itself", [][]int{{0}}, nil},
		{"two apart", [][]int{{1}, {0, 2}, {3}, {2}}, []string{`"0" → "1" → "0"`, `"2" → "3" → "2"`}},
		{"two that meet", [][]int{{1, 2}, {0}, {0}}, []string{`"0" → "1" → "0"`}},
		{"one before another", [][]int{{1}, {2}, {1, 3}, {0}}, []string{`"1" → "2" → "1"`}},
		{"one within the way of another", [][]int{{1, 3}, {2}, {1}, {0}}, []string{`"1" → "2" → "1"`, `"0" → "3" → "0"`}},
		{"long", [][]int{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {0}},
			[]string{`"0" → "1" → "2" → "3" → "4" → "5" → "6" → "7" → … and 2 more → "0"`}},
	} {
		nodes := make([]int, len(c.next))
		for i := range nodes {
			nodes[i] = i
		}
		var got []string
		for _, path := range cycles(nodes, func(n int) iter.Seq[int] { return slices.Values(c.next[n]) }) {
			got = append(got, circle(path, strconv.Itoa))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

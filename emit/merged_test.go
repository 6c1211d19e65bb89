package emit

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMerged: one sorted list has all that several have.
func TestMerged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lists := make([][]Artifact, rapid.IntRange(0, 5).Draw(t, "lists"))
		var want []string
		for i := range lists {
			for _, path := range rapid.SliceOf(rapid.StringMatching(`[a-d]{1,3}`)).Draw(t, "paths") {
				lists[i], want = append(lists[i], Artifact{Path: path}), append(want, path)
			}
			slices.SortFunc(lists[i], byPath)
		}
		var got []string
		for _, a := range merged(lists) {
			got = append(got, a.Path)
		}
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

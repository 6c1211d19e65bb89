package diag

import (
	"strings"
	"unicode/utf8"
)

// Suggest returns the candidate that somebody who wrote word most likely
// meant, and whether there is one. Case, "-", "_" and blanks count little; a
// neighbouring pair swapped is one mistake. Of equally near candidates it is
// the first in sorted order, so that the answer does not depend on theirs.
func Suggest(word string, candidates []string) (string, bool) {
	folded := fold(word)
	limit := (utf8.RuneCountInString(folded) + 2) / 3
	if len(folded) < 2 {
		limit = 0
	}
	best, found := "", false
	least := limit + 1
	for _, c := range candidates {
		if c == word {
			continue
		}
		d := distance(folded, fold(c), least)
		if d < least || (found && d == least && c < best) {
			best, least, found = c, d, true
		}
	}
	return best, found
}

// fold reduces a name to what people remember of it.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', ' ':
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance counts the insertions, removals, substitutions and swaps of
// neighbours (optimal string alignment) between a and b. What is above limit
// is returned as limit + 1.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], limit+1)
}

package compiler

import (
	"cmp"
	"slices"

	"jsc/schema/parallel"
)

// rankAccounts gives every account, whether the topology has it or only its
// shares lead there, its place in the order of names, and returns how many
// places there are.
func (p *pass) rankAccounts() int {
	all := slices.Clone(p.t.Accounts)
	for _, src := range p.config.Accounts {
		all = append(all, p.accounts[src])
	}
	for _, a := range p.strangers {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *Account) int { return cmp.Compare(a.Name, b.Name) })
	rank := 0
	for i, a := range all {
		if i > 0 && a.Name != all[i-1].Name {
			rank++
		}
		a.rank = rank
	}
	return rank + 1
}

// ranked is a list in the order of the ranks of its accounts.
type ranked[T any] struct {
	list []T
	ends []int // of each rank's part
}

// byRank puts those of list that have an account in the order of the accounts'
// ranks, and leaves them in the list's order within one rank.
func byRank[T any](list []T, ranks int, of func(T) *Account) ranked[T] {
	ends := make([]int, ranks)
	for _, x := range list {
		if a := of(x); a != nil {
			ends[a.rank]++
		}
	}
	n := 0
	for rank, size := range ends {
		ends[rank] = n // where it begins, until it is filled
		n += size
	}
	r := ranked[T]{make([]T, n), ends}
	for _, x := range list {
		if a := of(x); a != nil {
			r.list[ends[a.rank]] = x
			ends[a.rank]++
		}
	}
	return r
}

// part are those of one rank.
func (r ranked[T]) part(rank int) []T {
	start := 0
	if rank > 0 {
		start = r.ends[rank-1]
	}
	return r.list[start:r.ends[rank]:r.ends[rank]]
}

// sort sorts the parts.
func (r ranked[T]) sort(compare func(a, b T) int) {
	parallel.Do(len(r.ends), func(rank int) { slices.SortFunc(r.part(rank), compare) })
}

// only are those of list that are so: the list itself where all are.
func only[T any](list []T, is func(T) bool) []T {
	if !slices.ContainsFunc(list, func(x T) bool { return !is(x) }) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !is(x) })
}

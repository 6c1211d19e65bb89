package compiler

import (
	"cmp"
	"slices"

	"jsc/schema/parallel"
)

// rankAccounts gives every account its place in the order of names, and returns
// how many there are: those that lost their names to others are too, and other
// parties', whose shares are accepted.
func (p *pass) rankAccounts() int {
	all := make([]*Account, 0, len(p.t.Accounts))
	for _, a := range p.t.Accounts {
		if a.Src == nil {
			all = append(all, a)
		}
	}
	for _, src := range p.config.Accounts {
		all = append(all, p.accounts[src])
	}
	for _, a := range p.strangers {
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b *Account) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.PublicKey, b.PublicKey))
	})
	for rank, a := range all {
		a.rank = rank
	}
	return len(all)
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

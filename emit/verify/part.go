package verify

import (
	"slices"

	"jsc/compiler"
)

// mostOthers is how many accounts each share is tried from that it is not for.
// A topology of thousands would else be busy with nothing but their silence.
const mostOthers = 50

// others are accounts that a share is not for.
type others struct {
	asked []*compiler.Account // those that it is tried from
	all   int                 // how many there are
}

// othersOf are the accounts that a share is not for: those that import anything of
// the same exporter are asked first, since a slip would most likely be theirs.
func othersOf(t *compiler.Topology, s *compiler.Share) (o others) {
	var far []*compiler.Account
	for _, a := range t.Accounts {
		if a == s.From || a.System || s.Public || s.TargetOf(a) != nil {
			continue
		}
		o.all++
		near := slices.ContainsFunc(a.Imports, func(i *compiler.Import) bool { return i.From == s.From })
		if near && len(o.asked) < mostOthers {
			o.asked = append(o.asked, a)
		} else if len(far) < mostOthers {
			far = append(far, a)
		}
	}
	o.asked = append(o.asked, far[:min(len(far), mostOthers-len(o.asked))]...)
	return o
}

// part is a topology of some shares and the accounts that take part in proving
// them, with what passes between them: with an account the server loads all that it imports
// from, and all that these do, so that a few shares of thousands would take as long
// as all.
func part(t *compiler.Topology, shares []*compiler.Share, others map[*compiler.Share]others) *compiler.Topology {
	here := make(map[*compiler.Account]bool)
	for _, s := range shares {
		here[s.From] = true
		for _, target := range s.Targets {
			here[target.To] = true
		}
		for _, a := range others[s].asked {
			here[a] = true
		}
	}
	p := *t
	p.Shares = shares
	p.Accounts = keep(t.Accounts, func(a *compiler.Account) bool { return here[a] || a.System })
	p.Grants = keep(t.Grants, func(g *compiler.Grant) bool { return here[g.From] && (g.To == nil || here[g.To]) })
	p.Activations = keep(t.Activations, func(x *compiler.Activation) bool { return here[x.From] && here[x.To] })
	for _, a := range p.Accounts {
		a.Imports = keep(a.Imports, func(i *compiler.Import) bool { return here[i.From] })
	}
	return &p
}

// keep are the elements of list that stay.
func keep[T any](list []T, stays func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !stays(x) })
}

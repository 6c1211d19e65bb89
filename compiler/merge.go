package compiler

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
)

// deriveExports makes every account's exports and imports, and the activations
// between them, out of the grants. Exports that are declared stand in
// Account.Exports already, imports that are declared in Account.Imports, each
// with its grant; both are merged with what shares need.
func (p *pass) deriveExports() {
	ranks := p.rankAccounts()
	given := byRank(p.t.Grants, ranks, func(g *Grant) *Account { return g.From })
	given.sort(compareGrants)
	p.t.Grants = given.list
	taken := byRank(p.t.Grants, ranks, func(g *Grant) *Account {
		if g.Share == nil {
			return nil
		}
		return g.To
	})
	each(p, p.t.Accounts, func(p *pass, a *Account) (_ none) {
		p.mergeExports(a, only(given.part(a.rank), func(g *Grant) bool {
			return g.Share == nil || g.Share.Accept == nil // what another party gives, it exports
		}))
		return
	})
	activations := slices.Concat(each(p, p.t.Accounts, func(p *pass, a *Account) []*Activation {
		return p.mergeImports(a, taken.part(a.rank))
	})...)
	issued := byRank(activations, ranks, func(a *Activation) *Account { return a.From })
	issued.sort(func(a, b *Activation) int {
		return cmp.Or(
			cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.Subject, b.Subject),
			cmp.Compare(a.To.Name, b.To.Name),
		)
	})
	p.t.Activations = issued.list
}

// sees is where an import of wide, seen as local, shows the narrower subject.
// wide contains narrow.
func sees(wide, local, narrow string) string {
	var matched []string // what each * of wide stands for
	rest := ""           // what its > stands for
	tokens := strings.Split(narrow, ".")
	for i, token := range strings.Split(wide, ".") {
		switch token {
		case subject.Any:
			matched = append(matched, tokens[i])
		case subject.Rest:
			rest = strings.Join(tokens[i:], ".")
		}
	}
	seen := strings.Split(local, ".")
	stars := 0
	for i, token := range seen {
		n, placed := placeholder(token)
		if token == subject.Any {
			stars++
			n, placed = stars, true
		}
		switch {
		case token == subject.Rest:
			seen[i] = rest
		case placed && n >= 1 && n <= len(matched):
			seen[i] = matched[n-1]
		}
	}
	return strings.Join(seen, ".")
}

// common is what two overlapping subjects both match.
func common(a, b string) string {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range x {
		switch {
		case x[i] == subject.Rest:
			return strings.Join(append(x[:i], y[i:]...), ".")
		case y[i] == subject.Rest:
			return strings.Join(x, ".")
		case x[i] == subject.Any:
			x[i] = y[i]
		}
	}
	return strings.Join(x, ".")
}

// longer is the expiry that ends later, none being the latest; false when a
// moment and a span cannot be compared without a clock.
func longer(a, b Expiry) (Expiry, bool) {
	switch {
	case a == b:
		return a, true
	case a.never() || b.never():
		return Expiry{}, true
	case a.At.IsZero() != b.At.IsZero():
		return a, false
	}
	if order := cmp.Or(a.At.Compare(b.At), cmp.Compare(a.After, b.After), cmp.Compare(a.RenewBefore, b.RenewBefore)); order < 0 {
		return b, true
	}
	return a, true
}

func (e Expiry) never() bool { return e.At.IsZero() && e.After == time.Duration(0) }

// earlier orders places as they are read: by file, then by position.
func earlier(a, b hcl.Range) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Start.Byte, b.Start.Byte))
}

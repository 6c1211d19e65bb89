package diff

import (
	"slices"

	"jsc/compiler"
	"jsc/emit"
)

// pair is an importer and the exporter of what it imports, by their names.
type pair struct{ importer, exporter string }

// replaced are the pairs whose importer gets new activations for streams that
// it imports already, in place of ones that the exporter's new token ends.
//
// A server that takes the exporter's token first finds the import invalid and
// takes its subscriptions away. The importer's token then brings an import of
// the same subjects, in which the server sees no difference, so that it looks
// at no subscription again (server/accounts.go checkStreamImportsEqual of
// 2.15): they stay silent until clients make them anew. With the importer's
// token first, the exporter's makes the server look. An exporter that has another
// key is none of them: to the server the import is from another account.
func (c *comparison) replaced() map[pair]bool {
	ends := c.ends()
	out := map[pair]bool{}
	for _, t := range c.plan.Tokens {
		if a := t.Activation; a != nil && a.Type == compiler.StreamType && !a.To.External && ends(t) && c.others[a.From.Name] == "" {
			out[pair{a.To.Name, a.From.Name}] = true
		}
	}
	return out
}

// withEvent are the things that some event happens to, sorted.
func (c *comparison) withEvent(e event) []string {
	var names []string
	for _, ch := range c.report.Changes {
		if slices.Contains(ch.events, e) {
			names = append(names, ch.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// warnImporters tells of the accounts whose subscriptions a reload may silence:
// it takes accounts in any order.
func (c *comparison) warnImporters() {
	if c.resolver != reload {
		return
	}
	importers := map[string]bool{}
	for p := range c.replaced() {
		importers[p.importer] = true
	}
	for i := range c.report.Changes {
		if ch := &c.report.Changes[i]; ch.Kind == "account" && importers[ch.Name] {
			ch.take(importsReplaced)
			importers[ch.Name] = false // an account may change in two ways
		}
	}
}

// order are the accounts whose tokens change, as they are to be pushed: an
// exporter before its importers, so that what they import is there, save where
// it ends what they replace.
func (c *comparison) order() []string {
	changed := map[string]bool{}
	for _, t := range c.plan.Tokens {
		if t.Kind == emit.AccountToken && t.State != emit.Kept {
			changed[t.Account.Name] = true
		}
	}
	replaced := c.replaced()
	before := map[string][]string{}
	for _, a := range c.plan.Topology.Accounts {
		for _, i := range a.Imports {
			if replaced[pair{a.Name, i.From.Name}] {
				before[i.From.Name] = append(before[i.From.Name], a.Name)
			} else {
				before[a.Name] = append(before[a.Name], i.From.Name)
			}
		}
	}
	var order []string
	placed := map[string]bool{}
	var place func(name string)
	place = func(name string) {
		if placed[name] {
			return
		}
		placed[name] = true // accounts may import from each other
		for _, other := range before[name] {
			place(other)
		}
		if changed[name] {
			order = append(order, name)
		}
	}
	for _, a := range c.plan.Topology.Accounts {
		place(a.Name)
	}
	return order
}

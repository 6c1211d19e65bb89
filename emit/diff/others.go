package diff

import (
	"slices"

	"jsc/emit"
	"jsc/emit/lock"
)

// supplanted are the accounts that have another key than before, with their former
// keys. To servers that is another account: the former one goes, unless it is there
// under another name.
func supplanted(plan *emit.Plan) map[string]string {
	held := map[string]bool{}
	for _, a := range plan.Topology.Accounts {
		held[a.PublicKey] = true
	}
	former := map[string]string{}
	for _, t := range plan.Tokens {
		if was := t.Former().Subject; t.Kind == emit.AccountToken && was != "" && !held[was] {
			former[t.Account.Name] = was
		}
	}
	return former
}

// formerOf are the keys that accounts had before, and whose they were.
func (c *comparison) formerOf(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, c.others[name]+" (formerly "+name+")")
	}
	return out
}

// operatorOfOthers tells of an operator that has no token here any more: it goes,
// or it is somebody else's. Of another that is somebody else's too, the lock alone
// knows.
func (c *comparison) operatorOfOthers() {
	o := c.plan.Topology.Operator
	name, key := c.plan.FormerOperator()
	goes := slices.Contains(c.plan.Gone, lock.OperatorID(name))
	switch {
	case o == nil && goes:
		c.add(Change{Kind: "operator", Name: name, Action: Remove}, operatorGone)
	case o == nil || !o.External || key == "":
	case key != o.PublicKey:
		line := Field{Path: "public key", Old: key, New: o.PublicKey}.String()
		c.add(Change{Kind: "operator", Name: o.Name, Action: Alter, Details: []string{line}}, operatorForeign)
	case goes:
		c.add(Change{Kind: "operator", Name: o.Name, Action: Alter}, operatorElsewhere)
	}
}

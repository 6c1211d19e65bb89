package diff

import (
	"slices"

	"jsc/emit/lock"
)

// atLeaves are the accounts that revoke users of theirs and have users for leaf
// nodes. A leaf that has their tokens in a resolver_preload of its own lets those
// users in until it gets the new one: no push reaches a memory resolver
// (TestMemoryTakesNoPush in emit/verify).
func (c *comparison) atLeaves() []string {
	revoking := map[string]bool{} // public keys
	for _, r := range c.plan.InForce() {
		if parts, ok := lock.Parts(r.ID); ok && len(parts) > 1 && parts[1] == "user" {
			revoking[parts[0]] = true
		}
	}
	leaf := map[string]bool{} // names
	for _, t := range c.plan.Tokens {
		if t.User != nil && revoking[t.Account.PublicKey] && slices.ContainsFunc(t.User.Limits.ConnectionTypes, func(kind string) bool { return kind == "LEAFNODE" || kind == "LEAFNODE_WS" }) {
			leaf[t.Account.Name] = true
		}
	}
	var names []string
	for name := range leaf {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

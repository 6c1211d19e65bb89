package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"jsc/emit"
	"jsc/emit/lock"
)

// bundle is what becomes of an external importer's activations, by their shares.
type bundle struct {
	stops map[string]bool // others take their place, which it has to import first
	comes map[string]bool // there are others, and what it has works on
	goes  map[string]bool
}

// bundles tells of the external importers whose activations change: somebody else
// has to install them.
func (c *comparison) bundles() {
	changed := map[string]*bundle{}
	of := func(importer string) *bundle {
		if changed[importer] == nil {
			changed[importer] = &bundle{map[string]bool{}, map[string]bool{}, map[string]bool{}}
		}
		return changed[importer]
	}
	ends := c.ends()
	for _, t := range c.plan.Tokens {
		if t.Activation == nil || !t.Activation.To.External || t.State == emit.Kept {
			continue
		}
		b := of(t.Activation.To.Name)
		into := b.comes
		if ends(t) {
			into = b.stops
		}
		for _, g := range t.Activation.Grants {
			if g.Share != nil {
				into[g.Share.Name] = true
			}
		}
	}
	former := c.formerGrants()
	for _, r := range c.plan.Revoked {
		parts, _ := lock.Parts(r.Token)
		if len(parts) != 5 || !c.external(parts[4]) || c.plan.Token(r.Token) != nil {
			continue
		}
		b := of(parts[4])
		for _, share := range former[granted{parts[1], parts[4], parts[3]}] {
			b.goes[share] = true
		}
	}
	importers := map[string]bool{}
	for key := range c.new.shares {
		importers[key.to] = true
	}
	for name, b := range changed {
		lines, e := b.lines(), bundleChanged
		if !importers[name] {
			lines, e = []string{"it loses all that it had"}, bundleGone
		}
		c.add(Change{Kind: "account", Name: name, Action: Alter, Details: lines}, e)
	}
}

// lines say what an importer's new bundle is about.
func (b *bundle) lines() []string {
	var lines []string
	for _, l := range []struct {
		shares map[string]bool
		form   string
	}{
		{b.stops, "shares %s stop until it imports the new bundle"},
		{b.comes, "new tokens for shares %s"},
		{b.goes, "it loses what it had of shares %s"},
	} {
		if len(l.shares) > 0 {
			lines = append(lines, fmt.Sprintf(l.form, strings.Join(slices.Sorted(maps.Keys(l.shares)), ", ")))
		}
	}
	return lines
}

// granted is what an activation gives, by names.
type granted struct{ from, to, subject string }

// formerGrants are the shares of the old state by what they gave.
func (c *comparison) formerGrants() map[granted][]string {
	all := map[granted][]string{}
	for key, share := range c.old.shares {
		if c.external(key.to) {
			for _, g := range share.Grants {
				at := granted{key.from, key.to, g.Subject}
				all[at] = append(all[at], key.name)
			}
		}
	}
	return all
}

// external reports that the new topology has an external account of that name.
func (c *comparison) external(name string) bool {
	if c.externals == nil {
		c.externals = map[string]bool{}
		for _, a := range c.plan.Topology.Accounts {
			c.externals[a.Name] = a.External
		}
	}
	return c.externals[name]
}

// ends finds the tokens that take the place of activations which the issuer's new
// token ends: it revokes them, or lacks the key that signed them.
func (c *comparison) ends() func(*emit.Token) bool {
	signerless := map[string]bool{}
	for _, name := range c.withEvent(signerGone) {
		signerless[name] = true
	}
	return func(t *emit.Token) bool {
		return t.State == emit.Reissued || t.State == emit.Changed && (c.revoked(t.ID) || signerless[t.Activation.From.Name])
	}
}

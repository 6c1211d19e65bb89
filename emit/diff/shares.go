package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/emit"
)

// shares compares what importers have of shares, and says whom it breaks.
func (c *comparison) shares() {
	expiries := c.expiries()
	for key, is := range c.new.shares {
		was, had := c.old.shares[key]
		ch := Change{Kind: "share", share: key.name, Name: key.shown(), Action: Alter}
		if !had {
			ch.Action, ch.Details = Add, []string{grantsShown(is.Grants)}
			c.add(ch)
			continue
		}
		if ch.Details = append(c.grants(key, was, is), expiries[key]...); len(ch.Details) > 0 {
			c.add(ch)
		}
	}
	for key, was := range c.old.shares {
		if _, has := c.new.shares[key]; has {
			continue
		}
		c.add(Change{Kind: "share", share: key.name, Name: key.shown(), Action: Remove, Details: []string{grantsShown(was.Grants)}})
		if key.to != "" && c.present(key.to) {
			c.report.Breaks = append(c.report.Breaks, fmt.Sprintf("%s loses share %s of %s (%s)", key.to, key.name, key.from, strings.Join(names(was.Grants), ", ")))
		}
	}
}

func (k shareKey) shown() string {
	to := k.to
	if to == "" {
		to = "anybody"
	}
	return k.name + ": " + k.from + " → " + to
}

// present reports that an account is still there: what goes cannot be broken.
func (c *comparison) present(name string) bool {
	return slices.ContainsFunc(c.plan.Topology.Accounts, func(a *compiler.Account) bool { return a.Name == name })
}

// grants tells how one importer's grants differ, one row of the share's kind
// after the other.
func (c *comparison) grants(key shareKey, was, is emit.ManifestShare) []string {
	var lines []string
	if was.Kind != is.Kind {
		lines = append(lines, "kind: "+was.Kind+" → "+is.Kind)
	}
	old, new := byName(was.Grants), byName(is.Grants)
	rows := slices.Sorted(maps.Keys(old))
	for name := range new {
		if _, had := old[name]; !had {
			rows = append(rows, name)
		}
	}
	slices.Sort(rows)
	for _, row := range rows {
		lines = append(lines, c.row(key, row, old[row], new[row])...)
	}
	return lines
}

// row tells how one row's grants differ: subjects, where the importer sees
// them, how they answer, who may have them.
func (c *comparison) row(key shareKey, row string, old, new []emit.ManifestGrant) []string {
	lost, got := without(old, new), without(new, old)
	breaks := func(format string, args ...any) {
		if key.to != "" && c.present(key.to) {
			c.report.Breaks = append(c.report.Breaks, key.to+" "+fmt.Sprintf(format, args...)+" on share "+key.name)
		}
	}
	var lines []string
	switch {
	case len(lost) == 0 && len(got) == 0:
		return nil
	case len(new) == 0:
		breaks("loses %s", row)
		return []string{row + " goes: " + subjects(old)}
	case len(old) == 0:
		return []string{row + " comes: " + subjects(new)}
	}
	locals := map[string]emit.ManifestGrant{}
	for _, g := range new {
		locals[g.Local] = g
	}
	var moved []string
	for _, g := range lost {
		now, still := locals[g.Local]
		switch {
		case !still:
			moved = append(moved, g.Local)
		case now.Response != g.Response:
			breaks("gets %s answers of %s instead of %s", cmp.Or(now.Response, "no"), row, cmp.Or(g.Response, "none"))
			if c.external(key.to) {
				c.add(Change{Kind: "account", Name: key.to, Action: Alter, Details: []string{row + " of share " + key.name + " answers otherwise"}}, answersOtherwise)
			}
		}
	}
	if len(moved) > 0 {
		breaks("loses %s at %s", row, strings.Join(moved, ", "))
	}
	for _, g := range lost {
		lines = append(lines, row+" goes: "+grantShown(g))
	}
	for _, g := range got {
		lines = append(lines, row+" comes: "+grantShown(g))
	}
	return lines
}

// byName are grants by their row.
func byName(grants []emit.ManifestGrant) map[string][]emit.ManifestGrant {
	m := map[string][]emit.ManifestGrant{}
	for _, g := range grants {
		m[g.Grant] = append(m[g.Grant], g)
	}
	return m
}

// without are the grants of a that b has not.
func without(a, b []emit.ManifestGrant) []emit.ManifestGrant {
	var out []emit.ManifestGrant
	for _, g := range a {
		if !slices.Contains(b, g) {
			out = append(out, g)
		}
	}
	return out
}

func names(grants []emit.ManifestGrant) []string {
	return slices.Sorted(maps.Keys(byName(grants)))
}

func subjects(grants []emit.ManifestGrant) string {
	var all []string
	for _, g := range grants {
		all = append(all, g.Subject)
	}
	return strings.Join(all, ", ")
}

func grantsShown(grants []emit.ManifestGrant) string {
	return "grants " + strings.Join(names(grants), ", ")
}

// grantShown is a grant in one line.
func grantShown(g emit.ManifestGrant) string {
	line := g.Subject
	if g.Local != "" && g.Local != g.Subject {
		line += " as " + g.Local
	}
	if g.Response != "" && g.Response != "single" {
		line += ", answers " + g.Response
	}
	if !g.Private {
		line += ", public"
	}
	return line
}

// localSubjects finds the subjects that an account has by a new import, with
// who is behind them: by one, somebody could come to answer what the account's
// own services did (docs/security.md A9).
func (c *comparison) localSubjects() {
	for _, a := range c.plan.Topology.Accounts {
		if a.External {
			continue
		}
		for _, i := range a.Imports {
			if !c.old.imports[a.Name][imported{string(i.Type), i.Local, i.From.PublicKey}] {
				c.report.LocalSubjects = append(c.report.LocalSubjects, LocalSubject{a.Name, i.Local, string(i.Type), i.From.Name})
			}
		}
	}
	slices.SortFunc(c.report.LocalSubjects, func(a, b LocalSubject) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Type, b.Type), cmp.Compare(a.From, b.From))
	})
}

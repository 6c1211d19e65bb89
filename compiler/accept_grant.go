package compiler

import (
	"fmt"
	"slices"
	"strings"

	"jsc/compiler/bundle"
	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// acceptGrants makes the grants of a share's tokens. What was only to be had
// from the exporter (filters, deliver subjects) goes to the share and t.
func (p *pass) acceptGrants(x *acceptance, t *Target, list []bundle.Grant) []*Grant {
	type given struct {
		typ     Type
		subject string
	}
	var grants []*Grant
	taken := make(map[given]bool)
	s := t.Share
	facts := s.Facts(&p.t.Server, t)
	facts.Inbox = t.InboxPrefix
	for _, in := range list {
		typ, sub, expires := Type(in.Type), in.Subject, int64(0)
		if in.Token != "" {
			act := p.activation(givenToken{
				text: in.Token, at: x.src.Bundle.Range(), from: x.from, to: x.to,
				wrong: func(due, is string) {
					p.invalidBundle(x, "the bundle's token for %q is not %s: it is %s", in.Subject, due, is)
				},
			})
			if act == nil {
				continue
			}
			typ, sub, expires = Type(act.ImportType.String()), string(act.ImportSubject), act.Expires
		}
		row, got := s.Kind.match(facts, typ, sub)
		if row == nil || subject.Valid(sub) != nil || in.Token == "" && len(got) > 0 {
			p.unknownGrant(x, t, typ, sub)
			continue
		}
		t.learn(got)
		g := new(Grant)
		*g = s.grantOf(row, sub, t)
		g.Terms.Private = in.Token != ""
		g.Token, g.Expires = in.Token, expires
		if k := (given{typ, sub}); !taken[k] {
			taken[k] = true
			grants = append(grants, g)
		}
	}
	if t.Watch = slices.ContainsFunc(grants, func(g *Grant) bool { return g.Row.Inbox }); !t.Watch {
		t.InboxPrefix = ""
	}
	slices.Sort(s.Filters)
	s.Filters = slices.Compact(s.Filters)
	s.name(grants)
	return grants
}

// unknownGrant refuses a token that no row of the kind gives.
func (p *pass) unknownGrant(x *acceptance, t *Target, typ Type, sub string) {
	d := diag.New("bundle-unknown-grant", x.src.Bundle.Range(), t.Share.Name, t.Share.Kind.Name, string(typ)+" "+sub)
	prefix, ok := strings.CutSuffix(sub, ".>")
	if ok && typ == StreamType && t.InboxPrefix != "" && inboxToken.MatchString(prefix) {
		diag.WithHint(d, "Set inbox_prefix = %q if that is what the exporter was told that this account's clients use.", prefix)
	}
	p.add(d)
}

// learn keeps what a grant's subject tells of the exporter's share.
func (t *Target) learn(got taken) {
	if f, ok := got["filter"]; ok {
		t.Share.Filters = append(t.Share.Filters, f)
	}
	if to, ok := got["deliver"]; ok && t.Share.Consumer != nil {
		t.Share.Consumer.Config.DeliverSubject = to
	}
	if prefix, ok := got["prefix"]; ok {
		t.DeliverPrefix = prefix
	}
	if sub, ok := got["subject"]; ok {
		t.Share.Subject = sub
	}
}

// acceptLocal gives grants that are seen where the importer wants their place:
// local_subject, else the exporter's subject, where that cannot answer for the
// importer. A service's requests would go to whoever the bundle says, so that
// it needs one.
func (p *pass) acceptLocal(t *Target) {
	attr := t.Src.LocalSubject
	var free []*Grant
	for _, g := range t.Grants {
		if g.Row.Local == LocalFree {
			free = append(free, g)
		}
	}
	switch {
	case len(free) == 0 || attr.Invalid():
	case attr.IsSet():
		if t.Local = p.localFor(t, subjectsOf(free)); t.Local != "" {
			free[0].Local = t.Local
		} else if attr.Value == free[0].Subject {
			p.checkReserved(t, attr, attr.Value)
		}
	case slices.ContainsFunc(free, func(g *Grant) bool { return g.Type == ServiceType }):
		// Whatever the bundle calls it: this account's requests on the subject
		// would go to the exporter.
		d := diag.New("missing-attribute", t.Src.Site().Body, fmt.Sprintf("accept %q of the service %q", t.Src.Name, free[0].Subject), attrLocal)
		p.add(diag.WithHint(d, "Set local_subject to where this account's clients send their requests, and share = %q.", t.Share.Name))
	default:
		for _, g := range free {
			if start := reservedStart(g.Subject); start != "" {
				d := diag.New("reserved-local-subject", t.Src.LabelOrNameRange(), g.Subject, start)
				p.add(diag.WithHint(d, "Set local_subject to see it under another subject."))
				break
			}
		}
	}
}

func subjectsOf(grants []*Grant) []string {
	out := make([]string, len(grants))
	for i, g := range grants {
		out[i] = g.Subject
	}
	return out
}

// checkWhole refuses a share whose bundle leaves out what its kind does not
// work without.
func (p *pass) checkWhole(x *acceptance, t *Target) {
	facts := t.Share.Facts(&p.t.Server, t)
	granted := func(grant string) bool {
		return slices.ContainsFunc(t.Grants, func(g *Grant) bool { return g.RowName() == grant })
	}
	facts.FlowControl = granted("fc")
	for i := range t.Share.Kind.Rows {
		row := &t.Share.Kind.Rows[i]
		if row.Needed && row.Applies(facts) && !granted(row.Grant) {
			p.invalidBundle(x, "the bundle has no token for %q of share %q, which does not work without it", row.Grant, t.Share.Name)
			return
		}
	}
}

package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Facts are what the kind's rows depend on, for one importer; to is nil for
// what a public share gives to anybody.
func (s *Share) Facts(server *Server, to *Target) *Facts {
	f := s.facts(server, to)
	return &f
}

// facts are s.Facts in a place of the pass: they are good until others are
// asked for.
func (p *pass) facts(s *Share, to *Target) *Facts {
	p.known = s.facts(&p.t.Server, to)
	return &p.known
}

func (s *Share) facts(server *Server, to *Target) Facts {
	f := Facts{
		Exporter: s.From.PublicKey,
		Domain:   server.Domain,
		Formats:  server.Ack,
		Bucket:   s.Bucket,
		Subject:  s.Subject,
		Filters:  s.Filters,
		Info:     s.Info,
	}
	if s.Stream != nil {
		c := &s.Stream.Config
		f.Stream, f.Subjects, f.Direct = c.Name, c.Subjects, c.AllowDirect
	}
	if s.Consumer != nil {
		c := &s.Consumer.Config
		f.Consumer, f.Deliver, f.Acked, f.FlowControl = c.Name, c.DeliverSubject, c.AckPolicy != "none", c.FlowControl
	}
	if to != nil {
		f.Subject = s.Terms.importedBy(s.Subject, to.To)
		f.Watch, f.Trusted, f.Inbox, f.DeliverPrefix = to.Watch, to.Trusted, to.InboxPrefix, to.DeliverPrefix
	}
	return f
}

// grant makes the share's grants: each row of its kind that applies, for each
// importer, or for anybody when it is public and names none.
func (p *pass) grant(s *Share) (_ none) {
	for _, t := range s.Targets {
		t.Grants = s.expand(p.facts(s, t), t)
	}
	if s.Public && len(s.Targets) == 0 {
		s.Open = s.expand(p.facts(s, nil), nil)
	}
	return
}

// expand is every grant of the share to one importer, nil for anybody; sorted
// by row, then by subject within one name.
func (s *Share) expand(f *Facts, to *Target) []*Grant {
	type rowed struct {
		row     *Row
		subject string
	}
	var few [maxListed]rowed
	var room [maxListed]string
	given := few[:0]
	for row, subjects := range s.Kind.expand(f, room[:0]) {
		if row.Named && to == nil {
			continue
		}
		for _, subject := range subjects {
			given = append(given, rowed{row, subject})
		}
	}
	if len(given) == 0 {
		return nil
	}
	all, grants := make([]Grant, len(given)), make([]*Grant, len(given))
	for i, g := range given {
		all[i] = s.grantOf(g.row, g.subject, to)
		grants[i] = &all[i]
	}
	s.name(grants)
	return grants
}

// name sorts the grants of one importer by row and gives them their names. A
// name's number counts its subjects in their order, also where several rows
// have one name.
func (s *Share) name(grants []*Grant) {
	slices.SortStableFunc(grants, func(a, b *Grant) int {
		if a.RowName() != b.RowName() {
			return cmp.Compare(firstRow(s.Kind, a.RowName()), firstRow(s.Kind, b.RowName()))
		}
		return cmp.Compare(a.Subject, b.Subject)
	})
	n := 0
	for i, g := range grants {
		if n++; i == 0 || g.RowName() != grants[i-1].RowName() {
			n = 1
		}
		g.Name = s.Name + "." + g.RowName()
		if n > 1 {
			g.Name += fmt.Sprintf(".%d", n)
		}
	}
}

func firstRow(k *ShareKind, grant string) int {
	for i := range k.Rows {
		if k.Rows[i].Grant == grant {
			return i
		}
	}
	return -1
}

func (s *Share) grantOf(row *Row, subject string, to *Target) Grant {
	g := Grant{
		From:    s.From,
		Type:    row.Type,
		Subject: subject,
		Local:   subject,
		Terms:   s.terms(row),
		Share:   s,
		Target:  to,
		Row:     row,
	}
	if to == nil {
		return g
	}
	g.To, g.Expiry = to.To, to.Expiry
	switch {
	case row.Local == LocalPrefixed:
		g.Local = prefixed(to.APIPrefix, subject)
	case row.Local == LocalFree && to.Local != "":
		g.Local = to.Local
	}
	return g
}

// exported is the subject that a share's export has for the grant: Subject, but
// for the token that is To's public key, where the export has a wildcard.
func (g *Grant) exported() string {
	if g.Share != nil && g.Terms.TokenPosition > 0 {
		return g.Share.Subject
	}
	return g.Subject
}

// RowName is the row of the kinds table: "deliver", "ack", "fc", "info" …; "" of
// a raw grant.
func (g *Grant) RowName() string {
	if g.Row == nil {
		return ""
	}
	return g.Row.Grant
}

// Needed reports that the kind does not work at all without the grant. One that
// is not needed serves some clients or some calls.
func (g *Grant) Needed() bool { return g.Row == nil || g.Row.Needed }

// Why is what the grant is for.
func (g *Grant) Why() string {
	if g.Row == nil {
		return fmt.Sprintf("import %q", g.Name)
	}
	return g.Row.Why
}

// ClientSubject is what the importer's clients subscribe or publish to: Local
// with "*" for each of its placeholders.
func (g *Grant) ClientSubject() string { return plainLocal(g.Local) }

// terms are the export's terms of a row: the row's own, or, where it leaves
// them to the share, the share's.
func (s *Share) terms(row *Row) Terms {
	terms := Terms{Response: row.Response}
	if row.Type == ServiceType && row.Response == "" {
		terms = s.Terms
	}
	terms.Private = !s.Public || row.Named
	return terms
}

// importedBy is an exported subject as an account must import it: with its
// public key at the terms' token position (server/accounts.go, checkAuth).
func (t Terms) importedBy(exported string, importer *Account) string {
	if t.TokenPosition == 0 {
		return exported
	}
	tokens := strings.Split(exported, ".")
	tokens[t.TokenPosition-1] = importer.PublicKey
	return strings.Join(tokens, ".")
}

// compareGrants orders grants by exporter, type, subject, importer and name.
func compareGrants(a, b *Grant) int {
	return cmp.Or(
		cmp.Compare(a.From.Name, b.From.Name),
		cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Subject, b.Subject),
		cmp.Compare(importerName(a), importerName(b)),
		cmp.Compare(a.Name, b.Name),
	)
}

func importerName(g *Grant) string {
	if g.To == nil {
		return ""
	}
	return g.To.Name
}

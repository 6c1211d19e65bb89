package explain

import (
	"fmt"
	"strings"
	"time"

	"jsc/compiler"
	"jsc/emit/client"
	"jsc/schema"
)

// share explains a share: each importer with its grants and their use.
func share(s *compiler.Share) *Explanation {
	x := header(s.Src)
	x.Kind, x.Name, x.Address = schema.KindShare, s.Name, s.Address()
	var to []string
	for _, target := range s.Targets {
		to = append(to, quote(target.To.Name))
	}
	if len(to) == 0 {
		to = []string{client.Anybody}
	}
	x.Summary = fmt.Sprintf("share %q: %s, of account %q, for %s", s.Name, client.Shared(s, quote), s.From.Name, strings.Join(to, ", "))
	x.fact("kind", s.Kind.Name)
	x.fact("exporter", s.From.Name)
	x.fact("only these subjects", s.Filters...)
	if s.Public {
		x.fact("public", "anybody may import it, without a token")
	}
	for _, target := range s.Targets {
		x.Importers = append(x.Importers, importer(s, target, target.Grants))
	}
	if len(s.Open) > 0 {
		open := &compiler.Target{Share: s, APIPrefix: compiler.SubjectToken(s.From.Name) + ".API"}
		x.Importers = append(x.Importers, importer(s, open, s.Open))
	}
	return x
}

// importer is what one account, or anybody, has of a share.
func importer(s *compiler.Share, t *compiler.Target, grants []*compiler.Grant) Importer {
	v := client.OfShare(s, t, grants)
	i := Importer{Account: client.Anybody, Cautions: v.Cautions()}
	for _, g := range grants {
		export := g.Subject
		if g.Export != nil {
			export = g.Export.Subject
		}
		i.Grants = append(i.Grants, Grant{
			Name: g.Name, Grant: g.RowName(), Type: g.Type, Subject: g.Subject, Local: g.Local, Export: export,
			Response: g.Terms.Response, Private: g.Terms.Private, Needed: g.Needed(), Why: g.Why(),
		})
	}
	i.Settings = v.Settings()
	if t.To != nil {
		i.Account, i.External = t.To.Name, t.To.External
		i.PublicKey = t.To.PublicKey
		i.StandIn = t.To.PublicKey == schema.StandIn(schema.ID("account", t.To.Name))
		i.NSC = nsc(s, t)
		for _, u := range usersOf(s, t.To) {
			i.Users = append(i.Users, User{u.Name, u.InboxPrefix})
			if i.ForUser == "" && u.InboxPrefix != "" && isClient(u) {
				i.ForUser = u.Name
				v.SetInbox(u.InboxPrefix)
			}
		}
	}
	i.Uses = v.Uses(s.Kind.Name)
	return i
}

// usersOf are the account's users who may use the share.
func usersOf(s *compiler.Share, to *compiler.Account) []*compiler.User {
	var users []*compiler.User
	for _, u := range to.Users {
		if u.Unrestricted || len(lists(u, s.Is)) > 0 {
			users = append(users, u)
		}
	}
	return users
}

// ends says when a token of an expiry ends; "" for never.
func ends(e compiler.Expiry) string {
	switch {
	case !e.At.IsZero():
		return e.At.UTC().Format(time.RFC3339)
	case e.After > 0:
		return schema.FormatDuration(e.After) + " after each issue"
	}
	return ""
}

package verify

import (
	"strings"

	"jsc/compiler"
	"jsc/emit/keys"
)

// anybody gives every public share that names no importer one: a throw-away
// account that imports what is open to all, as any account may.
func anybody(t *compiler.Topology, r *ring) {
	var a *compiler.Account
	for _, s := range t.Shares {
		if len(s.Open) == 0 || s.Kind.Sourced {
			continue
		}
		if a == nil {
			a = &compiler.Account{Name: freeName(t), PublicKey: r.make(keys.Account), Limits: unlimited}
			t.Accounts = append(t.Accounts, a)
		}
		to := &compiler.Target{Share: s, To: a, APIPrefix: "jsc." + compiler.SubjectToken(s.Name)}
		to.Grants = s.GrantsFor(&t.Server, to)
		for i, g := range to.Grants {
			// The exports know the open grants.
			s.Open[i].To, s.Open[i].Subject, s.Open[i].Local, s.Open[i].Target = a, g.Subject, g.Local, to
			to.Grants[i] = s.Open[i]
			a.Imports = append(a.Imports, &compiler.Import{
				Name: g.Name, From: g.From, Type: g.Type, Subject: g.Subject, Local: g.Local, Grant: s.Open[i],
			})
		}
		s.Targets = append(s.Targets, to)
	}
}

// freeName is a name for the throw-away importer that no account has.
func freeName(t *compiler.Topology) string {
	name := "anybody"
	for _, a := range t.Accounts {
		if strings.HasPrefix(a.Name, name) {
			name = a.Name + "-"
		}
	}
	return name
}

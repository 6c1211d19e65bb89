package compiler

import (
	"fmt"
	"slices"

	"jsc/schema"
	"jsc/schema/diag"
)

// compileImports makes an account's raw imports, each with its grant. Exports,
// raw and shares', must be there. Those that shares need come beside them in
// deriveExports, which also makes the activations of both.
func (p *pass) compileImports(a *Account) {
	if a.Src == nil {
		return
	}
	var taken names
	for _, src := range a.Src.Imports {
		if !p.claim(&taken, "import", src) {
			continue
		}
		if i := p.importOf(a, src); i != nil {
			a.Imports = append(a.Imports, i)
			p.t.Grants = append(p.t.Grants, i.Grant)
		}
	}
}

// importOf makes one raw import; nil when it is not known what is imported.
func (p *pass) importOf(a *Account, src *schema.Import) *Import {
	typ, sub := p.direction("import", src, src.Stream, src.Service)
	written, _ := src.From.Value.(*schema.Account)
	from := p.accounts[written]
	if typ == "" || from == nil {
		return nil
	}
	if from == a {
		p.add(diag.New("self-import", src.From.Range(), a.Name))
		return nil
	}
	i := &Import{
		Name:       src.Name,
		From:       from,
		Type:       typ,
		Subject:    string(sub.Value),
		Share:      src.Share.Or(false),
		AllowTrace: src.AllowTrace.Or(false),
		Raw:        src,
	}
	i.Local = src.LocalSubject.Or(i.Subject)
	p.checkLocal(i)
	if i.Share && typ == StreamType {
		p.add(diag.New("field-requires", src.Share.NameRange(), "share", "a service import"))
	}
	if i.AllowTrace && typ == ServiceType {
		p.add(diag.New("field-requires", src.AllowTrace.NameRange(), "allow_trace", "a stream import"))
	}
	i.Grant = &Grant{
		From: from, To: a, Type: typ, Subject: i.Subject, Local: i.Local, Name: i.Name,
		Terms: Terms{Private: src.Token.IsSet()},
	}
	if typ == ServiceType {
		i.Grant.Terms.Response = "single"
	}
	if src.Token.IsSet() {
		p.readToken(a, i)
	}
	if sub.IsSet() && !p.findExport(a, i, sub) {
		return nil
	}
	return i
}

// checkLocal refuses a local subject that does not fit the exporter's or that
// is the importer's own. Unmapped, only the importer's own API is
// (docs/security.md A9).
func (p *pass) checkLocal(i *Import) {
	local := i.Raw.LocalSubject
	if i.Local == i.Subject {
		if ownAPI(i.Local, p.t.Server.Domain) {
			at := local.RangeOr(i.subjectRange())
			d := diag.New("reserved-local-subject", at, i.Local, "$JS")
			p.add(diag.WithHint(d, "Set local_subject to see the other account's API under another prefix, as in %q.", SubjectToken(i.From.Name)+".API.…"))
		}
		return
	}
	if why := localFault(i.Subject, i.Local); why != "" {
		p.add(diag.New("bad-local-subject", local.Range(), i.Local, i.Subject, why))
		i.Local = i.Subject
		return
	}
	if start := reservedStart(i.Local); start != "" {
		p.add(diag.New("reserved-local-subject", local.Range(), i.Local, start))
	}
}

// findExport finds the export that serves a raw import and takes its terms;
// false when the account has none that does. An external account that declares
// no exports may have any.
func (p *pass) findExport(a *Account, i *Import, sub schema.Attr[schema.Subject]) bool {
	offers := p.offersOf(i.From)
	if offers.size() == 0 && i.From.External {
		return true
	}
	if terms, ok := offers.find(i.Type, i.Subject); ok {
		i.Grant.Terms = terms
		switch {
		case terms.TokenPosition > 0:
			return p.checkTokenPosition(a, i, sub)
		case terms.Private && i.From.External && !i.Raw.Token.IsSet() && !i.Raw.Token.Invalid():
			p.add(diag.New("missing-attribute", i.Raw.Site().Body, fmt.Sprintf("import %q of a private export of the external account %q", i.Name, i.From.Name), "token"))
		}
		return true
	}
	if _, ok := offers.find(other(i.Type), i.Subject); ok {
		p.add(diag.New("import-type-mismatch", sub.NameRange(), i.Subject, string(other(i.Type)), string(i.Type)))
		return false
	}
	if i.From.exportRefused() {
		return false
	}
	d := diag.New("import-without-export", sub.Range(), i.From.Name, string(i.Type), i.Subject)
	if s := p.sharing(i); s != nil {
		diag.WithHint(d, "Share %q grants it to others: add a to block for this account, and remove the import.", s.Name)
	}
	p.add(d)
	return false
}

// exportRefused reports an export of the account whose subject the loader has
// refused: it may be the one that an import is of.
func (a *Account) exportRefused() bool {
	return a.Src != nil && slices.ContainsFunc(a.Src.Exports, func(e *schema.Export) bool { return e.Stream.Invalid() || e.Service.Invalid() })
}

func other(t Type) Type {
	if t == StreamType {
		return ServiceType
	}
	return StreamType
}

// checkTokenPosition refuses an import whose subject does not have the
// importer's public key where the export wants it; the server drops it
// silently (server/accounts.go, checkAuth).
func (p *pass) checkTokenPosition(a *Account, i *Import, sub schema.Attr[schema.Subject]) bool {
	n := i.Grant.Terms.TokenPosition
	if tokenAt(i.Subject, n) == a.PublicKey {
		return true
	}
	d := diag.New("import-without-export", sub.Range(), i.From.Name, string(i.Type), i.Subject)
	p.add(diag.WithHint(d, "Put the importer's public key, ${account.%s.public_key}, in the place of token %d.", a.Src.Label, n))
	return false
}

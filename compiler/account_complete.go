package compiler

import (
	"strconv"
	"time"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// completeAccounts adds what of an account refers to other accounts, to users
// or to nothing at all.
func (p *pass) completeAccounts() {
	for _, a := range p.t.Accounts {
		if a.Src == nil {
			continue
		}
		p.compileCallout(a, a.Src.AuthCallout)
		p.compileMappings(a)
		p.compileTrace(a, a.Src.Trace)
		p.compileRevocations(a)
		if d := a.Src.Defaults; d != nil {
			defaults := p.writtenPermissions(&d.Permissions, false)
			a.Defaults = &defaults
		}
	}
	p.checkCalloutCycles()
}

// compileTrace makes where traces go; sampling is 100 percent when absent
// (jwt's MsgTrace).
func (p *pass) compileTrace(a *Account, src *schema.Trace) {
	if src == nil || !src.Destination.IsSet() {
		return
	}
	t := &Trace{Destination: string(src.Destination.Value), Sampling: int(src.Sampling.Or(100))}
	if !subject.Literal(t.Destination) {
		p.add(diag.New("bad-subject", src.Destination.Range(), t.Destination, "messages cannot be sent to a wildcard"))
		return
	}
	if t.Sampling < 1 || t.Sampling > 100 {
		p.add(diag.New("bad-value", src.Sampling.Range(), "sampling", "1 to 100", strconv.Itoa(t.Sampling)))
		return
	}
	a.Trace = t
}

// everyUser is the word of a revocation for all users (jwt's All).
const everyUser = "*"

// compileRevocations keeps the revocations in order of declaration; two may be
// of one user.
func (p *pass) compileRevocations(a *Account) {
	var taken names
	for _, src := range a.Src.Revokes {
		if !p.claim(&taken, "revoke", src) || !src.User.IsSet() {
			continue
		}
		r := &Revocation{Label: src.Name, User: src.User.Value, Before: src.Before.Or(time.Time{}), At: src.Before.Range()}
		if r.User != everyUser {
			if r.User = p.userKey(a, src.User.Value, src.User.Range()); r.User == "" {
				continue
			}
		}
		a.Revocations = append(a.Revocations, r)
	}
}

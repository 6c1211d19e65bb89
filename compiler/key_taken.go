package compiler

import (
	"jsc/schema"
	"jsc/schema/diag"
)

// checkPinned refuses a public_key that somebody else of the topology has,
// written or by the lock: a server tells by its key alone whose token it reads,
// so that whoever shares an account's key signs that account's users
// (docs/security.md D9). Of keys that nobody wrote, each is one ID's in the lock.
func (p *pass) checkPinned() {
	if len(p.pinned) == 0 {
		return
	}
	if o := p.t.Operator; o != nil {
		p.taken(o.Src, o.Src.PublicKey, o.PublicKey, "operator", o.Name)
		for _, k := range o.SigningKeys {
			p.taken(k.Src, k.Src.PublicKey, k.PublicKey, "operator", o.Name, "signing", k.Label)
		}
	}
	for _, a := range p.t.Accounts {
		if a.Src == nil { // the system account that jsc makes for the operator
			p.taken(p.t.Operator.Src, unwritten, a.PublicKey, "account", a.Name)
			continue
		}
		p.taken(a.Src, a.Src.PublicKey, a.PublicKey, "account", a.Name)
		for _, k := range a.SigningKeys {
			p.taken(k.Src, k.Src.PublicKey, k.PublicKey, "account", a.Name, "signing", k.Label)
		}
		for _, u := range a.Users {
			p.taken(u.Src, u.Src.PublicKey, u.PublicKey, "account", a.Name, "user", u.Name)
		}
	}
}

// unwritten is the public_key of what has none.
var unwritten schema.Attr[string]

// taken reports that public_key gives the key of an ID to another one, at the
// later place where it is written. What has the ID is declared by e.
func (p *pass) taken(e schema.Entity, attr schema.Attr[string], key string, parts ...string) {
	first, ok := p.pinned[key]
	if !ok {
		return
	}
	id, written := schema.ID(parts...), attr.IsSet() && attr.Value == key
	switch {
	case first.id == id, !written && key == schema.StandIn(id): // that is nobody's
	case written: // with another one that is
		h := first.e.Header()
		d := diag.New("duplicate-name", attr.Range(), "the public key", key)
		p.add(diag.WithNote(d, h.LabelOrNameRange(), "%s %q has it too", h.Kind, h.Name))
	default:
		d := diag.New("duplicate-name", first.attr.Range(), "the public key", key)
		diag.WithHint(d, "Remove public_key, and jsc makes a key; jsc keys move gives an account or a user another name.")
		p.add(diag.WithNote(d, e.Header().LabelOrNameRange(), "the lock has it as the key of %s", id))
	}
}

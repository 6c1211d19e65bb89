package emit

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

func operatorIdentity(o *compiler.Operator) KeyRef {
	return KeyRef{lock.OperatorID(o.Name), o.PublicKey}
}

func operatorSigningKey(o *compiler.Operator, k *compiler.SigningKey) KeyRef {
	return KeyRef{lock.OperatorSigningKeyID(o.Name, k.Label), k.PublicKey}
}

func identity(a *compiler.Account) KeyRef {
	return KeyRef{lock.AccountID(a.Name), a.PublicKey}
}

func signingKey(a *compiler.Account, k *compiler.SigningKey) KeyRef {
	return KeyRef{lock.SigningKeyID(a.Name, k.Label), k.PublicKey}
}

func userKey(u *compiler.User) KeyRef {
	return KeyRef{lock.UserID(u.Account.Name, u.Name), u.PublicKey}
}

// declaredKey is a key of a topology.
type declaredKey struct {
	KeyRef
	owner   string // of a signing key: the ID of what it signs for; else ""
	written bool   // the topology itself says which key it is
}

// declaredKeys are all keys of a topology: operator, accounts, signing keys,
// users.
func declaredKeys(t *compiler.Topology) []declaredKey {
	var all []declaredKey
	if o := t.Operator; o != nil {
		id := operatorIdentity(o)
		all = append(all, declaredKey{KeyRef: id, written: o.Src != nil && o.Src.PublicKey.IsSet()})
		for _, k := range o.SigningKeys {
			all = append(all, declaredKey{KeyRef: operatorSigningKey(o, k), owner: id.ID})
		}
	}
	for _, a := range t.Accounts {
		id := identity(a)
		all = append(all, declaredKey{KeyRef: id, written: a.Src != nil && a.Src.PublicKey.IsSet()})
		for _, k := range a.SigningKeys {
			all = append(all, declaredKey{KeyRef: signingKey(a, k), owner: id.ID})
		}
		for _, u := range a.Users {
			all = append(all, declaredKey{KeyRef: userKey(u), written: u.Src != nil && u.Src.PublicKey.IsSet()})
		}
	}
	return all
}

// pin writes the topology's keys into the new lock. Keys of entities that are
// gone leave it; a signing key that goes, or that another has replaced, is
// retired: it may be in other hands, and never returns (SECURITY B4).
func (p *planner) pin() {
	retired := map[string]bool{}
	for _, keys := range p.old.Retired {
		for _, k := range keys {
			retired[k] = true
		}
	}
	clear(p.Lock.Keys)
	for _, k := range declaredKeys(p.Topology) {
		if retired[k.PublicKey] {
			p.diags = append(p.diags, diag.New("key-retired", hcl.Range{}, k.ID, k.PublicKey))
		}
		if k.PublicKey == schema.StandIn(k.ID) {
			p.Unpinned = append(p.Unpinned, k.ID)
			continue
		}
		p.Lock.Keys[k.ID] = k.PublicKey
	}
	slices.Sort(p.Unpinned)
	for id, public := range p.old.Keys {
		if parts, ok := lock.Parts(id); ok && len(parts) == 4 && parts[2] == "signing" && p.Lock.Keys[id] != public {
			p.Lock.Retire(id, public)
		}
	}
}

// missingKeys says of every key that no lock pins yet that nothing can be
// written before it is made.
func missingKeys(ids []string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, id := range ids {
		d := diag.New("key-missing", hcl.Range{}, id+" has no key yet")
		diags = append(diags, diag.WithHint(d, "Make it with jsc keys generate, or build with --generate-keys."))
	}
	return diags
}

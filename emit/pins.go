package emit

import (
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
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
	signing *compiler.SigningKey // nil: an identity
	written bool                 // the topology itself says which key it is
	at      hcl.Range            // where what has the key is declared
}

// declaredKeys are all keys of a topology: operator, accounts, signing keys,
// users.
func declaredKeys(t *compiler.Topology) []declaredKey {
	all := make([]declaredKey, 0, 1+2*len(t.Accounts))
	if t.Operator != nil {
		all = appendOperatorKeys(all, t.Operator)
	}
	for _, a := range t.Accounts {
		all = appendAccountKeys(all, t, a)
		for _, u := range a.Users {
			all = append(all, declaredUser(u))
		}
	}
	return all
}

func appendOperatorKeys(all []declaredKey, o *compiler.Operator) []declaredKey {
	key := declaredKey{KeyRef: operatorIdentity(o)}
	if o.Src != nil {
		key.written, key.at = o.Src.PublicKey.IsSet(), o.Src.Def()
	}
	all = append(all, key)
	for _, k := range o.SigningKeys {
		all = append(all, declaredSigner(operatorSigningKey(o, k), k))
	}
	return all
}

func appendAccountKeys(all []declaredKey, t *compiler.Topology, a *compiler.Account) []declaredKey {
	key := declaredKey{KeyRef: identity(a), at: accountDef(t, a)}
	if a.Src != nil {
		key.written = a.Src.PublicKey.IsSet()
	}
	all = append(all, key)
	for _, k := range a.SigningKeys {
		all = append(all, declaredSigner(signingKey(a, k), k))
	}
	return all
}

func declaredUser(u *compiler.User) declaredKey {
	key := declaredKey{KeyRef: userKey(u)}
	if u.Src != nil {
		key.written, key.at = u.Src.PublicKey.IsSet(), u.Src.Def()
	}
	return key
}

// WrittenKeys are the keys that a topology itself says by public_key, by their
// IDs in the lock.
func WrittenKeys(t *compiler.Topology) map[string]string {
	keys := map[string]string{}
	for _, k := range declaredKeys(t) {
		if k.written {
			keys[k.ID] = k.PublicKey
		}
	}
	return keys
}

// declaredSigner is a signing key.
func declaredSigner(key KeyRef, k *compiler.SigningKey) declaredKey {
	d := declaredKey{KeyRef: key, signing: k}
	if k.Src != nil {
		d.written, d.at = k.Src.PublicKey.IsSet(), k.Src.Def()
	}
	return d
}

// pin writes the topology's keys into the new lock. Keys of entities that are
// gone leave it; a signing key that goes, or that another has replaced, is
// retired: it may be in other hands, and never returns (docs/security.md B4).
func (p *planner) pin() {
	retired := map[string]bool{}
	for _, keys := range p.old.Retired {
		for _, k := range keys {
			retired[k] = true
		}
	}
	declared := declaredKeys(p.Topology)
	p.places = sync.OnceValue(func() map[string]hcl.Range {
		places := make(map[string]hcl.Range, len(declared))
		for _, k := range declared {
			places[k.ID] = k.at
		}
		return places
	})
	unpinned := standIns(declared)
	for i, k := range declared {
		if retired[k.PublicKey] {
			d := diag.New("key-retired", k.at, k.ID, k.PublicKey)
			if parts, _ := lock.Parts(k.ID); !k.written && len(parts) == 4 {
				diag.WithHint(d, "Replace it by a new key with jsc keys rotate %s, then run jsc build.", diag.ShellWord(k.ID))
			}
			p.diags = append(p.diags, d)
		}
		if unpinned[i] {
			p.Unpinned = append(p.Unpinned, k.ID)
			continue
		}
		p.Lock.Keys[k.ID] = k.PublicKey
	}
	slices.Sort(p.Unpinned)
	var pinned map[string]bool // keys that have an ID still, if another one
	for id, public := range p.old.Keys {
		if parts, ok := lock.Parts(id); !ok || len(parts) != 4 || parts[2] != "signing" || p.Lock.Keys[id] == public {
			continue
		}
		if pinned == nil {
			pinned = make(map[string]bool, len(p.Lock.Keys))
			for _, k := range p.Lock.Keys {
				pinned[k] = true
			}
		}
		if !pinned[public] {
			p.Lock.Retire(id, public)
		}
	}
}

// standIns says of each key whether it is a stand-in for one that is not made yet.
func standIns(declared []declaredKey) []bool {
	out := make([]bool, len(declared))
	parallel.Do(len(declared), func(i int) { out[i] = declared[i].PublicKey == schema.StandIn(declared[i].ID) })
	return out
}

// Unpinned are the IDs of a topology's keys that are not made yet, sorted.
func Unpinned(t *compiler.Topology) []string {
	declared := declaredKeys(t)
	var ids []string
	for i, is := range standIns(declared) {
		if is {
			ids = append(ids, declared[i].ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// KeyPlace is where what has the key with an ID is declared; nowhere when the
// topology has no such key.
func (p *Plan) KeyPlace(id string) hcl.Range { return p.places()[id] }

// KeyMistake is what is wrong with a key, told where what has it is declared.
func (p *Plan) KeyMistake(e *keys.Error) *hcl.Diagnostic {
	d := e.Diagnostic()
	if at := p.KeyPlace(e.ID); at != (hcl.Range{}) {
		d.Subject = &at
	}
	return d
}

// missingKeys says of every key that no lock pins yet that nothing can be
// written before it is made.
func (p *Plan) missingKeys() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, id := range p.Unpinned {
		d := diag.New("key-missing", p.KeyPlace(id), id+" has no key yet")
		diags = append(diags, diag.WithHint(d, "Make it with jsc keys generate, or build with --generate-keys; where it has one already, write that as its public_key."))
	}
	return diags
}

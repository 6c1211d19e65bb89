package schema

import (
	"fmt"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// members are the kinds of entity that a reference goes on to, by the kind it
// stands at.
var members = map[Kind][]Kind{
	KindAccount: {KindUser, KindStream, KindKeyValue, KindObjectStore, kindAccept},
	KindStream:  {KindConsumer},
}

// property is a value that a reference has: .name and the like.
type property struct {
	kinds []Kind  // empty: all
	from  stratum // the first stratum in which it may be asked for
	value func(e *evaluator, h *Head) cty.Value
}

var properties = map[string]property{
	"name": {from: crossings, value: func(_ *evaluator, h *Head) cty.Value { return cty.StringVal(h.Name) }},
	"public_key": {kinds: []Kind{KindAccount, KindUser}, from: deliveries, value: func(e *evaluator, h *Head) cty.Value {
		return cty.StringVal(e.publicKey(h))
	}},
	"subjects": {kinds: []Kind{KindStream}, from: therest, value: func(_ *evaluator, h *Head) cty.Value {
		s := h.self.(*Stream)
		if s.Subjects.at == nil && !h.names.body.holds("mirror", "source") {
			return cty.ListVal([]cty.Value{cty.StringVal(s.Name)})
		}
		if s.Subjects.Invalid() {
			return cty.DynamicVal
		}
		return subjectList(s.Subjects.Value)
	}},
	"deliver_subject": {kinds: []Kind{KindConsumer}, from: therest, value: func(_ *evaluator, h *Head) cty.Value {
		c := h.self.(*Consumer)
		if c.DeliverSubject.Invalid() {
			return cty.DynamicVal
		}
		if !c.DeliverSubject.IsSet() {
			return cty.NullVal(cty.String)
		}
		return cty.StringVal(string(c.DeliverSubject.Value))
	}},
}

func subjectList(in []Subject) cty.Value {
	if len(in) == 0 {
		return cty.ListValEmpty(cty.String)
	}
	out := make([]cty.Value, len(in))
	for i, s := range in {
		out[i] = cty.StringVal(string(s))
	}
	return cty.ListVal(out)
}

// publicKey is an account's or a user's: written, pinned, or its stand-in.
func (e *evaluator) publicKey(h *Head) string {
	switch x := h.self.(type) {
	case *Account:
		if x.PublicKey.IsSet() {
			return x.PublicKey.Value
		}
		return PublicKey(e.keys, ID("account", h.Name))
	case *User:
		if x.PublicKey.IsSet() {
			return x.PublicKey.Value
		}
		return PublicKey(e.keys, ID("account", h.Parent.Header().Name, "user", h.Name))
	}
	return ""
}

// member is a step from a reference: to what stands in it, or to a property.
func (e *evaluator) member(h *Head, st hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	if v, ok := acceptedShare(h, st); ok {
		return v, nil
	}
	name, ok := stepName(st)
	if !ok {
		return cty.DynamicVal, hcl.Diagnostics{diag.New("unknown-reference", stepRange(st), h.Address()+"[…]: it is one "+string(h.Kind)+", not a family")}
	}
	for _, k := range members[h.Kind] {
		if string(k) == name {
			return cty.CapsuleVal(namespaceType, &namespace{kind: k, owner: h, names: &h.names}), nil
		}
	}
	p, ok := properties[name]
	if ok && len(p.kinds) > 0 {
		ok = false
		for _, k := range p.kinds {
			ok = ok || k == h.Kind
		}
	}
	if !ok {
		return cty.DynamicVal, hcl.Diagnostics{unknown(stepRange(st), fmt.Sprintf("%q in %s", name, h.Address()), name, steps(h.Kind))}
	}
	if e.now < p.from {
		d := diag.New("reference-cycle", stepRange(st), fmt.Sprintf("%s.%s is used before it is known", h.Address(), name))
		return cty.DynamicVal, hcl.Diagnostics{diag.WithNote(diag.WithHint(d, "%s", tooEarly[e.now]), h.Def(), "%s is declared here", h.Address())}
	}
	v := p.value(e, h)
	e.touch(v)
	return v, nil
}

// tooEarly says what an expression of a stratum may use.
var tooEarly = map[stratum]string{
	families:   "A for_each or name of an account, or of a block in it, may use var, local and each.",
	crossings:  "A for_each or name of a share, to, export or import, and public_key, may also use .name and families of accounts and of what stands in them, but not of shares.",
	deliveries: "subjects and deliver_subject may also use .name and .public_key.",
}

// steps are the names that may follow a reference of a kind.
func steps(k Kind) []string {
	var out []string
	for _, m := range members[k] {
		out = append(out, string(m))
	}
	for name, p := range properties {
		if len(p.kinds) == 0 {
			out = append(out, name)
		}
		for _, pk := range p.kinds {
			if pk == k {
				out = append(out, name)
			}
		}
	}
	sort.Strings(out)
	return out
}

// entity is a step from a namespace: account.ACCTA, account["odd name"].
func (e *evaluator) entity(n *namespace, st hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	where := func() string {
		if n.owner == nil {
			return ""
		}
		return " in " + n.owner.Address()
	}
	if x, ok := st.(hcl.TraverseIndex); ok && x.Key.IsKnown() && (x.Key.IsNull() || x.Key.Type() != cty.String) {
		return cty.DynamicVal, hcl.Diagnostics{diag.New("bad-expression", stepRange(st), fmt.Sprintf("%s%s is reached by a string", n.kind, where()))}
	}
	label, ok := stepName(st)
	if !ok {
		return cty.DynamicVal, nil
	}
	f := n.names.find(n.kind, label)
	if f == nil && n.names.mayHave(string(n.kind)) {
		return cty.DynamicVal, nil
	}
	if f == nil {
		return cty.DynamicVal, hcl.Diagnostics{unknown(stepRange(st), fmt.Sprintf("%s %q%s", n.kind, label, where()), label, n.names.labels(n.kind))}
	}
	if e.now < knownFrom(n.kind) {
		address := f.address(n.scope, n.owner)
		d := diag.New("reference-cycle", stepRange(st), address+" is used before it is known")
		return cty.DynamicVal, hcl.Diagnostics{diag.WithNote(diag.WithHint(d, "%s", tooEarly[e.now]), f.block.site.Def, "%s is declared here", address)}
	}
	if f.failed() || !f.made() {
		return cty.DynamicVal, nil // a diagnostic said why
	}
	return f.reference(), nil
}

// knownFrom is the first stratum in which a kind's entities may be referred to.
func knownFrom(k Kind) stratum {
	if early[string(k)] {
		return crossings
	}
	return deliveries
}

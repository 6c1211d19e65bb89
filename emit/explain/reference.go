package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// Malformed says that a text is no reference.
type Malformed struct{ Text string }

func (m *Malformed) Error() string {
	return fmt.Sprintf("%q is no reference: write one as HCL has it, as in share.orders, account.A.stream.S or 'account.tenant[\"acme\"]'", m.Text)
}

// Unknown says that a topology does not have what a reference names.
type Unknown struct{ Text, Hint string }

func (u *Unknown) Error() string {
	return fmt.Sprintf("the topology has no %s; %s", u.Text, u.Hint)
}

// entity is something that can be explained.
type entity struct {
	address string // as a reference is written
	name    string // the NATS name
	explain func() *Explanation
}

// Of explains what a reference names; out is the output folder, whose files
// commands name. The error is *Malformed or *Unknown.
func Of(t *compiler.Topology, ref, out string) (*Explanation, error) {
	steps, ok := parse(ref)
	if !ok {
		return nil, &Malformed{ref}
	}
	all := entities(t, out)
	var family []string // addresses of the family that ref names
	for _, e := range all {
		its, ok := parse(e.address)
		switch {
		case e.address == ref || ok && slices.Equal(its, steps):
			return e.explain(), nil
		case ok && strings.HasSuffix(e.address, "]") && slices.Equal(its[:len(its)-1], steps):
			family = append(family, e.address)
		}
	}
	return nil, &Unknown{ref, hint(ref, steps, all, family)}
}

// References are all references that Of explains, accounts first.
func References(t *compiler.Topology) []string {
	var all []string
	for _, e := range entities(t, "") {
		all = append(all, e.address)
	}
	return all
}

// hint says what somebody who wrote ref may have meant.
func hint(ref string, steps []string, all []entity, family []string) string {
	if len(family) > 0 {
		return fmt.Sprintf("it is a family of %d: name one of it, as in %s", len(family), family[0])
	}
	var addresses []string
	for _, e := range all {
		if e.name == steps[len(steps)-1] {
			return fmt.Sprintf("did you mean %s?", e.address)
		}
		addresses = append(addresses, e.address)
	}
	if near, ok := diag.Suggest(ref, addresses); ok {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return "accounts, users, streams, consumers, buckets and shares can be explained"
}

// parse takes a reference apart; account.A and account["A"] are the same.
func parse(ref string) ([]string, bool) {
	traversal, diags := hclsyntax.ParseTraversalAbs([]byte(ref), "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, false
	}
	var steps []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			steps = append(steps, step.Name)
		case hcl.TraverseAttr:
			steps = append(steps, step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type() != cty.String {
				return nil, false
			}
			steps = append(steps, step.Key.AsString())
		}
	}
	return steps, true
}

// entities are all things of a topology that can be explained.
func entities(t *compiler.Topology, out string) []entity {
	var all []entity
	add := func(e schema.Entity, explain func() *Explanation) {
		all = append(all, entity{e.Header().Address(), e.Header().Name, explain})
	}
	for _, a := range t.Accounts {
		if a.Src == nil {
			all = append(all, entity{"account." + a.Name, a.Name, func() *Explanation { return account(t, a) }})
			continue
		}
		add(a.Src, func() *Explanation { return account(t, a) })
		for _, u := range a.Users {
			add(u.Src, func() *Explanation { return user(u) })
		}
		for _, s := range a.Streams {
			add(s.Src, func() *Explanation { return stream(t, s, out) })
			for _, c := range s.Consumers {
				add(c.Src, func() *Explanation { return consumer(t, c, out) })
			}
		}
	}
	took := map[*schema.Accept]int{} // how many shares
	for _, s := range t.Accepted {
		took[s.Accept]++
	}
	for _, s := range slices.Concat(t.Shares, t.Accepted) {
		all = append(all, entity{s.Address(), s.Name, func() *Explanation { return share(s) }})
		if took[s.Accept] == 1 { // the block means its only share
			all = append(all, entity{s.Accept.Address(), s.Accept.Name, func() *Explanation { return share(s) }})
		}
	}
	return all
}

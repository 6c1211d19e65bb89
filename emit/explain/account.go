package explain

import (
	"fmt"
	"strconv"

	"jsc/compiler"
	"jsc/schema"
)

// account explains an account: its key, its limits, what is in it, and what
// crosses.
func account(t *compiler.Topology, a *compiler.Account) *Explanation {
	x := &Explanation{
		Kind: schema.KindAccount, Name: a.Name, Address: "account." + a.Name,
		Summary: fmt.Sprintf("system account %q, which jsc makes when no block declares it", a.Name),
	}
	if a.Src != nil {
		x = header(a.Src)
		x.Summary = "account " + quote(a.Name)
		switch {
		case a.External:
			x.Summary += ", whose key is another's: jsc never signs it"
		case a.System:
			x.Summary = "system " + x.Summary
		}
	}
	x.publicKey(a.PublicKey, schema.ID("account", a.Name))
	if a.SignedBy != nil {
		x.fact("signed by", "the operator's signing key "+a.SignedBy.Label)
	}
	x.fact("token ends", ends(a.Expiry))
	x.fact("JetStream", jetStreamOf(a)...)
	x.fact("limits", limitsOf(a.Limits)...)
	for _, u := range a.Users {
		x.fact("user", u.Src.Address())
	}
	for _, s := range a.Streams {
		h := s.Src.Header()
		x.fact(string(h.Kind), h.Address())
	}
	for _, s := range t.Shares {
		if s.From == a {
			x.fact("shares", s.Src.Address())
		}
	}
	for _, target := range t.TargetsOf(a) {
		x.fact("uses share", target.Share.Address())
	}
	for _, e := range a.Exports {
		x.fact("export", fmt.Sprintf("%s %s, %s", e.Type, e.Subject, access(e.Terms)))
	}
	for _, i := range a.Imports {
		line := fmt.Sprintf("%s %s of %s", i.Type, i.Subject, i.From.Name)
		if i.Local != i.Subject {
			line += ", as " + i.Local
		}
		x.fact("import", line)
	}
	x.join()
	return x
}

// standIn says of a key that is not pinned what it means.
const standIn = "a stand-in: no key is made yet"

// publicKey adds a key, and what it means while it is not pinned, apart: the key
// is for programs.
func (x *Explanation) publicKey(key, id string) {
	values := []string{key}
	if key == schema.StandIn(id) {
		values = append(values, standIn)
	}
	x.fact("public key", values...)
}

func access(t compiler.Terms) string {
	if t.Private {
		return "private"
	}
	return "public"
}

// limit is a limit's value; "" for none.
func limit(name string, n int64) string {
	if n < 0 {
		return ""
	}
	return name + " " + strconv.FormatInt(n, 10)
}

func limitsOf(l compiler.Limits) []string {
	all := []string{
		limit("connections", l.Connections), limit("leaf nodes", l.LeafNodes), limit("subscriptions", l.Subscriptions),
		limit("data", l.Data), limit("payload", l.Payload), limit("imports", l.Imports), limit("exports", l.Exports),
	}
	if !l.WildcardExports {
		all = append(all, "no exports with wildcards")
	}
	if l.DisallowBearer {
		all = append(all, "no bearer users")
	}
	return all
}

func jetStreamOf(a *compiler.Account) []string {
	if a.JetStream == nil {
		return []string{"off"}
	}
	if len(a.JetStream.Tiers) == 0 {
		return jetStreamLimits("", a.JetStream.JetStreamLimits)
	}
	var all []string
	for _, tier := range a.JetStream.Tiers {
		all = append(all, jetStreamLimits(fmt.Sprintf("R%d: ", tier.Replicas), tier.JetStreamLimits)...)
	}
	return all
}

func jetStreamLimits(tier string, l compiler.JetStreamLimits) []string {
	var all []string
	for _, some := range []string{
		limit("memory", l.Memory), limit("disk", l.Disk), limit("streams", l.Streams), limit("consumers", l.Consumers),
		limit("max_ack_pending", l.MaxAckPending),
	} {
		if some != "" {
			all = append(all, tier+some)
		}
	}
	if len(all) == 0 {
		return []string{tier + "unlimited"}
	}
	return all
}

// join puts the values of facts of one name together, in the order of the
// first.
func (x *Explanation) join() {
	var out []Fact
	at := map[string]int{}
	for _, f := range x.Facts {
		i, seen := at[f.Name]
		if !seen {
			at[f.Name] = len(out)
			out = append(out, f)
			continue
		}
		out[i].Values = append(out[i].Values, f.Values...)
	}
	x.Facts = out
}

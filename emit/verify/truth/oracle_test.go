package truth

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler/subject"
)

// The oracle is the second way from a topology to NATS: each attribute to its
// field, nothing checked, nothing merged, nothing left out.

// listed are the blocks that a stream's JSON has as lists.
var listed = map[string]string{"source": "sources"}

// json is a block as the JSON of the JetStream API.
func (n *node) json() map[string]any {
	out := make(map[string]any)
	for _, a := range n.attrs {
		if !empty(a.is) {
			out[a.name] = a.is
		}
	}
	for _, b := range n.blocks {
		list := listed[b.kind]
		switch {
		case n.kind == "stream" && b.kind == "consumer":
		case (n.kind == "mirror" || n.kind == "source") && b.kind == "subject_transform":
			list = "subject_transforms"
			fallthrough
		case list != "":
			all, _ := out[list].([]any)
			out[list] = append(all, b.json())
		default:
			out[b.kind] = b.json()
		}
	}
	return out
}

// empty is what Go's JSON of a server leaves out.
func empty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func (n *node) streamJSON() map[string]any {
	out := n.json()
	out["name"] = n.label
	return out
}

// consumerJSON has the one default that is jsc's own.
func (n *node) consumerJSON() map[string]any {
	out := n.json()
	out["name"], out["durable_name"] = n.label, n.label
	if out["ack_policy"] == nil {
		out["ack_policy"] = "explicit"
	}
	return out
}

// accountID is the ID of an account's key.
func (n *node) accountID() string { return "account/" + n.label }

// claims is what an account block says as a token; top holds the accounts that
// it imports from. The error is of what no token can hold.
func (w *world) claims(top, n *node) (*jwt.AccountClaims, error) {
	c := jwt.NewAccountClaims(w.public(n.accountID()))
	c.Name = n.label
	if l := n.child("limits"); l != nil {
		c.Limits.NatsLimits = jwt.NatsLimits{Subs: l.int("subscriptions", -1), Data: l.int("data", -1), Payload: l.int("payload", -1)}
		c.Limits.AccountLimits = jwt.AccountLimits{
			Imports: l.int("imports", -1), Exports: l.int("exports", -1), Conn: l.int("connections", -1), LeafNodeConn: l.int("leaf_nodes", -1),
			WildcardExports: l.bool("wildcard_exports", true), DisallowBearer: l.bool("disallow_bearer", false),
		}
	}
	w.jetStream(n, c)
	if d := n.child("default_permissions"); d != nil {
		c.DefaultPermissions = permissions(d)
	}
	w.signingKeys(n, c)
	if n.bool("external", false) {
		c.SigningKeys.Add(w.public(n.accountID() + "/signing/k"))
	}
	for _, m := range n.of("mapping") {
		to, err := destinations(m)
		if err != nil {
			return nil, err
		}
		c.Mappings[jwt.Subject(m.label)] = to
	}
	if t := n.child("trace"); t != nil {
		c.Trace = &jwt.MsgTrace{Destination: jwt.Subject(t.string("destination", "")), Sampling: int(t.int("sampling", 100))}
	}
	for _, e := range n.of("export") {
		x, err := export(e)
		if err != nil {
			return nil, err
		}
		c.Exports.Add(x)
	}
	for _, i := range n.of("import") {
		c.Imports.Add(w.imported(top, n, i))
	}
	return c, nil
}

// jetStream sets an account's JetStream limits.
func (w *world) jetStream(n *node, c *jwt.AccountClaims) {
	js := n.child("jetstream")
	if js == nil {
		return
	}
	tiers := js.of("tier")
	if len(tiers) == 0 || len(js.attrs) > 0 {
		c.Limits.JetStreamLimits = jetStreamLimits(js)
	}
	for _, t := range tiers {
		c.Limits.JetStreamTieredLimits[t.label] = jetStreamLimits(t)
	}
}

func jetStreamLimits(n *node) jwt.JetStreamLimits {
	disk := int64(0)
	if n.get("memory") == nil {
		disk = -1
	}
	return jwt.JetStreamLimits{
		MemoryStorage: n.int("memory", 0), DiskStorage: n.int("disk", disk),
		Streams: n.int("streams", -1), Consumer: n.int("consumers", -1), MaxAckPending: n.int("max_ack_pending", -1),
		MemoryMaxStreamBytes: n.int("memory_max_stream", -1), DiskMaxStreamBytes: n.int("disk_max_stream", -1),
		MaxBytesRequired: n.bool("max_bytes_required", false),
	}
}

func permissions(n *node) jwt.Permissions {
	var p jwt.Permissions
	for side, into := range map[string]*jwt.Permission{"publish": &p.Pub, "subscribe": &p.Sub} {
		if b := n.child(side); b != nil {
			into.Allow.Add(b.strings("allow")...)
			into.Deny.Add(b.strings("deny")...)
		}
	}
	if r := n.child("responses"); r != nil {
		p.Resp = &jwt.ResponsePermission{MaxMsgs: int(r.int("max", 1)), Expires: time.Duration(r.int("ttl", 0))}
	}
	return p
}

func userLimits(n *node) jwt.UserPermissionLimits {
	l := jwt.UserPermissionLimits{
		Permissions: permissions(n), BearerToken: n.bool("bearer", false), AllowedConnectionTypes: n.strings("connection_types"),
	}
	l.NatsLimits = jwt.NatsLimits{Subs: n.int("subscriptions", -1), Data: n.int("data", -1), Payload: n.int("payload", -1)}
	l.Src = n.strings("source_networks")
	l.Locale = n.string("locale", "")
	return l
}

func (w *world) signingKeys(n *node, c *jwt.AccountClaims) {
	for _, k := range n.of("signing_key") {
		public := w.public(n.accountID() + "/signing/" + k.label)
		role := k.child("role")
		if role == nil {
			c.SigningKeys.Add(public)
			continue
		}
		s := jwt.NewUserScope()
		s.Key, s.Role, s.Template = public, k.label, userLimits(role)
		c.SigningKeys.AddScopedSigner(s)
	}
}

// user is what a user block says as a token, and the ID of the key that signs
// it.
func (w *world) user(n, u *node) (*jwt.UserClaims, string) {
	c := jwt.NewUserClaims(w.public(n.accountID() + "/user/" + u.label))
	c.Name = u.label
	c.UserPermissionLimits = userLimits(u)
	signer, label := n.accountID(), u.string("signing_key", "")
	for _, k := range n.of("signing_key") {
		if label == "" && k.child("role") == nil {
			label = k.label // the first plain one
		}
		if k.label == label && k.child("role") != nil && len(u.attrs) == 1 && len(u.blocks) == 0 {
			c.SetScoped(true)
		}
	}
	if label != "" {
		signer += "/signing/" + label
		c.IssuerAccount = w.public(n.accountID())
	}
	return c, signer
}

func destinations(m *node) (out []jwt.WeightedMapping, err error) {
	if to, ok := m.get("destination").(string); ok {
		return []jwt.WeightedMapping{{Subject: jwt.Subject(to), Weight: 100}}, nil
	}
	for _, to := range m.of("to") {
		weight := to.int("weight", 100)
		d := jwt.WeightedMapping{Subject: jwt.Subject(to.label), Cluster: to.string("cluster", "")}
		// As a server would read it.
		if err := json.Unmarshal([]byte(fmt.Sprint(weight)), &d.Weight); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

var responses = map[string]jwt.ResponseType{"single": jwt.ResponseTypeSingleton, "stream": jwt.ResponseTypeStream, "chunked": jwt.ResponseTypeChunked}

// resolved is a subject with the keys that keyed left open.
func (w *world) resolved(s string) string {
	tokens := strings.Split(s, ".")
	for i, t := range tokens {
		if name, ok := strings.CutPrefix(t, "@"); ok {
			tokens[i] = w.public("account/" + name)
		}
	}
	return strings.Join(tokens, ".")
}

// direction is the type and the subject of an export or import.
func direction(n *node) (jwt.ExportType, string) {
	if s, ok := n.get("stream").(string); ok {
		return jwt.Stream, s
	}
	return jwt.Service, n.string("service", "")
}

func export(n *node) (*jwt.Export, error) {
	typ, sub := direction(n)
	e := &jwt.Export{
		Name: n.label, Subject: jwt.Subject(sub), Type: typ, TokenReq: !n.bool("public", false),
		ResponseType: responses[n.string("response", "")], ResponseThreshold: time.Duration(n.int("response_threshold", 0)),
		AccountTokenPosition: uint(n.int("account_token_position", 0)), AllowTrace: n.bool("allow_trace", false),
		Advertise: n.bool("advertise", false),
	}
	if l := n.child("latency"); l != nil {
		e.Latency = &jwt.ServiceLatency{Sampling: jwt.SamplingRate(l.int("sampling", 0)), Results: jwt.Subject(l.string("results", ""))}
	}
	_, err := json.Marshal(e)
	return e, err
}

// imported is an import with a token made out to it, where the exporter has a
// private export that has to do with it.
func (w *world) imported(top, n, i *node) *jwt.Import {
	typ, sub := direction(i)
	sub = w.resolved(sub)
	from := i.string("from", "")
	x := &jwt.Import{
		Name: i.label, Subject: jwt.Subject(sub), Type: typ, Account: w.public("account/" + from),
		LocalSubject: jwt.RenamingSubject(i.string("local_subject", "")),
		Share:        i.bool("share", false), AllowTrace: i.bool("allow_trace", false),
	}
	if kind := i.string("token", ""); kind != "" {
		x.Token = w.token(kind, from, n, typ, sub)
		return x
	}
	for _, a := range top.of("account") {
		if a.label != from {
			continue
		}
		for _, e := range a.of("export") {
			if t, s := direction(e); t == typ && !e.bool("public", false) && e.int("account_token_position", 0) == 0 && subject.Overlap(s, sub) {
				x.Token = w.token("good", from, n, typ, sub)
			}
		}
	}
	return x
}

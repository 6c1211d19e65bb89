package verify

import (
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/emit/keys"
	"jsc/schema"
)

// detach makes a topology fit to run in this process, away from everything
// that it was written for: every key is replaced by a throw-away one, so that
// external entities can be signed for too, and what belongs to a deployment or
// to a day (TLS, folders, expiries, networks, quotas, revocations) is lifted.
// What crosses between accounts, and who may do what, stays as it is.
func detach(t *compiler.Topology, r *ring) {
	n := renames{}
	detachServer(&t.Server)
	detachOperator(t, r)
	for _, a := range t.Accounts {
		detachAccount(a, r, n)
	}
	anybody(t, r)
	for _, g := range t.Grants {
		g.Subject = n.demanded(g.Subject, g.Terms.TokenPosition)
		g.Local = n.demanded(g.Local, g.Terms.TokenPosition)
		g.Expiry = compiler.Expiry{}
	}
	for _, x := range t.Activations {
		x.Subject = n.subject(x.Subject)
		x.Expiry = compiler.Expiry{}
	}
	for _, a := range t.Accounts {
		n.account(a)
	}
}

func detachServer(s *compiler.Server) {
	if s.Src == nil {
		return
	}
	src := *s.Src
	src.Host, src.Port, src.HTTPPort = schema.Attr[string]{}, schema.Attr[int64]{}, schema.Attr[int64]{}
	src.TLS, src.Resolver, src.Cluster = nil, nil, nil
	if src.JetStream != nil {
		js := *src.JetStream
		js.StoreDir = schema.Attr[string]{}
		js.MaxFile, js.MaxMemory = schema.Attr[schema.Limit]{}, schema.Attr[schema.Limit]{}
		src.JetStream = &js
	}
	s.Src = &src
}

func detachOperator(t *compiler.Topology, r *ring) {
	if t.Operator == nil {
		t.Operator = &compiler.Operator{Src: &schema.Operator{}, Name: "verify"}
	}
	o := t.Operator
	o.PublicKey = r.make(keys.Operator)
	o.External = false
	o.Strict = false // the probes' own users are signed by identity keys
	o.Expiry = compiler.Expiry{}
	for _, k := range o.SigningKeys {
		k.PublicKey = r.make(keys.Operator)
	}
	if o.SystemAccount == nil {
		o.SystemAccount = &compiler.Account{Name: "SYS", System: true, Limits: unlimited}
		t.Accounts = append(t.Accounts, o.SystemAccount)
	}
}

// unlimited are the limits of every account in the run.
var unlimited = compiler.Limits{
	Connections: -1, LeafNodes: -1, Subscriptions: -1, Data: -1, Payload: -1,
	Imports: -1, Exports: -1, WildcardExports: true,
}

func detachAccount(a *compiler.Account, r *ring, n renames) {
	old := a.PublicKey
	a.PublicKey = r.make(keys.Account)
	n[old], n[compiler.AccountHash(old)] = a.PublicKey, compiler.AccountHash(a.PublicKey)
	if a.External {
		// Another party gives it what it needs to take part; quotas of theirs are
		// unknown here.
		a.External = false
		a.JetStream = &compiler.JetStream{JetStreamLimits: unlimitedJetStream}
		a.Imports = slices.DeleteFunc(a.Imports, func(i *compiler.Import) bool { return i.Covered })
	}
	for _, k := range a.SigningKeys {
		k.PublicKey = r.make(keys.Account)
		if k.Role != nil {
			k.Role.Limits = compiler.UserLimits{Subscriptions: -1, Data: -1, Payload: -1}
		}
	}
	for _, u := range a.Users {
		u.PublicKey = r.make(keys.User)
		u.Limits = compiler.UserLimits{Subscriptions: -1, Data: -1, Payload: -1}
		u.Expiry = compiler.Expiry{}
	}
	a.Expiry = compiler.Expiry{}
	a.Limits = unlimited
	a.Revocations, a.AuthCallout, a.Trace = nil, nil, nil
	if a.JetStream != nil {
		liftQuota(&a.JetStream.JetStreamLimits)
		for i := range a.JetStream.Tiers {
			liftQuota(&a.JetStream.Tiers[i].JetStreamLimits)
		}
		a.JetStream.Tiers = withProbes(a.JetStream.Tiers)
	}
	// A token that was given holds for the keys it was made with: what it lets in
	// comes from elsewhere and cannot be proved here.
	a.Imports = slices.DeleteFunc(a.Imports, func(i *compiler.Import) bool { return i.Token != "" })
}

var unlimitedJetStream = compiler.JetStreamLimits{
	Memory: -1, Disk: -1, Streams: -1, Consumers: -1, MaxAckPending: -1, MemoryMaxStream: -1, DiskMaxStream: -1,
}

// withProbes are an account's tiers, where it has any, with one for the probes'
// own streams: those have no replicas, so that one server is enough.
func withProbes(tiers []compiler.Tier) []compiler.Tier {
	if len(tiers) == 0 || tiers[0].Replicas == 1 {
		return tiers
	}
	return append([]compiler.Tier{{Replicas: 1, JetStreamLimits: tiers[0].JetStreamLimits}}, tiers...)
}

// liftQuota lifts what limits bytes and counts. A storage that is off stays
// off, and so does max_ack_pending, since consumers have it by default.
func liftQuota(l *compiler.JetStreamLimits) {
	pending := l.MaxAckPending
	memory, disk := l.Memory != 0, l.Disk != 0
	*l = unlimitedJetStream
	l.MaxAckPending = pending
	if !memory {
		l.Memory = 0
	}
	if !disk {
		l.Disk = 0
	}
}

// renames maps account keys, and their hashes in ack subjects, to those of the
// throw-away keys; and the whole subjects of grants in which an export demands
// the importer's key.
type renames map[string]string

func (n renames) account(a *compiler.Account) {
	for _, e := range a.Exports {
		e.Subject = n.subject(e.Subject)
	}
	for _, i := range a.Imports {
		i.Subject, i.Local = n.subject(i.Subject), n.subject(i.Local)
	}
	for _, u := range a.Users {
		n.permissions(&u.Permissions)
	}
	for _, k := range a.SigningKeys {
		if k.Role != nil {
			n.permissions(&k.Role.Permissions)
		}
	}
	if a.Defaults != nil {
		n.permissions(a.Defaults)
	}
}

func (n renames) permissions(p *compiler.Permissions) {
	for _, list := range [][]string{p.PublishAllow, p.PublishDeny, p.SubscribeAllow, p.SubscribeDeny} {
		for i, s := range list {
			list[i] = n.subject(s)
		}
	}
}

// accountSpaces are where the server puts an account's key, or its hash, into
// subjects of its own.
var accountSpaces = []string{"$JS.ACK.", "$JS.FC.", "$SYS."}

// demanded is a grant's subject with the throw-away key at the position (from
// 1; 0 is none) where the export demands the importer's. Activations, imports
// and permissions of that subject follow it.
func (n renames) demanded(s string, position int) string {
	tokens := strings.Split(s, ".")
	if position == 0 || position > len(tokens) || n[tokens[position-1]] == "" {
		return n.subject(s)
	}
	tokens[position-1] = n[tokens[position-1]]
	n[s] = strings.Join(tokens, ".")
	return n[s]
}

// subject replaces accounts' keys in the server's own subjects, and whole
// subjects that hold a demanded one. The same words elsewhere are the
// topology's own and stay.
func (n renames) subject(s string) string {
	if to, ok := n[s]; ok {
		return to
	}
	if !slices.ContainsFunc(accountSpaces, func(space string) bool { return strings.HasPrefix(s, space) }) {
		return s
	}
	tokens := strings.Split(s, ".")
	for i, token := range tokens {
		if to, ok := n[token]; ok {
			tokens[i] = to
		}
	}
	return strings.Join(tokens, ".")
}

package emit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
)

// ring has a key for every ID, made of the ID and a generation, so that tests
// have the same keys every time and none is in the repository.
type ring struct {
	generation map[string]int // by ID; 0 when absent
	absent     map[string]bool
	foreign    map[string]bool // public keys whose seeds are not at hand
	mu         sync.Mutex
	asked      []string
}

func (r *ring) pair(id string) nkeys.KeyPair {
	prefix := nkeys.PrefixByteAccount
	switch {
	case strings.HasPrefix(id, "operator/"):
		prefix = nkeys.PrefixByteOperator
	case strings.Contains(id, "/user/"):
		prefix = nkeys.PrefixByteUser
	}
	sum := sha256.Sum256([]byte(id + strings.Repeat("'", r.generation[id])))
	pair, err := nkeys.FromRawSeed(prefix, sum[:])
	if err != nil {
		panic(err)
	}
	return pair
}

func (r *ring) public(id string) string {
	public, err := r.pair(id).PublicKey()
	if err != nil {
		panic(err)
	}
	return public
}

func (r *ring) Signer(id, public string) (keys.Signer, error) {
	r.mu.Lock()
	r.asked = append(r.asked, id)
	r.mu.Unlock()
	if r.absent[id] {
		return nil, &missing{id, public}
	}
	return &pair{r.pair(id)}, nil
}

// Prove has every seed but those of foreign keys.
func (r *ring) Prove(id, public string) error {
	if r.foreign[public] {
		return &keys.Error{Rule: "key-missing", ID: id}
	}
	return nil
}

type missing struct{ id, public string }

func (m *missing) Error() string { return "no seed of " + m.id + ", " + m.public }

type pair struct{ nkeys.KeyPair }

func (p *pair) PublicKey() string {
	public, err := p.KeyPair.PublicKey()
	if err != nil {
		panic(err)
	}
	return public
}

// given is one subject of an exporter that an importer may use.
type given struct {
	from, to string
	kind     compiler.Type
	subject  string
	expiry   compiler.Expiry
}

// world is a topology in few words.
type world struct {
	ring     *ring
	accounts []string
	external []string
	given    []given
	public   []given // to is ""
	users    map[string]compiler.User
	revokes  map[string][]*compiler.Revocation
	edit     func(*compiler.Topology)
}

func newWorld(accounts ...string) *world {
	return &world{ring: &ring{generation: map[string]int{}, absent: map[string]bool{}}, accounts: accounts, users: map[string]compiler.User{}}
}

func unlimited() compiler.Limits {
	return compiler.Limits{
		Connections: -1, LeafNodes: -1, Subscriptions: -1, Data: -1, Payload: -1, Imports: -1, Exports: -1, WildcardExports: true,
	}
}

func freeUser() compiler.UserLimits {
	return compiler.UserLimits{Subscriptions: -1, Data: -1, Payload: -1}
}

// topology builds what Compile would make of the world: one share for each of
// its given subjects, exports merged into the widest.
func (w *world) topology() *compiler.Topology {
	t := &compiler.Topology{Server: compiler.Server{Version: "2.15", Name: "OP", ClusterSize: 1}}
	byName := map[string]*compiler.Account{}
	for _, name := range append(append([]string{"SYS"}, w.accounts...), w.external...) {
		a := &compiler.Account{
			Name: name, PublicKey: w.ring.public(lock.AccountID(name)), System: name == "SYS", Limits: unlimited(),
			External:    slices.Contains(w.external, name),
			Revocations: w.revokes[name],
		}
		if !a.System && !a.External {
			a.JetStream = &compiler.JetStream{JetStreamLimits: compiler.JetStreamLimits{Disk: 1 << 20, Streams: -1, Consumers: -1, MaxAckPending: -1, MemoryMaxStream: -1, DiskMaxStream: -1}}
		}
		byName[name] = a
		t.Accounts = append(t.Accounts, a)
	}
	slices.SortFunc(t.Accounts, func(a, b *compiler.Account) int { return cmp.Compare(a.Name, b.Name) })
	t.Operator = &compiler.Operator{
		Src: &schema.Operator{}, Name: "OP", PublicKey: w.ring.public(lock.OperatorID("OP")), SystemAccount: byName["SYS"],
	}
	for id, u := range w.users {
		account, name, _ := strings.Cut(id, "/")
		u := u
		u.Account, u.Name, u.PublicKey = byName[account], name, w.ring.public(lock.UserID(account, name))
		u.Limits = freeUser()
		byName[account].Users = append(byName[account].Users, &u)
	}
	for _, a := range t.Accounts {
		slices.SortFunc(a.Users, func(x, y *compiler.User) int { return cmp.Compare(x.Name, y.Name) })
	}
	for _, g := range append(slices.Clone(w.given), w.public...) {
		w.give(t, byName, g)
	}
	for _, a := range t.Accounts {
		slices.SortFunc(a.Exports, func(x, y *compiler.Export) int {
			return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Subject, y.Subject))
		})
		slices.SortFunc(a.Imports, func(x, y *compiler.Import) int {
			return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.From.Name, y.From.Name), cmp.Compare(x.Subject, y.Subject))
		})
	}
	slices.SortFunc(t.Activations, func(x, y *compiler.Activation) int { return cmp.Compare(activationID(x), activationID(y)) })
	slices.SortFunc(t.Grants, func(x, y *compiler.Grant) int { return cmp.Compare(x.Name, y.Name) })
	if w.edit != nil {
		w.edit(t)
	}
	return t
}

func (w *world) give(t *compiler.Topology, byName map[string]*compiler.Account, g given) {
	from, to := byName[g.from], byName[g.to]
	kind := &compiler.ShareKind{Name: rawKinds[g.kind]}
	name := strings.NewReplacer(".", "-", "*", "any", ">", "all").Replace(g.subject)
	s := &compiler.Share{Name: name, Kind: kind, From: from}
	terms := compiler.Terms{Private: to != nil}
	if g.kind == compiler.ServiceType {
		terms.Response = "single"
	}
	grant := &compiler.Grant{
		From: from, To: to, Type: g.kind, Subject: g.subject, Local: "from." + g.from + "." + g.subject, Terms: terms, Share: s,
		Row: &compiler.Row{Grant: kind.Name}, Name: name + "." + kind.Name, Expiry: g.expiry,
	}
	t.Grants = append(t.Grants, grant)
	grant.Export = widest(from, g, terms, grant)
	if to == nil {
		return
	}
	a := &compiler.Activation{From: from, To: to, Type: g.kind, Subject: g.subject, Expiry: g.expiry, Grants: []*compiler.Grant{grant}}
	t.Activations = append(t.Activations, a)
	if !to.External {
		to.Imports = append(to.Imports, &compiler.Import{
			Name: grant.Name, From: from, Type: g.kind, Subject: g.subject, Local: grant.Local, Grant: grant, Activation: a,
		})
	}
}

// widest is the export of from that serves g, which takes in narrower ones.
func widest(from *compiler.Account, g given, terms compiler.Terms, grant *compiler.Grant) *compiler.Export {
	for _, e := range from.Exports {
		if e.Type == g.kind && subject.Contains(e.Subject, g.subject) {
			e.Grants = append(e.Grants, grant)
			return e
		}
	}
	e := &compiler.Export{Name: grant.Share.Name, Type: g.kind, Subject: g.subject, Terms: terms, Grants: []*compiler.Grant{grant}}
	from.Exports = slices.DeleteFunc(from.Exports, func(old *compiler.Export) bool {
		inside := old.Type == g.kind && subject.Contains(g.subject, old.Subject)
		if inside {
			e.Grants = append(e.Grants, old.Grants...)
		}
		return inside
	})
	from.Exports = append(from.Exports, e)
	return e
}

// build plans and signs, and returns the plan.
func (w *world) build(t testing.TB, old *lock.Lock, now int64) *Plan {
	t.Helper()
	p, diags := NewPlan(w.topology(), old, now)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if err := p.Sign(context.Background(), w.ring, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

const start = 1790000000

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// example has every kind of token and file.
func example() *world {
	w := newWorld("ACCTA", "ACCTB", "odd name/é")
	w.external = []string{"OTHER"}
	w.given = []given{
		{from: "ACCTA", to: "ACCTB", kind: compiler.StreamType, subject: "deliver.orders"},
		{from: "ACCTA", to: "ACCTB", kind: compiler.ServiceType, subject: "$JS.ACK.ORDERS.C1.>"},
		{from: "ACCTA", to: "odd name/é", kind: compiler.ServiceType, subject: "svc.*", expiry: compiler.Expiry{After: days(30)}},
		{from: "ACCTA", to: "OTHER", kind: compiler.ServiceType, subject: "svc.one"},
		{from: "ACCTB", to: "ACCTA", kind: compiler.ServiceType, subject: "back"},
	}
	w.users["ACCTA/app"] = compiler.User{Permissions: compiler.Permissions{PublishAllow: []string{"a.>"}, SubscribeAllow: []string{"_INBOX.>", "b q"}, Responses: &compiler.Responses{Max: 1}}}
	w.users["ACCTB/odd \"user\""] = compiler.User{Expiry: compiler.Expiry{After: days(10)}}
	return w
}

package emit

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
)

// What is foreseen is what a plan says, of every thing that it speaks of.
func TestForesee(t *testing.T) {
	built := func() *lock.Lock { return example().build(t, lock.New(), start).Lock }
	future := int64(start + MaxAhead)
	locked := func(change func(*lock.Lock)) *lock.Lock {
		l := built()
		change(l)
		return l
	}
	account := func(change func(*compiler.Account)) *world {
		w := example()
		w.edit = func(t *compiler.Topology) {
			for _, a := range t.Accounts {
				if a.Name == "ACCTA" {
					change(a)
				}
			}
		}
		return w
	}
	setSampling := func(n int) *world {
		return account(func(a *compiler.Account) { a.Exports[0].Terms.LatencySampling = n })
	}
	withRevoke := func(before int64) *world {
		w := example()
		w.revokes = map[string][]*compiler.Revocation{"ACCTB": {{Label: "x", User: "*", Before: time.Unix(before, 0)}}}
		return w
	}
	age := func(by int64) *lock.Lock {
		return locked(func(l *lock.Lock) {
			const id = "account/ACCTA/user/app"
			token := l.Tokens[id]
			token.IssuedAt += by
			l.Tokens[id] = token
		})
	}
	accountKey := example().ring.public(lock.AccountID("ACCTA"))
	for name, c := range map[string]struct {
		*world
		old   *lock.Lock
		plain bool
		says  int
	}{
		"new":                  {example(), lock.New(), true, 0},
		"built":                {example(), built(), true, 0},
		"nothing":              {&world{ring: example().ring, edit: func(t *compiler.Topology) { *t = compiler.Topology{} }}, lock.New(), false, 1},
		"retired":              {example(), locked(func(l *lock.Lock) { l.Retire("account/ACCTA/signing/x", accountKey) }), false, 1},
		"issued later":         {example(), age(MaxAhead - 1), true, 0},
		"issued in the future": {example(), age(MaxAhead + 1), false, 1},
		"issued at the end, and something else": {func() *world {
			w := example()
			w.users["ACCTA/app"] = compiler.User{}
			return w
		}(), age(MaxAhead), false, 1},
		"revoked in the future": {example(), locked(func(l *lock.Lock) {
			l.Revoked[lock.UserRevocationID(accountKey, "*")] = lock.Revocation{Before: future}
		}), false, 1},
		"revokes in the future": {withRevoke(future), built(), false, 1},
		"revokes":               {withRevoke(future - 1), built(), true, 0},
		"sampled":               {setSampling(100), lock.New(), true, 0},
		"sampled by headers":    {setSampling(-1), lock.New(), true, 0},
		"sampled too often":     {setSampling(101), lock.New(), false, 1},
		"user's bound too low":  {wide(85, false), lock.New(), true, 0},
		"large user":            {wide(200, false), lock.New(), false, 1},
		"largest account":       {largest(0), lock.New(), false, 0},
		"too large account":     {largest(1), lock.New(), false, 1},
		"account that many revocations may make too large": {account(func(a *compiler.Account) {
			a.Defaults = &compiler.Permissions{PublishAllow: []string{strings.Repeat("x", (jwt.MaxTokenSize*3/4-9000)/6)}}
		}), built(), false, 0},
		"the same account, new": {account(func(a *compiler.Account) {
			a.Defaults = &compiler.Permissions{PublishAllow: []string{strings.Repeat("x", (jwt.MaxTokenSize*3/4-9000)/6)}}
		}), lock.New(), true, 0},
	} {
		topology := c.topology()
		if got := saysNothing(topology, c.old, start); got != c.plain {
			t.Errorf("%s: plain is %v", name, got)
		}
		_, want := NewPlan(topology, c.old, start)
		if got := Foresee(c.topology(), c.old, start); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: foreseen\n%v\nplanned\n%v", name, got, want)
		}
		if len(want) != c.says {
			t.Errorf("%s: %d diagnostics: %v", name, len(want), want)
		}
	}
}

// No token is longer than its bound, whatever it has.
func TestForeseenSizes(t *testing.T) {
	odd := strings.Repeat("<é\"\\\x00\x7f\xff\u2028K>", 20)
	texts := func() []string { return []string{odd + "1", odd + "2"} }
	everything := compiler.Permissions{
		PublishAllow: texts(), PublishDeny: texts(), SubscribeAllow: texts(), SubscribeDeny: texts(),
		Responses: &compiler.Responses{Max: math.MinInt64, TTL: math.MinInt64},
	}
	limits := compiler.UserLimits{
		Subscriptions: math.MinInt64, Data: math.MinInt64, Payload: math.MinInt64, Bearer: true, ProxyRequired: true,
		SourceNetworks: texts(), Times: []schema.TimeRange{{Start: odd, End: odd}}, Locale: odd, ConnectionTypes: texts(),
	}
	storage := compiler.JetStreamLimits{
		Memory: math.MinInt64, Disk: math.MinInt64, Streams: math.MinInt64, Consumers: math.MinInt64, MaxAckPending: math.MinInt64,
		MemoryMaxStream: math.MinInt64, DiskMaxStream: math.MinInt64, MaxBytesRequired: true,
	}
	w := example()
	w.edit = func(topology *compiler.Topology) {
		for _, a := range topology.Accounts {
			a.SigningKeys = []*compiler.SigningKey{
				{Label: odd, PublicKey: a.PublicKey, Role: &compiler.Role{Permissions: everything, Limits: limits}},
				{Label: "plain", PublicKey: w.ring.public("account/" + a.Name + "/signing/plain")},
			}
			a.Limits = compiler.Limits{
				Connections: math.MinInt64, LeafNodes: math.MinInt64, Subscriptions: math.MinInt64, Data: math.MinInt64,
				Payload: math.MinInt64, Imports: math.MinInt64, Exports: math.MinInt64, WildcardExports: true, DisallowBearer: true,
			}
			a.JetStream = &compiler.JetStream{JetStreamLimits: storage}
			for n := range 5 {
				a.JetStream.Tiers = append(a.JetStream.Tiers, compiler.Tier{Replicas: n + 1, JetStreamLimits: storage})
			}
			a.Defaults = &everything
			a.Mappings = []*compiler.Mapping{{From: odd, To: []compiler.Destination{{Subject: odd, Weight: 100, Cluster: odd}}}}
			a.AuthCallout = &compiler.AuthCallout{Users: texts(), AllowedAccounts: texts(), XKey: odd}
			a.Trace = &compiler.Trace{Destination: odd, Sampling: math.MinInt64}
			a.ClusterTraffic = odd
			for _, e := range a.Exports {
				e.Name, e.Description, e.InfoURL, e.Advertise = odd, odd, odd, true
				e.Terms = compiler.Terms{
					Private: true, Response: "chunked", Threshold: math.MinInt64, LatencySampling: 100, LatencyResults: odd,
					TokenPosition: math.MaxInt64, AllowTrace: true,
				}
			}
			for n, i := range a.Imports {
				i.Name, i.Local, i.Share, i.AllowTrace = odd, odd, true, true
				if n == 0 {
					i.Token, i.Activation = odd, nil
				}
			}
			for _, u := range a.Users {
				u.SignedBy, u.Permissions, u.Limits = a.SigningKeys[1], everything, limits
				u.Expiry = compiler.Expiry{At: time.Unix(math.MaxInt64/2, 0)}
			}
		}
	}
	topology := w.topology()
	built, _ := NewPlan(topology, lock.New(), start)
	changed := built.Lock.Clone()
	for id, token := range changed.Tokens { // of the next build all are revoked
		token.Claims = "sha256:another"
		changed.Tokens[id] = token
	}
	for name, old := range map[string]*lock.Lock{"new": lock.New(), "changed": changed} {
		p, _ := NewPlan(topology, old, start)
		most := mostRevocations(topology, old)
		for _, token := range p.Tokens {
			bound := size(0)
			switch token.Kind {
			case AccountToken:
				bound = accountSize(token.Account, most[token.Account.PublicKey]).texts(token.Issuer.PublicKey)
			case UserToken:
				bound = userSize(token.User)
			default:
				continue
			}
			if is := token.length(); size(is) > bound.encoded() {
				t.Errorf("%s, %s: %d bytes, and a bound of %d", name, token.ID, is, bound.encoded())
			}
		}
	}
}

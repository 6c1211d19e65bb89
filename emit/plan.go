package emit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// Plan is what a build does: every token with its time of issue, what is
// revoked, and the lock that results. It holds public keys only.
type Plan struct {
	Topology *compiler.Topology
	Now      int64      // Unix seconds; 0 for a locked plan, which knows no clock
	Tokens   []*Token   // in the order of signing: what others embed comes first
	Lock     *lock.Lock // the new one; the old one's own is not changed
	Revoked  []Revoked  // what this build revokes, sorted
	Gone     []string   // IDs of tokens that the lock has and the topology has no more, sorted
	Unpinned []string   // IDs of keys that are not made yet, sorted; nothing can be signed before
	// Waiting are IDs of operator signing keys that servers learn of from this
	// build's operator token, and so sign from the next build on; of a locked
	// plan those that sign from the next build on too.
	Waiting []string
	// NoSecrets leaves tokens unsigned that alone connect: bearer users'. No file
	// of the output folder holds them, so they need their issuer's seed at every
	// build; only credentials ask for them. To be set before Sign.
	NoSecrets bool

	old    *lock.Lock
	since  *lock.Lock // see Since
	byID   map[string]*Token
	places func() map[string]hcl.Range // by ID of a key; see KeyPlace
	locked bool
}

// unsigned reports that t is left without a text on purpose.
func (p *Plan) unsigned(t *Token) bool { return p.NoSecrets && t.User != nil && Bearer(t.User) }

// Token is the token with an ID as the lock has it, or nil.
func (p *Plan) Token(id string) *Token { return p.byID[id] }

// NewPlan works out what a build at now (Unix seconds) does to the tokens that
// the old lock tells of. A token that says the same as before keeps its time of
// issue, and so its bytes; any other gets one that is later than its former
// one and than every revocation that could match it. Durations that are due are
// renewed. Errors among the diagnostics forbid the build.
func NewPlan(t *compiler.Topology, old *lock.Lock, now int64) (*Plan, hcl.Diagnostics) {
	return newPlan(t, old, now, false)
}

// NewLockedPlan is NewPlan without a clock: it reproduces the lock's tokens, due
// or expired ones too. Where the lock would have to change, Changes says so and
// nothing of the plan can be signed.
func NewLockedPlan(t *compiler.Topology, old *lock.Lock) (*Plan, hcl.Diagnostics) {
	return newPlan(t, old, 0, true)
}

// planner is a plan in the making.
type planner struct {
	*Plan
	now   int64
	diags hcl.Diagnostics
	kills *ledger
	// activations are the tokens of the topology's activations.
	activations map[*compiler.Activation]*Token
	// indexes are the exports of accounts that were asked for.
	indexes map[*compiler.Account]exportIndex
}

// MaxAhead is how many seconds a token may be issued after the clock's time
// (docs/security.md C4).
const MaxAhead = 300

func newPlan(t *compiler.Topology, old *lock.Lock, now int64, locked bool) (*Plan, hcl.Diagnostics) {
	p := &planner{
		Plan: &Plan{Topology: t, Now: now, Lock: successor(old), old: old, locked: locked},
		now:  now,

		activations: make(map[*compiler.Activation]*Token, len(t.Activations)),
		indexes:     map[*compiler.Account]exportIndex{},
	}
	if t.Operator == nil && len(t.Accounts) == 0 {
		d := diag.New("no-operator", t.Start, "the topology has neither an operator nor an account: there is nothing to build")
		p.diags = append(p.diags, diag.WithHint(d, "Add an operator block and account blocks, or name another file."))
	}
	p.pin()
	all := make([][]*Token, len(kinds))
	for i, k := range kinds {
		all[i] = k.tokens(t)
		for _, tk := range all[i] {
			tk.Kind = k.Name
		}
	}
	p.Tokens = slices.Concat(all...)
	p.recall()
	parallel.Do(2, func(i int) {
		if i == 0 {
			p.index()
			return
		}
		for i, k := range kinds {
			if k.complete == nil {
				p.digest(all[i])
			}
		}
	})
	p.miss()
	// Revocations come before times of issue, which must be later than they
	// are, and after digests, which tell whether a token has a former one.
	p.revoke()
	for i, k := range kinds {
		if k.complete != nil {
			k.complete(p, all[i])
			p.digest(all[i])
		}
		for _, tk := range all[i] {
			p.issue(tk, k.killed(p, tk))
			if k.judgeLength != nil {
				k.judgeLength(p, tk)
			}
		}
	}
	p.judgeFuture()
	return p.Plan, p.diags
}

// successor is a lock with what of old stays whatever the topology says. It
// shares nothing with old.
func successor(old *lock.Lock) *lock.Lock {
	stays := *old
	stays.Keys, stays.Tokens = nil, nil
	next := stays.Clone()
	next.Keys = make(map[string]string, len(old.Keys))
	next.Tokens = make(map[string]lock.Token, len(old.Tokens))
	return next
}

// recall gives every token its former one.
func (p *planner) recall() {
	parallel.Do(len(p.Tokens), func(i int) {
		t := p.Tokens[i]
		t.topology, t.index = p.Topology, i
		t.former = p.old.Tokens[t.ID]
	})
}

// index makes tokens known by what others name them.
func (p *planner) index() {
	p.byID = make(map[string]*Token, len(p.Tokens))
	for _, t := range p.Tokens {
		p.byID[t.ID] = t
		if t.Activation != nil {
			p.activations[t.Activation] = t
		}
	}
}

// miss finds the tokens that went.
func (p *planner) miss() {
	stay := 0
	for _, t := range p.Tokens {
		if t.former != (lock.Token{}) {
			stay++
		}
	}
	if stay == len(p.old.Tokens) {
		return
	}
	for id := range p.old.Tokens {
		if p.byID[id] == nil {
			p.Gone = append(p.Gone, id)
		}
	}
	slices.Sort(p.Gone)
}

// issue decides when a token is issued. killed is the latest revocation that
// ends it; 0: none.
func (p *planner) issue(t *Token, killed int64) {
	t.State, t.Reason = p.compare(t, killed)
	t.IssuedAt = t.former.IssuedAt
	if t.State != Kept {
		t.IssuedAt = max(p.now, killed+1, t.former.IssuedAt+1)
	}
	t.Expires = expires(*t.expiry, t.IssuedAt)
	if t.claims != nil {
		d := t.claims.Claims()
		d.IssuedAt, d.Expires = t.IssuedAt, t.Expires
	}
	p.Lock.Tokens[t.ID] = t.entry()
}

// entry is what the new lock has of the token.
func (t *Token) entry() lock.Token {
	return lock.Token{IssuedAt: t.IssuedAt, Subject: t.Subject, Expires: t.Expires, Claims: t.Digest}
}

// digest gives tokens their digests. What jwt cannot encode is a value that
// should not have come this far; it is said of the token, and nothing is written.
func (p *planner) digest(tokens []*Token) {
	errs := make([]error, len(tokens))
	parallel.DoWith(len(tokens), newEncoder, func(e *encoder, i int) {
		t := tokens[i]
		var body []byte
		body, errs[i] = e.bodyOf(t)
		t.size += len(body)
		t.Digest = digest(body, *t.expiry, t.former.Claims)
	})
	for i, err := range errs {
		if t := tokens[i]; err != nil {
			p.diags = append(p.diags, diag.New("bad-value", t.Place(), "the token of "+t.ID, "what NATS can encode", err.Error()))
		}
	}
}

// judgeFuture refuses tokens that would be issued in the future. A clock that is
// slow makes all of them so: the furthest is told, and how many there are.
func (p *planner) judgeFuture() {
	var furthest *Token
	more := -1
	for _, t := range p.Tokens {
		if t.IssuedAt <= p.now+MaxAhead {
			continue
		}
		more++
		if furthest == nil || t.IssuedAt > furthest.IssuedAt {
			furthest = t
		}
	}
	if furthest != nil && !p.locked {
		what, when := "the token of "+furthest.ID+" is issued", schema.FormatUnix(furthest.IssuedAt)
		d := diag.New("iat-in-future", furthest.Place(), what, when)
		if r := revokedBefore(furthest); r != nil {
			d = diag.New("iat-in-future", r.At, what, when)
			d = diag.WithHint(d, "The user's token has to be later than what is revoked: give before a time that is past, or leave it out, which is the moment of the next build.")
		}
		diag.Of(d).More = more
		p.diags = append(p.diags, d)
	}
}

// revokedBefore is the revocation of the topology that makes a token as late as
// it is; nil for none.
func revokedBefore(t *Token) *compiler.Revocation {
	if t.User == nil {
		return nil
	}
	for _, r := range t.Account.Revocations {
		if (r.User == t.User.PublicKey || r.User == jwt.All) && !r.Before.IsZero() && r.Before.Unix()+1 == t.IssuedAt {
			return r
		}
	}
	return nil
}

// ExpiredImports are errors about imports whose activation somebody else made
// and that has expired at now (Unix seconds): a server leaves them out without a
// word. The compiler has no clock to see it. NewPlan has nothing against them: the
// rule is Waivable, as who lets them lapse must not keep an importer from revoking.
func ExpiredImports(t *compiler.Topology, now int64) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, a := range t.Accounts {
		for _, i := range a.Imports {
			if i.Token == "" || i.Expires == 0 || i.Expires > now {
				continue
			}
			at := accountDef(t, a)
			switch {
			case i.Raw != nil:
				at = i.Raw.Token.RangeOr(i.Raw.Def())
			case i.Grant != nil && i.Grant.Share != nil && i.Grant.Share.Accept != nil:
				at = i.Grant.Share.Accept.Bundle.RangeOr(i.Grant.Share.Accept.Def())
			}
			diags = append(diags, diag.New("activation-expired", at, schema.FormatUnix(i.Expires)))
		}
	}
	return diags
}

// Former is what the old lock has of the token; the zero Token is nothing.
func (t *Token) Former() lock.Token { return t.former }

// Due reports that at now (Unix seconds) less is left of the token's lifetime
// than its renewal asks for.
func (t *Token) Due(now int64) bool { return due(*t.expiry, t.Expires, now) }

// compare says whether a token is issued anew, and why.
func (p *planner) compare(t *Token, killed int64) (State, string) {
	old := t.former
	state, reason := t.saysOtherwise()
	switch {
	case state != Kept:
		return state, reason
	case old.IssuedAt <= killed:
		return Reissued, "a revocation would end it"
	}
	if ends := expires(*t.expiry, old.IssuedAt); !p.locked && due(*t.expiry, ends, p.now) {
		said := "it would expire at "
		if ends <= p.now {
			said = "it expired at "
		}
		return Renewed, said + schema.FormatUnix(ends)
	}
	return Kept, ""
}

// saysOtherwise says whether a token is new, or not what its former one was, and
// why. Else it is kept, whenever it was issued.
func (t *Token) saysOtherwise() (State, string) {
	old := t.former
	switch {
	case old == lock.Token{}:
		return Made, "there was none"
	case old.Subject != t.Subject:
		return Changed, "its key is another"
	case old.Claims != t.Digest:
		for _, e := range t.embeds {
			if e.from != nil && e.from.State != Kept {
				return Changed, fmt.Sprintf("it embeds %s, which is %s", e.from.ID, e.from.State)
			}
		}
		return Changed, "it says something else"
	}
	return Kept, ""
}

// Change is one thing that a plan does to the lock.
type Change struct {
	ID     string // of a key, a token or a revocation
	Reason string
}

// Changes are the reasons for which the lock changes, sorted by ID; none when
// it stays as it is, byte for byte.
func (p *Plan) Changes() []Change {
	var out []Change
	for _, t := range p.Tokens {
		if t.State != Kept {
			out = append(out, Change{t.ID, string(t.State) + ": " + t.Reason})
		} else if t.former != t.entry() {
			out = append(out, Change{t.ID, "its expiry is another than the lock's"})
		}
	}
	for _, id := range p.Gone {
		out = append(out, Change{id, "gone: the topology has it no more"})
	}
	for _, id := range p.Unpinned {
		if p.byID[id] == nil { // its token is made, which says it
			out = append(out, Change{id, "it has no key yet"})
		}
	}
	out = append(out, differences(p.old.Keys, p.Lock.Keys, "key")...)
	out = append(out, differences(p.old.Revoked, p.Lock.Revoked, "revocation")...)
	for id, keys := range p.Lock.Retired {
		if !slices.Equal(keys, p.old.Retired[id]) {
			out = append(out, Change{id, "its former key is retired"})
		}
	}
	slices.SortFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// differences are the entries of a section of the lock that come, go or change.
func differences[V comparable](old, new map[string]V, what string) []Change {
	var out []Change
	for id, v := range new {
		if was, had := old[id]; !had {
			out = append(out, Change{id, "new " + what})
		} else if was != v {
			out = append(out, Change{id, "another " + what})
		}
	}
	for id := range old {
		if _, has := new[id]; !has {
			out = append(out, Change{id, "its " + what + " leaves the lock"})
		}
	}
	return out
}

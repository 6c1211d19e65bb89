// Package verify proves that a topology does what it says: it signs it with
// throw-away keys, boots nats-server in this process from the rendered files,
// makes the streams and consumers through the JetStream API, uses every share as
// its importers would and every user's own access as that user, message by
// message; and it tries what must be refused. It is the only package besides tests that imports nats-server.
//
// Nothing of the outside is touched: no key, no lock, no folder but a private
// temporary one, no host or port that the topology names. One server does not
// listen at all; the cluster that replicas need listens on the loopback.
package verify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
)

// Options say what is proved and how hard. The zero Options prove everything.
type Options struct {
	// Shares are the names of the shares to prove, in a deployment of the accounts
	// that they need; empty: all, and what users do in their own accounts.
	Shares []string
	// Messages and Size (bytes) are what is sent through push, pull, read, source
	// and mirror shares and watched buckets; 0: 1100 messages of 4096 bytes. A
	// consumer whose flow control is not answered stalls at some 2 MiB, and
	// clients acknowledge up to 1000 messages late: less would prove little.
	Messages, Size int
	// Patience is how long one answer or the next message may take; 0: 5 s.
	Patience time.Duration
	// StepTimeout bounds each step; 0: 60 s.
	StepTimeout time.Duration
	// Progress is called before each share and each user that has something of
	// its own account, and once after the last, with how many are done; name is
	// the share's, or the user's as account/user.
	Progress func(done, total int, name string)
	// Drop leaves the exports, imports and activations of the grants out that it
	// reports true for, whose proofs then fail: that is how each grant is shown
	// to be needed.
	Drop func(*compiler.Grant) bool
}

func (o Options) withDefaults() *Options {
	if o.Messages == 0 {
		o.Messages = 1100
	}
	if o.Size == 0 {
		o.Size = 4096
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.StepTimeout == 0 {
		o.StepTimeout = time.Minute
	}
	if o.Progress == nil {
		o.Progress = func(int, int, string) {}
	}
	return &o
}

// Run proves t, which it changes: t is of no use afterwards. What is not as it
// should be is in the report; an error means that nothing could be tried, as
// when ctx ends or the server does not boot.
func Run(ctx context.Context, t *compiler.Topology, options Options) (*Report, error) {
	start := time.Now()
	shares := keep(t.Shares, func(s *compiler.Share) bool {
		return len(options.Shares) == 0 || slices.Contains(options.Shares, s.Name)
	})
	v, err := newRun(ctx, t, shares, options)
	if err != nil {
		return nil, err
	}
	modes := ackModes(&t.Server)
	v.total = len(modes) * (len(shares) + len(v.owners()))
	for i, flags := range modes {
		if err := v.in(ctx, flags, shares, i == 0); err != nil {
			return nil, cmp.Or(ctx.Err(), err) // what fails when ctx ends fails of that
		}
	}
	v.opts.Progress(v.total, v.total, "")
	report := &Report{Rows: v.report(shares), Duration: time.Since(start)}
	return report, ctx.Err()
}

// newRun makes t, or what of it some shares need, fit to run here, signs it and
// renders it.
func newRun(ctx context.Context, t *compiler.Topology, shares []*compiler.Share, options Options) (*run, error) {
	v := &run{opts: options.withDefaults(), ring: newRing(), rows: make(map[*compiler.Grant]*Row)}
	v.others = make(map[*compiler.Share]others, len(shares))
	for _, s := range shares {
		v.others[s] = othersOf(t, s)
	}
	if len(options.Shares) > 0 {
		t = part(t, shares, v.others)
	}
	v.t = t
	detach(t, v.ring)
	v.granted = make(map[*compiler.Account][]*compiler.Grant)
	for _, g := range t.Grants {
		v.granted[g.To] = append(v.granted[g.To], g)
	}
	if v.opts.Drop != nil {
		drop(t, v.opts.Drop)
	}
	return v, v.build(ctx)
}

// run is one Run.
type run struct {
	t     *compiler.Topology
	opts  *Options
	ring  *ring
	plan  *emit.Plan
	files map[string][]byte
	// granted are the grants of each account.
	granted map[*compiler.Account][]*compiler.Grant
	others  map[*compiler.Share]others
	rows    map[*compiler.Grant]*Row
	more    []Row // of no grant

	done, total int // shares and users, over all systems
}

// next tells that a share's or a user's turn has come.
func (v *run) next(what string) {
	v.opts.Progress(v.done, v.total, what)
	v.done++
}

// build signs the topology and renders the files that a server reads.
func (v *run) build(ctx context.Context) error {
	plan, diags := emit.NewPlan(v.t, lock.New(), time.Now().Unix())
	if diags.HasErrors() {
		return fmt.Errorf("plan with throw-away keys: %w", diags)
	}
	if err := plan.Sign(ctx, v.ring, nil); err != nil {
		return fmt.Errorf("sign with throw-away keys: %w", err)
	}
	artifacts, err := emit.Render(plan, "")
	if err != nil {
		return err
	}
	v.plan, v.files = plan, make(map[string][]byte)
	for _, a := range artifacts {
		if a.Kind == "resolver-conf" || a.Kind == "operator-conf" {
			v.files[a.Path] = a.Data
		}
	}
	return nil
}

// ackV2 is the server's flag that selects the format of ack and flow-control
// subjects (nats-server, server/feature_flags.go).
const ackV2 = "js_ack_fc_v2"

// ackModes are the feature flags of each system that the topology must work
// on: one, or, while both ack formats are granted, one of each.
func ackModes(s *compiler.Server) []map[string]bool {
	if !s.Ack.V1 || !s.Ack.V2 {
		flags := maps.Clone(s.Flags)
		if s.Ack.V2 {
			if flags == nil {
				flags = make(map[string]bool)
			}
			flags[ackV2] = true
		}
		return []map[string]bool{flags}
	}
	var out []map[string]bool
	for _, on := range []bool{false, true} {
		flags := maps.Clone(s.Flags)
		if flags == nil {
			flags = make(map[string]bool)
		}
		flags[ackV2] = on
		out = append(out, flags)
	}
	return out
}

// boot starts a system of size servers from what was built.
func (v *run) boot(ctx context.Context, flags map[string]bool, size int) (*system, error) {
	sys, err := boot(ctx, v.files, v.t.Server, flags, size, v.plan.MaxControlLine())
	if err != nil {
		return nil, err
	}
	sys.ring = v.ring
	sys.tokens = func(u *compiler.User) string {
		return v.plan.Token(lock.UserID(u.Account.Name, u.Name)).Text
	}
	if err := sys.load(ctx, v.t.Accounts); err != nil {
		sys.close()
		return nil, err
	}
	return sys, nil
}

// in proves the shares, and what users do in their own accounts, on a system
// with the given feature flags; on the first one also what depends on none.
func (v *run) in(ctx context.Context, flags map[string]bool, shares []*compiler.Share, first bool) error {
	sys, err := v.boot(ctx, flags, clusterSize(v.streams(shares)))
	if err != nil {
		return err
	}
	defer sys.close()
	if first {
		if err := v.assets(ctx, sys, shares); err != nil {
			return err
		}
		if err := v.imports(ctx, sys); err != nil {
			return err
		}
	}
	if err := v.owned(ctx, sys, flags[ackV2]); err != nil {
		return err
	}
	for _, s := range shares {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.next(s.Name)
		if err := v.prove(ctx, sys, flags[ackV2], s); err != nil {
			return fmt.Errorf("share %s: %w", s.Name, err)
		}
		sys.rest()
	}
	return nil
}

// streams are those that the run makes: all, or, where only some shares are
// proved, those of the accounts that these touch.
func (v *run) streams(shares []*compiler.Share) []*compiler.Stream {
	touched := make(map[*compiler.Account]bool)
	for _, s := range shares {
		touched[s.From] = true
		for _, t := range s.Targets {
			touched[t.To] = true
		}
	}
	var out []*compiler.Stream
	for _, a := range v.t.Accounts {
		if len(v.opts.Shares) == 0 || touched[a] {
			out = append(out, a.Streams...)
		}
	}
	return out
}

// assets makes every stream with its consumers as rendered, and reports those
// that the server refuses.
func (v *run) assets(ctx context.Context, sys *system, shares []*compiler.Share) error {
	for _, s := range v.streams(shares) {
		owner, err := sys.as(ctx, s.Account, nil, "")
		if err != nil {
			return err
		}
		start := time.Now()
		if err := v.limit(ctx, func(ctx context.Context) error { return makeAsRendered(ctx, owner, s) }); err != nil {
			row := Row{From: s.Account.Name, Grant: "stream", Subject: s.Config.Name}
			row.add(failed, err.Error(), time.Since(start))
			v.note(row)
		}
	}
	return nil
}

// prove proves one share: for every importer as each of its users that has the
// share, else as a throw-away user; and that nobody else gets anything.
func (v *run) prove(ctx context.Context, sys *system, v2 bool, s *compiler.Share) error {
	for _, t := range s.Targets {
		for i, u := range usersOf(t) {
			p, err := v.probe(ctx, sys, v2, t, u)
			if err != nil {
				return err
			}
			if i > 0 {
				// The traffic is proved; that this user has its part of it too takes
				// little.
				few := *v.opts
				few.Messages = min(few.Messages, 10)
				p.opts = &few
			}
			start := time.Now()
			if err := v.limit(ctx, p.prepare); err != nil {
				row := Row{Share: s.Name, Kind: s.Kind.Name, From: s.From.Name, To: t.To.Name, Grant: "stream"}
				row.add(failed, err.Error(), time.Since(start))
				v.note(row)
				p.unprepared(v.rows)
				continue
			}
			var others []watch
			if i == 0 {
				err := v.limit(ctx, func(ctx context.Context) (err error) {
					others, err = p.watchOthers(ctx)
					return err
				})
				if err != nil {
					return err
				}
			}
			p.prove(ctx, v.rows)
			if i == 0 {
				v.note(p.refusals(ctx, others)...)
			}
			if err := v.limit(ctx, p.clear); err != nil {
				return err
			}
		}
	}
	return nil
}

// note keeps rows of no grant; those of one thing in several systems are one.
func (v *run) note(rows ...Row) {
	for _, row := range rows {
		i := slices.IndexFunc(v.more, func(r Row) bool {
			return r.sameImporter(&row) && r.User == row.User && r.Grant == row.Grant && r.Subject == row.Subject
		})
		if i < 0 {
			v.more = append(v.more, row)
		} else {
			v.more[i].add(row.Result, row.Detail, row.Duration)
		}
	}
}

// limit runs f with a deadline.
func (v *run) limit(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, v.opts.StepTimeout)
	defer cancel()
	return f(ctx)
}

// usersOf are the importer's users whose access has the share; one nil, for a
// throw-away user, where there is none or the share serves a stream.
func usersOf(t *compiler.Target) []*compiler.User {
	var out []*compiler.User
	for _, u := range t.To.Users {
		if !t.Share.Kind.Sourced && hasShare(u, t.Share) {
			out = append(out, u)
		}
	}
	if len(out) == 0 {
		return []*compiler.User{nil}
	}
	return out
}

// hasShare reports that the user's access lists the share.
func hasShare(u *compiler.User, s *compiler.Share) bool {
	if u.Src == nil || u.Src.Access == nil {
		return false
	}
	for _, e := range u.Src.Access.Shares.Or(nil) {
		if e == s.Src {
			return true
		}
	}
	return false
}

func (v *run) probe(ctx context.Context, sys *system, v2 bool, t *compiler.Target, u *compiler.User) (*probe, error) {
	p := &probe{sys: sys, granted: v.granted, given: v.given, share: t.Share, others: v.others[t.Share], target: t, opts: v.opts, v2: v2, user: u}
	var err error
	if p.owner, err = sys.as(ctx, t.Share.From, nil, ""); err != nil {
		return nil, err
	}
	if p.keeper, err = sys.as(ctx, t.To, nil, ""); err != nil {
		return nil, err
	}
	if p.client, err = sys.as(ctx, t.To, u, t.InboxPrefix); err != nil {
		return nil, err
	}
	return p, nil
}

// report are the rows in the order of shares, importers and grants.
func (v *run) report(shares []*compiler.Share) []Row {
	var out []Row
	for _, s := range shares {
		for _, t := range s.Targets {
			for _, g := range t.Grants {
				row := v.rows[g]
				if row == nil {
					row = newRow(g)
				}
				switch {
				case row.Result != "":
				case g.Idle() != "":
					row.add(Elsewhere, "nobody answers: "+g.Idle(), 0)
				default:
					row.add(unproven, "no step of the probe uses it", 0)
				}
				out = append(out, *row)
			}
			for _, row := range v.more {
				if row.Share == s.Name && row.To == t.To.Name {
					out = append(out, row)
				}
			}
		}
	}
	for _, row := range v.more {
		if row.Kind == "" || row.Result == Elsewhere {
			out = append(out, row)
		}
	}
	return out
}

// Package lint owns opinions about topologies that compile: one function a
// rule, in one table. It owns too what a team says of the findings: the
// settings in .jsc.hcl, the baseline, and jsc:ignore comments. It refuses
// nothing: who calls it decides what a finding means.
package lint

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// Options say how to judge.
type Options struct {
	// Now is the moment that expiries are judged by, in Unix seconds; 0 judges
	// none of them.
	Now int64
	// Found is what loading and compiling said. With an error among it, what only
	// a whole topology can tell is left out.
	Found hcl.Diagnostics
	// Settings are the team's; nil: none.
	Settings *Settings
}

// Run returns what the rules have to say of a compiled topology, unsorted.
// What loading and compiling said is not repeated. Neither t nor c is changed.
func Run(t *compiler.Topology, c *schema.Config, o Options) hcl.Diagnostics {
	broken := o.Found.HasErrors()
	finders := make([]*finder, len(table))
	parallel.Do(len(table), func(i int) {
		finders[i] = &finder{Options: o, topology: t, config: c}
		if r := table[i]; !broken || !r.whole {
			r.find(finders[i])
		}
	})
	var all hcl.Diagnostics
	for _, f := range finders {
		all = append(all, f.out...)
	}
	return all
}

// finder is one run of one rule.
type finder struct {
	Options
	topology *compiler.Topology
	config   *schema.Config
	out      hcl.Diagnostics
	at       *schema.Head // the entity under way; nil outside of one
}

func (f *finder) add(d *hcl.Diagnostic) {
	if f.at != nil {
		d = diag.WithInstance(d, f.at.Instance())
	}
	f.out = append(f.out, d)
}

// row is a rule and the function that finds what it is about.
type row struct {
	rule  string
	find  func(*finder)
	whole bool // says what is not there, so nothing of the topology may be missing
}

// table are the rules, in the order of schema/diag's.
var table = []row{
	{rule: "server-plaintext", find: serverPlaintext},
	{rule: "memory-resolver-large", find: memoryResolverLarge},
	{rule: "bearer-user", find: bearerUser},
	{rule: "user-unrestricted", find: userUnrestricted},
	{rule: "sys-user-unrestricted", find: sysUserUnrestricted},
	{rule: "shared-inbox", find: sharedInbox},
	{rule: "unreachable-permission", find: unreachablePermission, whole: true},
	{rule: "public-jetstream-api", find: publicJetStreamAPI},
	{rule: "over-grant", find: overGrant},
	{rule: "wildcard-export-wide", find: wildcardExportWide},
	{rule: "dollar-stripped", find: dollarStripped},
	{rule: "stream-unbounded", find: streamUnbounded},
	{rule: "replicas-even", find: replicasEven},
	{rule: "ephemeral-no-ack", find: ephemeralNoAck},
	{rule: "deprecated-field", find: deprecatedField},
	{rule: "long-poll-threshold", find: longPollThreshold},
	{rule: "push-over-pull", find: pushOverPull},
	{rule: "share-push-no-deliver-group", find: pushWithoutGroup},
	{rule: "deliver-remapped", find: deliverRemapped},
	{rule: "flow-control-queue", find: flowControlQueue},
	{rule: "ack-format-v1", find: ackFormatV1},
	{rule: "expires-soon", find: expiresSoon},
	{rule: "no-expiry", find: noExpiry},
	{rule: "unused-share-grant", find: unusedShareGrant, whole: true},
	{rule: "importer-has-no-user-for-share", find: importerHasNoUser, whole: true},
	{rule: "no-account-limits", find: noAccountLimits},
	{rule: "external-without-effect", find: externalWithoutEffect},
	{rule: "operator-identity-signs", find: operatorIdentitySigns},
	{rule: "unused-local", find: unusedLocal, whole: true},
	{rule: "unused-variable", find: unusedVariable, whole: true},
	{rule: "naming", find: naming},
}

// own are the accounts that somebody wrote and jsc signs: those whose owners
// read the findings.
func (f *finder) own(yield func(*compiler.Account) bool) {
	defer func() { f.at = nil }()
	for _, a := range f.topology.Accounts {
		if a.Src == nil || a.External {
			continue
		}
		if f.at = a.Src.Header(); !yield(a) {
			return
		}
	}
}

// users are the users of own accounts.
func (f *finder) users(yield func(*compiler.User) bool) {
	for a := range f.own {
		for _, u := range a.Users {
			if f.at = u.Src.Header(); !yield(u) {
				return
			}
		}
	}
}

// streams are the streams of own accounts that are written as such: a bucket's
// stream is what the clients make of it.
func (f *finder) streams(yield func(*compiler.Stream, *schema.Stream) bool) {
	for a := range f.own {
		for _, s := range a.Streams {
			src, ok := s.Src.(*schema.Stream)
			if !ok {
				continue
			}
			if f.at = src.Header(); !yield(s, src) {
				return
			}
		}
	}
}

// consumers are the consumers of those streams.
func (f *finder) consumers(yield func(*compiler.Consumer) bool) {
	for s := range f.streams {
		for _, c := range s.Consumers {
			if f.at = c.Src.Header(); !yield(c) {
				return
			}
		}
	}
}

// targets are the importers of the topology's shares.
func (f *finder) targets(yield func(*compiler.Target) bool) { targetsOf(f.topology.Shares, yield) }

// arrivals are the importers of all shares, also of those that come from
// another party's topology.
func (f *finder) arrivals(yield func(*compiler.Target) bool) {
	targetsOf(slices.Concat(f.topology.Shares, f.topology.Accepted), yield)
}

func targetsOf(shares []*compiler.Share, yield func(*compiler.Target) bool) {
	for _, s := range shares {
		for _, t := range s.Targets {
			if !yield(t) {
				return
			}
		}
	}
}

// said are the places of which loading or compiling spoke under a rule.
func (f *finder) said(rule string) map[hcl.Range]bool {
	places := make(map[hcl.Range]bool)
	for _, d := range f.Found {
		if x := diag.Of(d); x != nil && x.Rule.Name == rule && d.Subject != nil {
			places[*d.Subject] = true
		}
	}
	return places
}

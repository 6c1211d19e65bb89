package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// The servers that first read what tokens say of an account or a user beside
// its streams. Those before ignore it without a word: where they know of no
// callout, they let users in by themselves.
const (
	calloutSince = "2.10" // auth_callout
	tracesSince  = "2.11" // an account's trace destination, allow_trace
	trafficSince = "2.11" // cluster_traffic
	proxiesSince = "2.12" // trusted proxies; the newest of these
)

// checkAccountVersion refuses what of the account and its users only servers
// newer than the least know.
func (p *pass) checkAccountVersion(a *Account) {
	least := p.t.Server.Version
	if a.Src == nil || a.External || !versionLess(least, proxiesSince) {
		return
	}
	needs := func(set bool, at hcl.Range, name, since string) {
		if set && versionLess(least, since) {
			p.add(diag.New("min-server-version", at, newerThan(name, since, least)))
		}
	}
	if a.Src.Trace != nil {
		needs(true, a.Src.Trace.Def(), "trace", tracesSince)
	}
	if a.Src.AuthCallout != nil {
		needs(true, a.Src.AuthCallout.Def(), "auth_callout", calloutSince)
	}
	for _, e := range a.Src.Exports {
		needs(e.AllowTrace.Or(false), e.AllowTrace.NameRange(), "allow_trace", tracesSince)
	}
	for _, i := range a.Src.Imports {
		needs(i.AllowTrace.Or(false), i.AllowTrace.NameRange(), "allow_trace", tracesSince)
	}
	needs(a.ClusterTraffic == "owner", a.Src.ClusterTraffic.NameRange(), "cluster_traffic", trafficSince)
	proxied := func(l *schema.UserLimits) {
		needs(l.ProxyRequired.Or(false), l.ProxyRequired.NameRange(), "proxy_required", proxiesSince)
	}
	for _, u := range a.Users {
		proxied(u.Src.UserLimits)
	}
	for _, k := range a.SigningKeys {
		if k.Src.Role != nil {
			proxied(&k.Src.Role.UserLimits)
		}
	}
}

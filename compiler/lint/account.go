package lint

import (
	"net/url"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema/diag"
)

// noAccountLimits: an account without a limits block, whose JetStream has no
// limits either.
func noAccountLimits(f *finder) {
	for a := range f.own {
		if a.System || a.Src.Limits != nil {
			continue
		}
		if js := a.Src.JetStream; js != nil && (len(js.Tiers) > 0 || js.Disk.IsSet() || js.Memory.IsSet()) {
			continue
		}
		f.add(diag.New("no-account-limits", a.Src.LabelOrNameRange(), a.Name))
	}
}

// operatorIdentitySigns: an operator that signs accounts here and has no
// signing key.
func operatorIdentitySigns(f *finder) {
	if o := f.topology.Operator; o != nil && !o.External && !o.Strict && len(o.SigningKeys) == 0 {
		f.add(diag.New("operator-identity-signs", o.Src.LabelOrNameRange(), o.Name))
	}
}

// deprecatedField: the URL of a nats-account-server, which is archived. A server
// asks it only where its configuration has no resolver (nats-server,
// server/opts.go, "operator"), and jsc's always has one. Of another scheme it is
// where nsc pushes accounts to.
func deprecatedField(f *finder) {
	o := f.topology.Operator
	if o == nil || o.Src == nil {
		return
	}
	if u, err := url.Parse(o.Src.AccountServerURL.Or("")); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		f.add(diag.New("deprecated-field", o.Src.AccountServerURL.Range(), "an account_server_url of "+u.Scheme, "servers find accounts in their resolver"))
	}
}

// serverPlaintext: a host that others can reach, without TLS.
func serverPlaintext(f *finder) {
	src := f.topology.Server.Src
	if src == nil || src.TLS != nil || !src.Host.IsSet() || compiler.Loopback(src.Host.Value) {
		return
	}
	f.add(diag.New("server-plaintext", src.Host.Range(), src.Host.Value))
}

// largePreload is the number of accounts from which on a memory resolver's
// reloads are felt: at 10,000 they took 4 to 10 seconds (docs/security.md E4).
const largePreload = 1000

func memoryResolverLarge(f *finder) {
	o, src := f.topology.Operator, f.topology.Server.Src
	preloaded := 0
	for _, a := range f.topology.Accounts {
		if !a.External {
			preloaded++
		}
	}
	if o == nil || o.External || preloaded < largePreload {
		return
	}
	at := o.Src.LabelOrNameRange()
	if src != nil && src.Resolver != nil {
		if src.Resolver.Type.Or("memory") != "memory" {
			return
		}
		at = src.Resolver.Type.RangeOr(src.Resolver.Def())
	}
	f.add(diag.New("memory-resolver-large", at, preloaded))
}

// place is where an export is written: its subject, or that of the share.
func place(e *compiler.Export) hcl.Range {
	if e.Type == compiler.StreamType {
		return e.Raw.Stream.Range()
	}
	return e.Raw.Service.Range()
}

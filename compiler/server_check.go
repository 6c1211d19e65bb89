package compiler

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// checkServer refuses what nats-server refuses in its configuration, or reads
// and ignores.
func (p *pass) checkServer(src *schema.Server) {
	if src.Host.IsSet() && !validHost(src.Host.Value) {
		p.add(diag.New("bad-value", src.Host.Range(), "host", "an IP address or a host name, without a port", quote(src.Host.Value)))
	}
	ports := true
	for _, port := range []struct {
		name string
		attr schema.Attr[int64]
	}{{"port", src.Port}, {"http_port", src.HTTPPort}} {
		if port.attr.IsSet() && (port.attr.Value < 1 || port.attr.Value > maxPort) {
			p.add(diag.New("bad-value", port.attr.Range(), port.name, "1 to "+strconv.Itoa(maxPort), strconv.FormatInt(port.attr.Value, 10)))
			ports = false
		}
	}
	if ports {
		p.checkPorts(src)
	}
	if js := src.JetStream; js != nil {
		p.checkPath("store_dir", js.StoreDir)
	}
	if js := src.JetStream; js != nil && js.SyncInterval.IsSet() && js.SyncInterval.Value != "always" {
		if d, err := schema.ParseDuration(js.SyncInterval.Value); err != nil || d <= 0 {
			p.add(diag.New("bad-value", js.SyncInterval.Range(), "sync_interval", "a duration or \"always\"", quote(js.SyncInterval.Value)))
		}
	}
	if src.Resolver != nil {
		p.checkResolver(src.Resolver)
	}
	if t := src.TLS; t != nil {
		p.checkPath("cert_file", t.CertFile)
		p.checkPath("key_file", t.KeyFile)
		p.checkPath("ca_file", t.CAFile)
	}
	p.checkCluster(src)
}

// checkPath refuses the empty path of a file or folder.
func (p *pass) checkPath(name string, path schema.Attr[string]) {
	if path.IsSet() && path.Value == "" {
		p.add(diag.New("bad-value", path.Range(), name, "the path of a file or folder", quote("")))
	}
}

// resolvers are the account resolvers and what each can be told; the server
// refuses the rest (server/opts.go) or has no use for it.
var resolvers = map[string]struct{ needs, takes []string }{
	"memory": {},
	"full":   {needs: []string{"dir"}, takes: []string{"allow_delete", "interval", "limit", "timeout"}},
	"cache":  {needs: []string{"dir"}, takes: []string{"limit", "ttl", "timeout"}},
}

// checkResolver holds a resolver block against its row in resolvers.
func (p *pass) checkResolver(src *schema.Resolver) {
	kind := src.Type.Or("memory")
	row, ok := resolvers[kind]
	if !ok {
		return // the loader has refused the word
	}
	accepted := map[string]bool{}
	for _, name := range append(append([]string{}, row.needs...), row.takes...) {
		accepted[name] = true
	}
	attrs := []struct {
		name string
		set  bool
		at   hcl.Range
	}{
		{"dir", src.Dir.IsSet() || src.Dir.Invalid(), src.Dir.NameRange()},
		{"allow_delete", src.AllowDelete.IsSet(), src.AllowDelete.NameRange()},
		{"interval", src.Interval.IsSet(), src.Interval.NameRange()},
		{"limit", src.Limit.IsSet(), src.Limit.NameRange()},
		{"ttl", src.TTL.IsSet(), src.TTL.NameRange()},
		{"timeout", src.Timeout.IsSet(), src.Timeout.NameRange()},
	}
	set := map[string]bool{}
	for _, a := range attrs {
		set[a.name] = a.set
		if a.set && !accepted[a.name] {
			p.add(diag.New("field-conflict", a.at, a.name, "type = "+quote(kind)))
		}
	}
	for _, name := range row.needs {
		if !set[name] {
			p.add(diag.New("missing-attribute", src.Site().Body, "a resolver of type "+quote(kind), name))
		}
	}
	p.checkPath("dir", src.Dir)
	for _, d := range []struct {
		name string
		attr schema.Attr[schema.Duration]
	}{{"interval", src.Interval}, {"timeout", src.Timeout}} {
		if d.attr.IsSet() && d.attr.Value <= 0 {
			p.add(diag.New("bad-value", d.attr.Range(), d.name, "longer than nothing", schema.FormatDuration(d.attr.Value)))
		}
	}
}

// checkResolverLimit refuses a resolver that has not enough room for the
// accounts: a full one leaves out those that no longer fit, a cache forgets
// others for them, and neither says so (server/dirstore.go, write).
func (p *pass) checkResolverLimit() {
	src := p.t.Server.Src
	if src == nil || src.Resolver == nil || !src.Resolver.Limit.IsSet() {
		return
	}
	preloaded := int64(0)
	for _, a := range p.t.Accounts {
		if !a.External {
			preloaded++
		}
	}
	if limit := src.Resolver.Limit; limit.Value < max(preloaded, 1) {
		least := "at least the number of accounts, " + strconv.FormatInt(preloaded, 10)
		p.add(diag.New("bad-value", limit.Range(), "limit", least, strconv.FormatInt(limit.Value, 10)))
	}
}

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
	for _, port := range []struct {
		name string
		attr schema.Attr[int64]
	}{{"port", src.Port}, {"http_port", src.HTTPPort}} {
		if port.attr.IsSet() && (port.attr.Value < 1 || port.attr.Value > 65535) {
			p.add(diag.New("bad-value", port.attr.Range(), port.name, "1 to 65535", strconv.FormatInt(port.attr.Value, 10)))
		}
	}
	if js := src.JetStream; js != nil && js.SyncInterval.IsSet() && js.SyncInterval.Value != "always" {
		if d, err := schema.ParseDuration(js.SyncInterval.Value); err != nil || d <= 0 {
			p.add(diag.New("bad-value", js.SyncInterval.Range(), "sync_interval", "a duration or \"always\"", quote(js.SyncInterval.Value)))
		}
	}
	if src.Resolver != nil {
		p.checkResolver(src.Resolver)
	}
	if c := src.Cluster; c != nil {
		if n := len(c.Routes.Or(nil)); n > 0 && n != p.t.Server.ClusterSize {
			p.add(diag.New("bad-value", c.Routes.Range(), "routes", "one for each of the "+strconv.Itoa(p.t.Server.ClusterSize)+" servers", strconv.Itoa(n)))
		}
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
	if n := int64(len(p.config.Accounts)); kind == "cache" && src.Limit.IsSet() && src.Limit.Value < n {
		p.add(diag.New("bad-value", src.Limit.Range(), "limit", "at least the number of accounts, "+strconv.FormatInt(n, 10), strconv.FormatInt(src.Limit.Value, 10)))
	}
}

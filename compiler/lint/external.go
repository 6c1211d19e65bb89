package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// externalWithoutEffect: what stands in an external account, or says of an
// external operator and its servers, and nothing is made of. An account's exports
// and imports have an effect: other accounts' are judged by them.
func externalWithoutEffect(f *finder) {
	operatorWithoutEffect(f)
	for _, a := range f.topology.Accounts {
		if a.Src == nil || !a.External {
			continue
		}
		said := idleBlocks(a.Src)
		said.tell(f, fmt.Sprintf("the external account %q", a.Name))
	}
}

// operatorWithoutEffect is what is said of somebody else's operator, and of
// servers that nothing is rendered for.
func operatorWithoutEffect(f *finder) {
	o := f.topology.Operator
	if o == nil || !o.External {
		return
	}
	var said idle
	said.attribute("service_urls", o.Src.ServiceURLs.Site())
	said.attribute("account_server_url", o.Src.AccountServerURL.Site())
	said.attribute("assert_server_version", o.Src.AssertServerVersion.Site())
	said.attribute("tags", o.Src.Tags.Site())
	said.attribute("expires", o.Src.Expires.Site())
	said.attribute("renew_before", o.Src.RenewBefore.Site())
	said.tell(f, fmt.Sprintf("the external operator %q", o.Name))
	s := f.topology.Server.Src
	if s == nil {
		return
	}
	said = idle{}
	said.attribute("name", s.Name.Site())
	said.attribute("host", s.Host.Site())
	said.attribute("port", s.Port.Site())
	said.attribute("http_port", s.HTTPPort.Site())
	if s.Resolver != nil {
		said.add("resolver", s.Resolver.Site().Type)
	}
	if s.TLS != nil {
		said.add("tls", s.TLS.Site().Type)
	}
	if s.Cluster != nil {
		said.add("cluster", s.Cluster.Site().Type)
	}
	said.tell(f, fmt.Sprintf("the server block beside the external operator %q", o.Name))
}

// idle is what has no effect.
type idle struct {
	names []string
	at    map[string]hcl.Range
}

func (i *idle) add(name string, at hcl.Range) {
	if i.at == nil {
		i.at = map[string]hcl.Range{}
	}
	if _, had := i.at[name]; !had {
		i.at[name], i.names = at, append(i.names, name)
	}
}

func (i *idle) attribute(name string, at *schema.Site) {
	if at != nil {
		i.add(name, at.Name)
	}
}

// tell says at the first of them, in the order of the source, what has none.
func (i *idle) tell(f *finder, where string) {
	if len(i.names) == 0 {
		return
	}
	slices.SortFunc(i.names, func(x, y string) int { return i.at[x].Start.Byte - i.at[y].Start.Byte })
	f.add(diag.New("external-without-effect", i.at[i.names[0]], where, strings.Join(i.names, ", ")))
}

// idleBlocks are the types of the blocks that only a token, users' or a server's
// of the account would show.
func idleBlocks(a *schema.Account) (blocks idle) {
	add := func(name string, b *schema.Block) { blocks.add(name, b.Site().Type) }
	if a.Limits != nil {
		add("limits", &a.Limits.Block)
	}
	if a.JetStream != nil {
		add("jetstream", &a.JetStream.Block)
	}
	if a.Defaults != nil {
		add("default_permissions", &a.Defaults.Block)
	}
	if a.AuthCallout != nil {
		add("auth_callout", &a.AuthCallout.Block)
	}
	if a.Trace != nil {
		add("trace", &a.Trace.Block)
	}
	for _, k := range a.SigningKeys {
		add("signing_key", &k.Block)
	}
	for _, u := range a.Users {
		add("user", &u.Block)
	}
	for _, s := range a.Streams {
		add("stream", &s.Block)
	}
	for _, b := range slices.Concat(a.KeyValues, a.ObjectStores) {
		add(string(b.Kind), &b.Block)
	}
	for _, m := range a.Mappings {
		add("mapping", &m.Block)
	}
	for _, r := range a.Revokes {
		add("revoke", &r.Block)
	}
	return blocks
}

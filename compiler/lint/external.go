package lint

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// externalWithoutEffect: blocks of an external account that nothing is made of.
// Its exports and imports have one: other accounts' are judged by them.
func externalWithoutEffect(f *finder) {
	for _, a := range f.topology.Accounts {
		if a.Src == nil || !a.External {
			continue
		}
		if names, at := idleBlocks(a.Src); len(names) > 0 {
			f.add(diag.New("external-without-effect", at, a.Name, strings.Join(names, ", ")))
		}
	}
}

// idleBlocks are the types of the blocks that only a token, users' or a server's
// of the account would show, in the order of the source, and where the first is.
func idleBlocks(a *schema.Account) (names []string, first hcl.Range) {
	at := map[string]hcl.Range{}
	add := func(name string, b *schema.Block) {
		if _, had := at[name]; !had {
			at[name], names = b.Site().Type, append(names, name)
		}
	}
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
	slices.SortFunc(names, func(x, y string) int { return at[x].Start.Byte - at[y].Start.Byte })
	if len(names) > 0 {
		first = at[names[0]]
	}
	return names, first
}

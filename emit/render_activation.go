package emit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/compiler/bundle"
)

// bundles writes one for every account that activations are made for.
func (r *rendering) bundles() error {
	tokens := r.tokensByGrant()
	byImporter := map[*compiler.Account][]*handover{}
	for _, h := range r.handovers {
		if h.to != nil && !h.from.External {
			byImporter[h.to] = append(byImporter[h.to], h)
		}
	}
	for _, a := range r.t.Accounts {
		list := byImporter[a]
		slices.SortStableFunc(list, func(x, y *handover) int { return strings.Compare(x.from.Name, y.from.Name) })
		var made []*Token
		for _, h := range list {
			for _, g := range h.grants {
				if t := tokens[g]; t != nil {
					made = append(made, t)
				}
			}
		}
		if len(made) == 0 {
			continue
		}
		bundle := func(text textOf) bundle.Bundle {
			return newBundle(a, list, func(g *compiler.Grant) string {
				if t := tokens[g]; t != nil {
					return text(t)
				}
				return ""
			})
		}
		r.addWith(a.Name, made, func(text textOf) ([]byte, error) { return indented(bundle(text)) },
			"activations", FileName(a.Name)+".json")
		r.last().source = func() ([]byte, error) { return json.Marshal(bundle((*Token).recipe)) }
	}
	return nil
}

// newBundle is what an account is given: list is sorted by exporter, token is
// the activation of a grant, or "".
func newBundle(a *compiler.Account, list []*handover, token func(*compiler.Grant) string) bundle.Bundle {
	b := bundle.Bundle{Format: bundle.Format, To: bundle.Account{Account: a.Name, PublicKey: a.PublicKey}}
	for _, h := range list {
		from := bundle.Account{Account: h.from.Name, PublicKey: h.from.PublicKey}
		if n := len(b.Bundles); n == 0 || b.Bundles[n-1].From != from {
			b.Bundles = append(b.Bundles, bundle.Exporter{From: from})
		}
		s := bundleShare(h)
		for _, g := range h.grants {
			s.Grants = append(s.Grants, bundle.Grant{Grant: grantName(g), Type: string(g.Type), Subject: g.Subject, Token: token(g)})
		}
		last := &b.Bundles[len(b.Bundles)-1]
		last.Shares = append(last.Shares, s)
	}
	return b
}

func bundleShare(h *handover) bundle.Share {
	s := bundle.Share{Name: h.name, Kind: h.kind}
	if h.share == nil {
		return s
	}
	s.Bucket = h.share.Bucket
	if h.share.Stream != nil {
		s.Stream = h.share.Stream.Config.Name
	}
	if c := h.share.Consumer; c != nil {
		s.Consumer = c.Config.Name
		s.DeliverGroup = c.Config.DeliverGroup
		s.AckPolicy = c.Config.AckPolicy
	}
	return s
}

// tokensByGrant is the activation that serves each private grant.
func (r *rendering) tokensByGrant() map[*compiler.Grant]*Token {
	m := map[*compiler.Grant]*Token{}
	for _, t := range r.p.Tokens {
		if t.Activation == nil {
			continue
		}
		for _, g := range t.Activation.Grants {
			m[g] = t
		}
	}
	return m
}

// decorated is an activation token in the form that nsc reads.
func decorated(token string) []byte {
	return fmt.Appendf(nil, "-----BEGIN NATS ACTIVATION JWT-----\n%s\n------END NATS ACTIVATION JWT------\n\n", token)
}

// handed is one token file for an external importer.
type handed struct {
	token *Token
	grant *compiler.Grant // the first that the token serves
	file  string
}

// activations are the activation tokens by importer.
func (r *rendering) activations() map[*compiler.Account][]*Token {
	if r.byImporter == nil {
		r.byImporter = map[*compiler.Account][]*Token{}
		for _, t := range r.p.Tokens {
			if t.Activation != nil && len(t.Activation.Grants) > 0 {
				r.byImporter[t.Activation.To] = append(r.byImporter[t.Activation.To], t)
			}
		}
	}
	return r.byImporter
}

// handedTo are the token files of an external importer, one a token, sorted by
// their grants' names.
func (r *rendering) handedTo(a *compiler.Account) []handed {
	var out []handed
	for _, t := range r.activations()[a] {
		g := slices.MinFunc(t.Activation.Grants, func(x, y *compiler.Grant) int { return strings.Compare(x.Name, y.Name) })
		out = append(out, handed{token: t, grant: g, file: TokenFile(g)})
	}
	slices.SortFunc(out, func(x, y handed) int { return strings.Compare(x.grant.Name, y.grant.Name) })
	return out
}

// TokenFile is <share>.<grant>.jwt, with .2, .3 … where a grant has several
// subjects. The share's part is made safe; the grant's is ours.
func TokenFile(g *compiler.Grant) string {
	if g.Share == nil {
		return FileName(g.Name) + ".jwt"
	}
	return FileName(g.Share.Name) + strings.TrimPrefix(g.Name, g.Share.Name) + ".jwt"
}

func (r *rendering) activationJWTs() error {
	for _, a := range r.t.Accounts {
		if !a.External {
			continue
		}
		for _, h := range r.handedTo(a) {
			r.addToken(h.grant.Name, h.token, decorated, "activations", FileName(a.Name), h.file)
		}
	}
	return nil
}

// readmes says to the owner of an external account how to import its tokens.
func (r *rendering) readmes() error {
	for _, a := range r.t.Accounts {
		if !a.External {
			continue
		}
		files := r.handedTo(a)
		if len(files) == 0 {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "# Imports for the account %s\n\n", markdown(a.Name))
		fmt.Fprintf(&b, "The activation tokens in this folder are bound to the account `%s`\n", a.PublicKey)
		b.WriteString("and are of no use to any other. With nsc, in this folder:\n\n```sh\n")
		for _, h := range files {
			b.WriteString(addImport(a, h) + "\n")
		}
		b.WriteString("```\n\nThen push the account. Where a token takes the place of an older one, delete the\n")
		b.WriteString("older import first (`nsc delete import`).\n")
		r.add(a.Name, made(func() []byte { return []byte(b.String()) }), "activations", FileName(a.Name), "README.md")
	}
	return nil
}

// addImport is the nsc command that imports one token.
func addImport(a *compiler.Account, h handed) string {
	command := "nsc add import --account=" + ShellQuote(a.Name) +
		" --name=" + ShellQuote(h.grant.Name) + " --token=" + ShellQuote(h.file)
	if h.grant.Local != h.grant.Subject {
		command += " --local-subject=" + ShellQuote(h.grant.Local)
	}
	return command
}

// ShellQuote is a word as a POSIX shell reads it back: in single quotes, where
// only a single quote itself means anything; that one ends them, stands
// escaped, and begins them anew.
func ShellQuote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// markdown is text that means nothing to markdown: a name in a heading.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 && strings.ContainsRune("\\`*_{}[]()<>#+-.!|&~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

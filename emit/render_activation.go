package emit

import (
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/compiler/bundle"
)

// bundles writes one for every account that activations are made for.
func (r *rendering) bundles() error {
	tokens := r.tokensByGrant()
	byImporter := map[*compiler.Account][]*handover{}
	for _, h := range r.handovers() {
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
		r.addWith(a.Name, made, func(_ *Artifact, out []byte, text appendText) ([]byte, error) {
			w := &bundleWriter{jsonWriter{out: out, pretty: true}, tokens, text}
			w.bundle(a, list)
			return w.out, nil
		}, "activations", FileName(a.Name)+".json")
	}
	return nil
}

// bundleWriter writes a bundle, a bundle.Bundle.
type bundleWriter struct {
	jsonWriter
	tokens map[*compiler.Grant]*Token // the activations of grants
	token  appendText
}

// bundle writes what an account is given; list is sorted by exporter.
func (w *bundleWriter) bundle(a *compiler.Account, list []*handover) {
	w.begin('{')
	w.number("format", bundle.Format)
	w.account("to", a)
	w.key("bundles")
	w.begin('[')
	for len(list) > 0 {
		from := list[0].from
		n := slices.IndexFunc(list, func(h *handover) bool { return h.from != from })
		if n < 0 {
			n = len(list)
		}
		w.next()
		w.begin('{')
		w.account("from", from)
		objects(&w.jsonWriter, "shares", list[:n], func(_ *jsonWriter, h **handover) { w.share(*h) })
		w.end('}')
		list = list[n:]
	}
	w.end(']')
	w.end('}')
	w.out = append(w.out, '\n')
}

func (w *bundleWriter) account(key string, a *compiler.Account) {
	w.key(key)
	w.begin('{')
	w.text("account", a.Name)
	w.text("public_key", a.PublicKey)
	w.end('}')
}

func (w *bundleWriter) share(h *handover) {
	w.text("name", h.name)
	w.text("kind", h.kind)
	if s := h.share; s != nil {
		if s.Stream != nil {
			w.textIf("stream", s.Stream.Config.Name)
		}
		c := s.Consumer
		if c != nil {
			w.textIf("consumer", c.Config.Name)
		}
		w.textIf("bucket", s.Bucket)
		if c != nil {
			w.textIf("deliver_group", c.Config.DeliverGroup)
			w.textIf("ack_policy", c.Config.AckPolicy)
		}
	}
	objects(&w.jsonWriter, "grants", h.grants, func(_ *jsonWriter, g **compiler.Grant) {
		w.text("grant", grantName(*g))
		w.text("type", string((*g).Type))
		w.text("subject", (*g).Subject)
		if t := w.tokens[*g]; t != nil {
			w.key("token")
			begin := len(w.out)
			w.out = w.token(append(w.out, '"'), t)
			if token := w.out[begin+1:]; isPlain(token) {
				w.out = append(w.out, '"')
			} else { // which no build writes
				w.out = appendString(w.out[:begin], string(token), false)
			}
		}
	})
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
func decorated(a *Artifact, out []byte, text appendText) ([]byte, error) {
	out = append(out, "-----BEGIN NATS ACTIVATION JWT-----\n"...)
	out = text(out, a.about)
	return append(out, "\n------END NATS ACTIVATION JWT------\n\n"...), nil
}

// handed is one token file for an external importer.
type handed struct {
	token *Token
	grant *compiler.Grant // the first that the token serves
	file  string
}

// activationsByImporter are the activation tokens that serve somebody.
func (p *Plan) activationsByImporter() map[*compiler.Account][]*Token {
	all := map[*compiler.Account][]*Token{}
	for _, t := range p.Tokens {
		if t.Activation != nil && len(t.Activation.Grants) > 0 {
			all[t.Activation.To] = append(all[t.Activation.To], t)
		}
	}
	return all
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

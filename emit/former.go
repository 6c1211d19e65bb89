package emit

import (
	"encoding/json"
	"strings"
	"sync"

	"jsc/compiler"
	"jsc/compiler/bundle"
	"jsc/emit/lock"
)

// Former finds the texts of tokens that an earlier build wrote: the output
// folder is a cache of signatures. Read returns a file of that folder by its
// path. The token of what was renamed is in the file of its former name. What
// cannot be read, or does not fit, is simply not found; Sign checks every text to
// the letter. The function may be called from several goroutines.
func Former(p *Plan, read func(path string) ([]byte, error)) func(id string) (token string, ok bool) {
	f := &formerFiles{read: read, bundles: map[*compiler.Account]*formerBundle{}}
	f.bySubject = sync.OnceValue(f.list)
	for _, t := range p.Tokens {
		if t.Activation != nil && f.bundles[t.Activation.To] == nil {
			f.bundles[t.Activation.To] = &formerBundle{}
		}
	}
	return func(id string) (string, bool) {
		t := p.byID[id]
		switch {
		case t == nil:
			return "", false
		case t.Activation != nil:
			token, ok := f.activation(t.Activation)
			return token, ok
		}
		data, err := read(t.Path())
		if err != nil && t.former != (lock.Token{}) {
			if path, listed := f.bySubject()[t.Subject]; listed {
				data, err = read(path)
			}
		}
		return strings.TrimSuffix(string(data), "\n"), err == nil
	}
}

// formerFiles are the files of an earlier build.
type formerFiles struct {
	read    func(string) ([]byte, error)
	bundles map[*compiler.Account]*formerBundle
	// bySubject are the paths of accounts' and users' tokens by public keys, as the
	// manifest has them.
	bySubject func() map[string]string
}

func (f *formerFiles) list() map[string]string {
	data, err := f.read(ManifestPath)
	var m Manifest
	if err != nil || json.Unmarshal(data, &m) != nil {
		return nil
	}
	paths := map[string]string{}
	for _, a := range m.Artifacts {
		if own := strings.HasPrefix(a.Path, "accounts/") || strings.HasPrefix(a.Path, "users/"); own && strings.HasSuffix(a.Path, ".jwt") {
			paths[a.Subject] = a.Path
		}
	}
	return paths
}

// formerBundle is what an earlier build wrote for one importer.
type formerBundle struct {
	once   sync.Once
	tokens map[formerGrant]string
}

type formerGrant struct {
	from    string
	typ     compiler.Type
	subject string
}

func (f *formerFiles) activation(a *compiler.Activation) (string, bool) {
	b := f.bundles[a.To]
	b.once.Do(func() {
		b.tokens = map[formerGrant]string{}
		data, err := f.read(bundlePath(a.To))
		var in bundle.Bundle
		if err != nil || json.Unmarshal(data, &in) != nil {
			return
		}
		for _, from := range in.Bundles {
			for _, s := range from.Shares {
				for _, g := range s.Grants {
					b.tokens[formerGrant{from.From.Account, compiler.Type(g.Type), g.Subject}] = g.Token
				}
			}
		}
	})
	token, ok := b.tokens[formerGrant{a.From.Name, a.Type, a.Subject}]
	return token, ok && token != ""
}

// bundlePath is the file that holds an importer's activations.
func bundlePath(to *compiler.Account) string { return "activations/" + FileName(to.Name) + ".json" }

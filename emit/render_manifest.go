package emit

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"jsc/compiler"
)

// manifestFormat is the format of manifest.json.
const manifestFormat = 1

// manifestArtifact is a file's entry in the manifest.
type manifestArtifact struct {
	Path     string `json:"path"`
	SHA256   string `json:"sha256"`
	Kind     string `json:"kind"`
	Name     string `json:"name,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Issuer   string `json:"issuer,omitempty"`
	IssuedAt int64  `json:"iat,omitempty"`
	Expires  int64  `json:"exp,omitempty"`
}

// manifestShare is what one importer has of a share; To is "" for a public
// share that nobody here imports.
type manifestShare struct {
	Name   string          `json:"name"`
	Kind   string          `json:"kind"`
	From   string          `json:"from"`
	To     string          `json:"to,omitempty"`
	Grants []manifestGrant `json:"grants"`
}

type manifestGrant struct {
	Grant    string        `json:"grant"`
	Type     compiler.Type `json:"type"`
	Subject  string        `json:"subject"`
	Response string        `json:"response,omitempty"`
	Local    string        `json:"local_subject"`
	Private  bool          `json:"private"`
}

// manifest lists what was made: one entry a line, sorted, so that git merges
// it. It has no time, no version and no digest of the whole, which any two
// pull requests would fight over.
func manifest(t *compiler.Topology, lockName string, files []Artifact) ([]byte, error) {
	var artifacts, shares []any
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		artifacts = append(artifacts, manifestArtifact{
			Path: f.Path, SHA256: hex.EncodeToString(sum[:]), Kind: f.Kind, Name: f.Name,
			Subject: f.Subject, Issuer: f.Issuer, IssuedAt: f.IssuedAt, Expires: f.Expires,
		})
	}
	for _, h := range handovers(t.Grants) {
		s := manifestShare{Name: h.name, Kind: h.kind, From: h.from.Name}
		if h.to != nil {
			s.To = h.to.Name
		}
		for _, g := range h.grants {
			s.Grants = append(s.Grants, manifestGrant{
				Grant: grantName(g), Type: g.Type, Subject: g.Subject,
				Response: g.Terms.Response, Local: g.Local, Private: g.Terms.Private,
			})
		}
		shares = append(shares, s)
	}
	name, err := compact(lockName)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("{\n  \"format\": " + strconv.Itoa(manifestFormat) + ",\n  \"lock\": ")
	b.Write(name)
	for _, section := range []struct {
		name    string
		entries []any
	}{{"artifacts", artifacts}, {"shares", shares}} {
		b.WriteString(",\n  \"" + section.name + "\": [")
		for i, e := range section.entries {
			entry, err := compact(e)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n    ")
			b.Write(entry)
		}
		if len(section.entries) > 0 {
			b.WriteString("\n  ")
		}
		b.WriteByte(']')
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

// handover is what one importer has of one share, or of one raw export.
type handover struct {
	name, kind string
	from, to   *compiler.Account // to is nil for anybody
	share      *compiler.Share   // nil for a raw export
	grants     []*compiler.Grant
}

// rawKinds are the kinds of share that a raw export is like.
var rawKinds = map[compiler.Type]string{
	compiler.StreamType:  "subject",
	compiler.ServiceType: "service",
}

// handovers groups grants, sorted by exporter, name and importer. Tokens of raw
// exports stand under export/<name>.
func handovers(grants []*compiler.Grant) []*handover {
	type key struct {
		from, to *compiler.Account
		name     string
	}
	byKey := map[key]*handover{}
	var all []*handover
	for _, g := range grants {
		name, kind := shareName(g)
		k := key{g.From, g.To, name}
		h := byKey[k]
		if h == nil {
			h = &handover{name: name, kind: kind, from: g.From, to: g.To, share: g.Share}
			byKey[k] = h
			all = append(all, h)
		}
		h.grants = append(h.grants, g)
	}
	for _, h := range all {
		slices.SortFunc(h.grants, func(a, b *compiler.Grant) int {
			return cmp.Or(cmp.Compare(grantName(a), grantName(b)), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Local, b.Local))
		})
	}
	slices.SortFunc(all, func(a, b *handover) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.from.Name, b.from.Name), cmp.Compare(importer(a.to), importer(b.to)))
	})
	return all
}

// shareName is the name and kind of the share that a grant is of.
func shareName(g *compiler.Grant) (name, kind string) {
	if g.Share != nil {
		return g.Share.Name, g.Share.Kind.Name
	}
	name = g.Name
	if e := g.Export; e != nil {
		name = e.Name
		if e.Raw != nil {
			name = e.Raw.Name
		}
	}
	return "export/" + name, rawKinds[g.Type]
}

// grantName is a grant's row in the table of kinds; for a raw one its type's.
func grantName(g *compiler.Grant) string {
	if g.Share != nil {
		return g.Kind
	}
	return rawKinds[g.Type]
}

func importer(a *compiler.Account) string {
	if a == nil {
		return ""
	}
	return a.Name
}

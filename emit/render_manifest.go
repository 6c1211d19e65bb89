package emit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"jsc/compiler"
	"jsc/schema/parallel"
)

// manifestFormat is the format of manifest.json.
const manifestFormat = 1

// Manifest is manifest.json: what a build made. It is data from the tree, and
// no evidence of anything.
type Manifest struct {
	Format    int                `json:"format"`
	Lock      string             `json:"lock"` // file name of the lock that it was made from
	Artifacts []ManifestArtifact `json:"artifacts"`
	Shares    []ManifestShare    `json:"shares"`
}

// ManifestArtifact is a file's entry in the manifest; the fields are those of
// Artifact.
type ManifestArtifact struct {
	Path     string `json:"path"`
	SHA256   string `json:"sha256"` // of the whole file, 64 hex digits
	Kind     string `json:"kind"`
	Name     string `json:"name,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Issuer   string `json:"issuer,omitempty"`
	IssuedAt int64  `json:"iat,omitempty"`
	Expires  int64  `json:"exp,omitempty"`
}

// ManifestShare is what one importer has of a share; To is "" for a public
// share that nobody here imports.
type ManifestShare struct {
	Name   string          `json:"name"`
	Kind   string          `json:"kind"`
	From   string          `json:"from"`
	To     string          `json:"to,omitempty"`
	Grants []ManifestGrant `json:"grants"`
}

// ManifestGrant is one subject of a share.
type ManifestGrant struct {
	Grant    string        `json:"grant"`
	Type     compiler.Type `json:"type"`
	Subject  string        `json:"subject"`
	Response string        `json:"response,omitempty"`
	Local    string        `json:"local_subject"`
	Private  bool          `json:"private"`
}

// manifest lists what was made, sorted.
func (l *Layout) manifest(digests []string) *Manifest {
	m := &Manifest{Format: manifestFormat, Lock: l.lockName}
	for i, f := range l.Artifacts {
		m.Artifacts = append(m.Artifacts, f.listed(digests[i]))
	}
	for _, h := range l.handovers {
		s := ManifestShare{Name: h.name, Kind: h.kind, From: h.from.Name}
		if h.to != nil {
			s.To = h.to.Name
		}
		for _, g := range h.grants {
			s.Grants = append(s.Grants, ManifestGrant{
				Grant: grantName(g), Type: g.Type, Subject: g.Subject,
				Response: g.Terms.Response, Local: g.Local, Private: g.Terms.Private,
			})
		}
		m.Shares = append(m.Shares, s)
	}
	return m
}

// listed is the entry in the manifest of a file with a digest.
func (a Artifact) listed(digest string) ManifestArtifact {
	return ManifestArtifact{
		Path: a.Path, SHA256: digest, Kind: a.Kind, Name: a.Name,
		Subject: a.Subject, Issuer: a.Issuer, IssuedAt: a.IssuedAt, Expires: a.Expires,
	}
}

// Encode is the manifest's one canonical form: one entry a line, so that git
// merges it. It has no time, no version and no digest of the whole, which any
// two pull requests would fight over.
func (m *Manifest) Encode() ([]byte, error) {
	name, err := compact(m.Lock)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("{\n  \"format\": " + strconv.Itoa(m.Format) + ",\n  \"lock\": ")
	b.Write(name)
	if err := writeEntries(&b, "artifacts", m.Artifacts); err != nil {
		return nil, err
	}
	if err := writeEntries(&b, "shares", m.Shares); err != nil {
		return nil, err
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

func writeEntries[E any](b *bytes.Buffer, section string, entries []E) error {
	lines := make([][]byte, len(entries))
	err := parallel.Try(len(entries), func(i int) (err error) {
		lines[i], err = compact(entries[i])
		return err
	})
	if err != nil {
		return err
	}
	b.WriteString(",\n  \"" + section + "\": [")
	for i, line := range lines {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		b.Write(line)
	}
	if len(entries) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteByte(']')
	return nil
}

// ParseManifest reads a manifest. What Encode could not have written (another
// order, white space, a field that is unknown or stands twice) is an error.
func ParseManifest(data []byte) (*Manifest, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	m := &Manifest{}
	if err := d.Decode(m); err != nil {
		return nil, err
	}
	if m.Format != manifestFormat {
		return nil, fmt.Errorf("its format is %d, this jsc knows %d", m.Format, manifestFormat)
	}
	canonical, err := m.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(data, canonical) {
		return nil, errors.New("it is not in the form that a build writes")
	}
	return m, nil
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

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
	"jsc/compiler/canonical"
	"jsc/emit/folder"
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

// manifestWriter writes the manifest's one canonical form: one entry a line, so
// that git merges it. It has no time, no version and no digest of the whole,
// which any two pull requests would fight over.
type manifestWriter struct {
	jsonWriter
	entries bool // something stands before in the section
	take    taker
	err     error // take's
}

// newManifestWriter begins a manifest that has room for some bytes.
func newManifestWriter(format int, lock string, room int) *manifestWriter {
	w := &manifestWriter{}
	w.out = make([]byte, 0, room)
	w.out = append(w.out, "{\n  \"format\": "...)
	w.out = strconv.AppendInt(w.out, int64(format), 10)
	w.out = append(w.out, ",\n  \"lock\": "...)
	w.out = appendString(w.out, lock, false)
	return w
}

// section writes what entries does, which calls entry for each.
func (w *manifestWriter) section(name string, entries func()) {
	w.out = append(w.out, ",\n  \""+name+"\": ["...)
	w.entries = false
	entries()
	if w.entries {
		w.out = append(w.out, "\n  "...)
	}
	w.out = append(w.out, ']')
}

// entry begins an entry, on a line of its own.
func (w *manifestWriter) entry() {
	if w.entries {
		w.out = append(w.out, ',')
	}
	w.entries = true
	if w.err == nil {
		w.out, w.err = w.take.pass(w.out)
	}
	w.out = append(w.out, "\n    "...)
	w.begin('{')
}

func (w *manifestWriter) artifact(a *ManifestArtifact) {
	w.entry()
	w.text("path", a.Path)
	w.text("sha256", a.SHA256)
	w.text("kind", a.Kind)
	w.textIf("name", a.Name)
	w.textIf("subject", a.Subject)
	w.textIf("issuer", a.Issuer)
	w.numberIf("iat", a.IssuedAt)
	w.numberIf("exp", a.Expires)
	w.end('}')
}

func (w *manifestWriter) share(s *ManifestShare) {
	w.entry()
	w.text("name", s.Name)
	w.text("kind", s.Kind)
	w.text("from", s.From)
	w.textIf("to", s.To)
	objects(&w.jsonWriter, "grants", s.Grants, func(w *jsonWriter, g *ManifestGrant) {
		w.text("grant", g.Grant)
		w.text("type", string(g.Type))
		w.text("subject", g.Subject)
		w.textIf("response", g.Response)
		w.text("local_subject", g.Local)
		w.flag("private", g.Private)
	})
	w.end('}')
}

// whole is the manifest.
func (w *manifestWriter) whole() []byte { return append(w.out, "\n}\n"...) }

// Encode is the manifest in its canonical form.
func (m *Manifest) Encode() []byte {
	w := newManifestWriter(m.Format, m.Lock, 256+350*(len(m.Artifacts)+len(m.Shares)))
	w.section("artifacts", func() {
		for i := range m.Artifacts {
			w.artifact(&m.Artifacts[i])
		}
	})
	w.section("shares", func() {
		for i := range m.Shares {
			w.share(&m.Shares[i])
		}
	})
	return w.whole()
}

// Manifest makes the manifest. digests are those of Artifacts, as folder.Digest
// has them.
func (l *Layout) Manifest(digests []string) []byte {
	w := newManifestWriter(manifestFormat, l.lockName, 256+350*len(l.Artifacts)+200*l.grants())
	l.list(w, digests)
	return w.whole()
}

// ManifestPieces hands over what Manifest makes, in pieces that are good until
// take returns; an error of take's ends it.
func (l *Layout) ManifestPieces(digests []string, take func(piece []byte) error) error {
	w := newManifestWriter(manifestFormat, l.lockName, 2*pieceSize)
	w.take = take
	l.list(w, digests)
	if w.err != nil {
		return w.err
	}
	return take(w.whole())
}

// ManifestDigest is the digest of what Manifest makes, as folder.Digest has it.
func (l *Layout) ManifestDigest(digests []string) string {
	digest, _ := folder.DigestPieces(func(add func([]byte)) error {
		return l.ManifestPieces(digests, func(piece []byte) error {
			add(piece) // which takes all
			return nil
		})
	})
	return digest
}

// list writes the manifest's sections.
func (l *Layout) list(w *manifestWriter, digests []string) {
	w.section("artifacts", func() {
		for i := range l.Artifacts {
			entry := l.Artifacts[i].listed(digests[i])
			w.artifact(&entry)
		}
	})
	w.section("shares", func() {
		var share ManifestShare
		for _, h := range l.handovers {
			h.list(&share)
			w.share(&share)
		}
	})
}

// grants is how many the handovers have.
func (l *Layout) grants() int {
	n := 0
	for _, h := range l.handovers {
		n += 1 + len(h.grants)
	}
	return n
}

// list fills in the handover's entry in the manifest.
func (h *handover) list(s *ManifestShare) {
	*s = ManifestShare{Name: h.name, Kind: h.kind, From: h.from.Name, To: importer(h.to), Grants: s.Grants[:0]}
	for _, g := range h.grants {
		s.Grants = append(s.Grants, ManifestGrant{
			Grant: grantName(g), Type: g.Type, Subject: g.Subject,
			Response: g.Terms.Response, Local: g.Local, Private: g.Terms.Private,
		})
	}
}

// listed is the entry in the manifest of a file with a digest.
func (a *Artifact) listed(digest string) ManifestArtifact {
	entry := ManifestArtifact{Path: a.Path, SHA256: digest, Kind: a.Kind, Name: a.Name}
	if t := a.about; t != nil {
		entry.Subject, entry.Issuer = t.Subject, t.Issuer.PublicKey
		entry.IssuedAt, entry.Expires = t.IssuedAt, t.Expires
	}
	return entry
}

// ParseManifest reads a manifest. What Encode could not have written (another
// order, white space, a field that is unknown or stands twice) is an error.
func ParseManifest(data []byte) (*Manifest, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	m := &Manifest{}
	if err := d.Decode(m); err != nil {
		return nil, canonical.Fault(data, err)
	}
	if m.Format != manifestFormat {
		return nil, fmt.Errorf("its format is %d, this jsc knows %d", m.Format, manifestFormat)
	}
	if !bytes.Equal(data, m.Encode()) {
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
	grants = slices.Clone(grants) // parts of it are sorted
	for begin, end := 0, 0; begin < len(grants); begin = end {
		g := grants[begin]
		name, kind := shareName(g)
		for end = begin + 1; end < len(grants) && grants[end].From == g.From && grants[end].To == g.To; end++ {
			if next, _ := shareName(grants[end]); next != name {
				break
			}
		}
		k, part := key{g.From, g.To, name}, grants[begin:end:end]
		if h := byKey[k]; h != nil {
			h.grants = append(h.grants, part...)
			continue
		}
		h := &handover{name: name, kind: kind, from: g.From, to: g.To, share: g.Share, grants: part}
		byKey[k] = h
		all = append(all, h)
	}
	parallel.Do(len(all), func(i int) {
		slices.SortFunc(all[i].grants, func(a, b *compiler.Grant) int {
			return cmp.Or(cmp.Compare(grantName(a), grantName(b)), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Local, b.Local))
		})
	})
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
		return g.RowName()
	}
	return rawKinds[g.Type]
}

func importer(a *compiler.Account) string {
	if a == nil {
		return ""
	}
	return a.Name
}

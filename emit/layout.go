package emit

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jsc/compiler"
	"jsc/emit/folder"
	"jsc/schema/parallel"
)

// Artifact is one file of the output folder.
type Artifact struct {
	Path    string // relative, with slashes
	Kind    string // as the manifest has it; "" for the manifest itself
	Name    string // the NATS name of what it is about
	Subject string // of a token: its sub, a public key
	Issuer  string // of a token: its iss, a public key
	// IssuedAt and Expires are a token's iat and exp, in Unix seconds; 0: none.
	IssuedAt, Expires int64
	Data              []byte // nil until made
	// Tokens are those whose text the file is made with; the same may stand
	// there more than once.
	Tokens []*Token

	form func(textOf) ([]byte, error)
	// source, if any, is JSON that the file is made of, with what stands for the
	// tokens; it costs less than the form.
	source func() ([]byte, error)
}

// textOf gives tokens' textOf, or what stands for them.
type textOf func(*Token) string

// Make returns the file's bytes. A token without its text is an error.
func (a *Artifact) Make() ([]byte, error) {
	for _, t := range a.Tokens {
		if t.Text == "" {
			return nil, fmt.Errorf("make %s: the token of %s is not signed", a.Path, t.ID)
		}
	}
	data, err := a.form(func(t *Token) string { return t.Text })
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", a.Path, err)
	}
	return data, nil
}

// Recipe is a digest of all that the file is made of: as long as one jsc gives
// the same for a path, it makes the same bytes. It needs no token's text. It is
// "" where it would cost what Make does.
func (a *Artifact) Recipe() (string, error) {
	source := a.source
	switch {
	case source != nil:
	case len(a.Tokens) > 0:
		source = func() ([]byte, error) { return a.form((*Token).recipe) }
	default:
		return "", nil
	}
	data, err := source()
	if err != nil {
		return "", fmt.Errorf("make %s: %w", a.Path, err)
	}
	sum := sha256.Sum256(data)
	return string(sum[:]), nil
}

// recipe stands for the token's text: it is the same where that is.
func (t *Token) recipe() string {
	return t.Digest + "@" + strconv.FormatInt(t.IssuedAt, 10) + "@" + strconv.FormatInt(t.Expires, 10)
}

// Layout is the output folder of a plan before its files are made.
type Layout struct {
	Artifacts []Artifact // sorted by path; all but the manifest

	topology  *compiler.Topology
	handovers []*handover
	lockName  string
}

// NewLayout lists every file that a plan's output folder has. lockName is the
// lock's file name, which the manifest records; extra are names of Targets, of
// which an unknown one is an error. Nothing of it needs a token's text.
func NewLayout(p *Plan, lockName string, extra ...string) (*Layout, error) {
	l := &Layout{topology: p.Topology, handovers: handovers(p.Topology.Grants), lockName: lockName}
	r := &rendering{p: p, t: p.Topology, handovers: l.handovers}
	for _, k := range artifactKinds {
		r.kind = k.kind
		if err := k.render(r); err != nil {
			return nil, fmt.Errorf("render %s: %w", k.kind, err)
		}
	}
	for _, name := range extra {
		i := slices.Index(Targets(), name)
		if i < 0 {
			return nil, fmt.Errorf("render %s: there is no such target", name)
		}
		r.kind = targets[i].kind
		if err := targets[i].render(r); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
	}
	l.Artifacts = r.out
	slices.SortFunc(l.Artifacts, func(a, b Artifact) int { return cmp.Compare(a.Path, b.Path) })
	for i := 1; i < len(l.Artifacts); i++ {
		if l.Artifacts[i].Path == l.Artifacts[i-1].Path {
			return nil, fmt.Errorf("render %s: two files would be written there", l.Artifacts[i].Path)
		}
	}
	return l, nil
}

// Manifest makes the manifest. digests are those of Artifacts, as folder.Digest
// has them.
func (l *Layout) Manifest(digests []string) ([]byte, error) {
	data, err := l.manifest(digests).Encode()
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", ManifestPath, err)
	}
	return data, nil
}

// Render makes every file of the output folder from a signed plan, sorted by
// path, the manifest among them; see NewLayout.
func Render(p *Plan, lockName string, extra ...string) ([]Artifact, error) {
	l, err := NewLayout(p, lockName, extra...)
	if err != nil {
		return nil, err
	}
	digests := make([]string, len(l.Artifacts))
	err = parallel.Try(len(l.Artifacts), func(i int) (err error) {
		a := &l.Artifacts[i]
		a.Data, err = a.Make()
		digests[i] = folder.Digest(a.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	manifest, err := l.Manifest(digests)
	if err != nil {
		return nil, err
	}
	at, _ := slices.BinarySearchFunc(l.Artifacts, ManifestPath, func(a Artifact, path string) int { return strings.Compare(a.Path, path) })
	return slices.Insert(l.Artifacts, at, Artifact{Path: ManifestPath, Data: manifest}), nil
}

package check

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/schema/diag"
)

// manifest is the folder's manifest, as far as it was looked into: no finding
// depends on one that is what a build writes now.
type manifest struct {
	data    []byte  // nil when there is none
	odd     *oddity // in its place
	parsed  bool
	read    *emit.Manifest                   // nil when there is none, or none that can be read
	entries map[string]emit.ManifestArtifact // by path
}

func (c *checker) readManifest() (*manifest, error) {
	data, err := readIf(c.Folder, emit.ManifestPath)
	if odd := c.oddity(emit.ManifestPath, err); odd != nil {
		return &manifest{odd: odd}, nil
	}
	return &manifest{data: data}, err
}

// refused tells of a folder that no build goes on from. No file is what a build of
// this lock writes then, and this alone says why.
func refused(lockPath string, manifest []byte, out string) *hcl.Diagnostic {
	r := folder.Refused(folder.Place{Out: out, Lock: lockPath}, manifest)
	if r == nil {
		return nil
	}
	d := diag.New("artifact-tampered", hcl.Range{Filename: filepath.ToSlash(filepath.Join(out, emit.ManifestPath))}, r.Why)
	return diag.WithHint(d, "%s.", strings.ToUpper(r.Mend[:1])+r.Mend[1:])
}

// has reports that a file is listed.
func (m *manifest) has(path string) bool {
	_, listed := m.entries[path]
	return listed
}

// listing is the manifest with what it says. It must be as a build writes it.
func (c *checker) listing() *manifest {
	m := c.manifest
	if m.parsed || m.data == nil {
		return m
	}
	m.parsed = true
	var err error
	if m.read, err = emit.ParseManifest(m.data); err != nil {
		m.read = nil
		d := c.tampered(emit.ManifestPath, "%s does not verify: %v", emit.ManifestPath, err)
		diag.WithHint(d, "Restore the output folder from git, or remove it and run jsc build.")
		return m
	}
	m.entries = make(map[string]emit.ManifestArtifact, len(m.read.Artifacts))
	for _, a := range m.read.Artifacts {
		m.entries[a.Path] = a
	}
	return m
}

// errOther is that a manifest goes on otherwise.
var errOther = errors.New("another manifest")

// is reports that the manifest is, to the byte, what a build writes of files with
// some digests.
func (m *manifest) is(l *emit.Layout, digests []string) bool {
	rest := m.data
	err := l.ManifestPieces(digests, func(piece []byte) error {
		if !bytes.HasPrefix(rest, piece) {
			return errOther
		}
		rest = rest[len(piece):]
		return nil
	})
	return err == nil && len(rest) == 0
}

// judgeManifest compares the manifest's entries with the files and tokens that
// it is about. written is whether a build writes it now: where all else is as it
// should be, so is what it says.
func (c *checker) judgeManifest(written bool, made *content) {
	const name = emit.ManifestPath
	clean := len(c.diags) == 0
	if !c.files[name] {
		c.stale(name, "%s is missing", name)
		return
	}
	if !c.plain && clean && written && !emit.HasReplacement(c.manifest.data) {
		return
	}
	m := c.listing().read
	switch {
	case c.manifest.odd != nil:
		c.tellOdd(name, c.manifest.odd)
		return
	case m == nil:
		return // told
	}
	for _, entry := range m.Artifacts {
		var is *compared
		if i := made.layout.Find(entry.Path); i >= 0 {
			is = &made.files[i]
		}
		if why := c.judgeListed(entry, is); why != "" {
			c.tampered(name, "%s says of %s what is not so: %s", name, entry.Path, why)
			return
		}
	}
	if clean && !written {
		c.tampered(name, "%s is not what a build writes of these files", name)
	}
}

// judgeListed says what an entry has wrong of a file that is there; a file that
// is not as a build writes it has a finding of its own. r is nil of a file that
// the topology does not give.
func (c *checker) judgeListed(entry emit.ManifestArtifact, r *compared) string {
	if !folder.Made(entry.Path) {
		return "it is no file that jsc makes"
	}
	if !c.files[entry.Path] || c.told[entry.Path] || c.told[c.byPath[entry.Path]] || c.told[c.byPath[claimsOf(entry.Path)]] {
		return ""
	}
	if r != nil && r.made == nil && entry.SHA256 != r.digest {
		return "its digest"
	}
	token := c.byID[c.byPath[entry.Path]]
	if token == nil {
		token = c.byID[c.byPath[claimsOf(entry.Path)]]
	}
	if token == nil {
		return ""
	}
	d := token.claims.Claims()
	if entry.Subject != d.Subject || entry.Issuer != d.Issuer || entry.IssuedAt != d.IssuedAt || entry.Expires != d.Expires {
		return "its token's subject, issuer or times"
	}
	return ""
}

package check

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/emit/diff"
	"jsc/emit/folder"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// readManifest reads the manifest, which must be as a build writes it.
func (c *checker) readManifest() error {
	c.listed = map[string]emit.ManifestArtifact{}
	data, err := c.Folder.ReadFile(emit.ManifestPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c.manifest, err = emit.ParseManifest(data)
	if err != nil {
		c.tampered(emit.ManifestPath, "%s does not verify: %v", emit.ManifestPath, err)
		return nil
	}
	c.manifestDigest = folder.Digest(data)
	for _, a := range c.manifest.Artifacts {
		c.listed[a.Path] = a
	}
	return nil
}

// compared is how one file is beside what the topology gives.
type compared struct {
	missing bool
	unknown bool   // it holds a token that is not there, or does not verify
	digest  string // of the file
	fresh   string // of what the topology gives
	// data and made are the file and what the topology gives; nil where both are
	// the same.
	data, made []byte
}

// compare compares every file of the layout with what is in the folder, byte for
// byte, and keeps no more of them in memory than what differs.
func (c *checker) compare(layout *emit.Layout) ([]compared, error) {
	all := make([]compared, len(layout.Artifacts))
	return all, parallel.Try(len(all), func(i int) (err error) {
		all[i], err = c.compareOne(&layout.Artifacts[i])
		return err
	})
}

func (c *checker) compareOne(a *emit.Artifact) (compared, error) {
	made, err := a.Make()
	if err != nil {
		return compared{}, err
	}
	r := compared{fresh: folder.Digest(made), unknown: emit.Unsigned(made)}
	data, err := c.Folder.ReadFile(a.Path)
	switch {
	case isGone(err):
		r.missing = true
	case err != nil:
		return compared{}, err
	case bytes.Equal(data, made):
		r.digest = r.fresh
	default:
		r.digest, r.data, r.made = folder.Digest(data), data, made
	}
	return r, nil
}

// judgeFiles tells of every file that is not what the topology gives.
func (c *checker) judgeFiles(layout *emit.Layout) error {
	all, err := c.compare(layout)
	if err != nil {
		return err
	}
	digests := make([]string, len(all))
	expected := make(map[string]*compared, len(all))
	for i, a := range layout.Artifacts {
		digests[i] = all[i].fresh
		expected[a.Path] = &all[i]
		c.judgeFile(a.Path, &all[i])
	}
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if expected[name] != nil || c.told[name] {
			continue
		}
		_, listed := c.listed[name]
		switch {
		case name == emit.ManifestPath:
		case listed:
			c.stale(name, "%s is there, and the topology gives no such file", name)
		case path.Ext(name) == ".jwt":
			c.tell(diag.New("artifact-foreign", c.file(name), name), name)
		}
	}
	fresh := layout.Manifest(digests)
	c.judgeManifest(fresh, expected, len(c.diags) == 0)
	return nil
}

// judgeFile tells how one file differs from what the topology gives. What holds
// a token that is not there, or does not verify, can only be compared once that
// is mended.
func (c *checker) judgeFile(name string, r *compared) {
	switch {
	case c.told[name]:
		return
	case r.missing:
		if !c.told[c.byPath[name]] && !c.told[c.byPath[claimsOf(name)]] {
			c.stale(name, "%s is missing", name)
		}
		return
	case r.made == nil || c.told[c.byPath[name]]:
		return
	}
	switch {
	case path.Ext(name) == ".jwt" && !r.unknown:
		c.tampered(name, "%s is not the token alone, in the form that a build writes", name)
	case r.unknown:
	default:
		d := c.stale(name, "%s is not what %s", name, c.author(name, r.digest))
		if fields, err := diff.JSON(r.data, r.made); err == nil {
			for _, line := range lines(fields) {
				diag.WithNote(d, hcl.Range{}, "%s", line)
			}
		}
	}
}

// claimsOf is the path of the token that a file of decoded claims is of.
func claimsOf(name string) string {
	if is("accounts/*.json", name) {
		return name[:len(name)-len("json")] + "jwt"
	}
	return ""
}

// author says who would have written a file otherwise: where the manifest has
// its digest, the topology changed; else somebody changed the file.
func (c *checker) author(name, digest string) string {
	if entry, listed := c.listed[name]; listed && entry.SHA256 != digest {
		return "the last build wrote"
	}
	return "the topology says"
}

// judgeManifest compares the manifest's entries with the files and tokens that
// it is about. clean says that all else is as it should be.
func (c *checker) judgeManifest(fresh []byte, expected map[string]*compared, clean bool) {
	const name = emit.ManifestPath
	switch {
	case !c.files[name]:
		c.stale(name, "%s is missing", name)
		return
	case c.manifest == nil:
		return // told
	case c.manifest.Lock != filepath.Base(c.LockPath):
		c.tampered(name, "%s is of a build with the lock %q, not %q", name, c.manifest.Lock, filepath.Base(c.LockPath))
		return
	}
	for _, entry := range c.manifest.Artifacts {
		if why := c.judgeListed(entry, expected[entry.Path]); why != "" {
			c.tampered(name, "%s says of %s what is not so: %s", name, entry.Path, why)
			return
		}
	}
	if clean && c.manifestDigest != folder.Digest(fresh) {
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

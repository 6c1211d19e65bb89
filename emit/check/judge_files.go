package check

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/emit/diff"
	"jsc/emit/folder"
	"jsc/schema/diag"
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
	for _, a := range c.manifest.Artifacts {
		c.listed[a.Path] = a
	}
	return nil
}

// judgeFiles compares every file with what the topology gives, byte for byte.
func (c *checker) judgeFiles(rendered []emit.Artifact) error {
	var fresh *emit.Manifest
	expected := map[string]emit.Artifact{}
	for _, a := range rendered {
		if a.Path == emit.ManifestPath {
			var err error
			if fresh, err = emit.ParseManifest(a.Data); err != nil {
				return fmt.Errorf("read the manifest as rendered: %w", err)
			}
			continue
		}
		expected[a.Path] = a
		if err := c.judgeFile(a); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if _, due := expected[name]; due || c.told[name] {
			continue
		}
		_, listed := c.listed[name]
		switch {
		case listed:
			c.stale(name, "%s is there, and the topology gives no such file", name)
		case path.Ext(name) == ".jwt":
			c.tell(diag.New("artifact-foreign", c.file(name), name), name)
		}
	}
	return c.judgeManifest(fresh, expected, len(c.diags) == 0)
}

// judgeFile compares one file with what the topology gives.
func (c *checker) judgeFile(a emit.Artifact) error {
	if c.told[a.Path] {
		return nil
	}
	// What holds a token that is not there, or does not verify, can only be
	// compared once that is mended.
	unknown := emit.Unsigned(string(a.Data))
	data, err := c.Folder.ReadFile(a.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !c.told[c.byPath[a.Path]] && !c.told[c.byPath[claimsOf(a.Path)]] {
			c.stale(a.Path, "%s is missing", a.Path)
		}
		return nil
	case err != nil:
		return err
	case bytes.Equal(data, a.Data) || c.told[c.byPath[a.Path]]:
		return nil
	}
	switch {
	case path.Ext(a.Path) == ".jwt" && !unknown:
		c.tampered(a.Path, "%s is not the token alone, in the form that a build writes", a.Path)
	case unknown:
	default:
		d := c.stale(a.Path, "%s is not what %s", a.Path, c.author(a.Path, data))
		if fields, err := diff.JSON(data, a.Data); err == nil {
			for _, line := range lines(fields) {
				diag.WithNote(d, hcl.Range{}, "%s", line)
			}
		}
	}
	return nil
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
func (c *checker) author(name string, data []byte) string {
	if entry, listed := c.listed[name]; listed && entry.SHA256 != folder.Digest(data) {
		return "the last build wrote"
	}
	return "the topology says"
}

// judgeManifest compares the manifest's entries with the files and tokens that
// it is about. clean says that all else is as it should be.
func (c *checker) judgeManifest(fresh *emit.Manifest, expected map[string]emit.Artifact, clean bool) error {
	const name = emit.ManifestPath
	switch {
	case !c.files[name]:
		c.stale(name, "%s is missing", name)
		return nil
	case c.manifest == nil:
		return nil // told
	case c.manifest.Lock != fresh.Lock:
		c.tampered(name, "%s is of a build with the lock %q, not %q", name, c.manifest.Lock, fresh.Lock)
		return nil
	}
	for _, entry := range c.manifest.Artifacts {
		if why, err := c.judgeListed(entry, expected); err != nil {
			return err
		} else if why != "" {
			c.tampered(name, "%s says of %s what is not so: %s", name, entry.Path, why)
			return nil
		}
	}
	if clean && !reflect.DeepEqual(c.manifest, fresh) {
		c.tampered(name, "%s is not what a build writes of these files", name)
	}
	return nil
}

// judgeListed says what an entry has wrong of a file that is there; a file that
// is not as a build writes it has a finding of its own.
func (c *checker) judgeListed(entry emit.ManifestArtifact, expected map[string]emit.Artifact) (string, error) {
	if !folder.Made(entry.Path) {
		return "it is no file that jsc makes", nil
	}
	data, err := c.Folder.ReadFile(entry.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if c.told[entry.Path] || c.told[c.byPath[entry.Path]] || c.told[c.byPath[claimsOf(entry.Path)]] {
		return "", nil
	}
	a, due := expected[entry.Path]
	if due && bytes.Equal(data, a.Data) && entry.SHA256 != folder.Digest(data) {
		return "its digest", nil
	}
	token := c.byID[c.byPath[entry.Path]]
	if token == nil {
		token = c.byID[c.byPath[claimsOf(entry.Path)]]
	}
	if token == nil {
		return "", nil
	}
	d := token.claims.Claims()
	if entry.Subject != d.Subject || entry.Issuer != d.Issuer || entry.IssuedAt != d.IssuedAt || entry.Expires != d.Expires {
		return "its token's subject, issuer or times", nil
	}
	return "", nil
}

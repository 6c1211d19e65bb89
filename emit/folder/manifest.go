package folder

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jsc/compiler/canonical"
)

// manifest is what this package reads of manifest.json: what the last build
// made. What else is there is the caller's.
type manifest struct {
	lock   string      // file name of the lock that the folder is made from
	files  []entry     // their paths and digests, sorted; it may list itself
	digest string      // its own
	print  fingerprint // of its file, where it was known; else nothing
}

// manifestFormat is the format of manifest.json that this package reads.
const manifestFormat = 1

// damaged says what is wrong with a manifest, and the way out.
func damaged(format string, args ...any) error {
	return fmt.Errorf(format+"; restore the output folder from git, or remove it and build again", args...)
}

func parseManifest(data []byte) (*manifest, error) {
	var raw struct {
		Format    int    `json:"format"`
		Lock      string `json:"lock"`
		Artifacts []struct {
			Path   string `json:"path"`
			SHA256 string `json:"sha256"`
		} `json:"artifacts"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, damaged("%w", canonical.Fault(data, err))
	}
	if raw.Format != manifestFormat {
		return nil, fmt.Errorf("its format is %d, this jsc knows %d", raw.Format, manifestFormat)
	}
	m := &manifest{digest: Digest(data), lock: raw.Lock, files: make([]entry, len(raw.Artifacts))}
	for i, a := range raw.Artifacts {
		switch {
		case !Made(a.Path) || a.Path == manifestPath:
			return nil, damaged("it lists %q, which is no file that jsc makes", a.Path)
		case len(a.SHA256) != 64 || strings.Trim(a.SHA256, "0123456789abcdef") != "":
			return nil, damaged("it lists %s with %q, which is no SHA-256", a.Path, a.SHA256)
		}
		m.files[i] = entry{path: a.Path, Known: Known{Digest: a.SHA256}}
	}
	slices.SortFunc(m.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	for i, e := range m.files[:max(0, len(m.files)-1)] {
		if m.files[i+1].path == e.path {
			return nil, damaged("it lists %s twice", e.path)
		}
	}
	return m, nil
}

func (m *manifest) path(i int) string { return m.files[i].path }

// lists reports whether a path is in the manifest, or its own.
func (m *manifest) lists(path string) bool {
	_, found := slices.BinarySearchFunc(m.files, path, comparePath)
	return found || path == manifestPath
}

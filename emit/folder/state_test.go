package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// newPlace returns a place in a new folder: nothing is built there yet.
func newPlace(t testing.TB) Place {
	dir := t.TempDir()
	return Place{Out: filepath.Join(dir, "generated"), Lock: filepath.Join(dir, "x.lock.json")}
}

// withManifest adds the manifest of the files.
func withManifest(files []File, lock string) []File {
	type artifact struct {
		Path   string `json:"path"`
		SHA256 string `json:"sha256"`
		Kind   string `json:"kind"`
	}
	m := struct {
		Format    int        `json:"format"`
		Lock      string     `json:"lock"`
		Artifacts []artifact `json:"artifacts"`
	}{Format: 1, Lock: lock}
	for _, f := range files {
		m.Artifacts = append(m.Artifacts, artifact{f.Path, Digest(f.Data), "any"})
	}
	data, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return append(files, File{Path: "manifest.json", Data: data})
}

// generation returns the whole state of the n-th build: some files change, some
// never do, some come and go, some with their folders. Generation 0 is nothing.
func generation(n int) (files []File, lock []byte) {
	if n == 0 {
		return nil, nil
	}
	text := []byte(fmt.Sprintf("generation %d\n", n))
	files = []File{
		{Path: "operator.jwt", Data: []byte("always the same\n")},
		{Path: "operator.conf", Data: text},
		{Path: "accounts/A.jwt", Data: text},
		{Path: fmt.Sprintf("accounts/G%d.json", n%3), Data: text, Pieces: byBytes(text)},
		{Path: fmt.Sprintf("jetstream/A%d/S.json", n%2), Data: text, Pieces: byBytes(text)},
		{Path: fmt.Sprintf("jetstream/A%d/S/C.json", n%2), Data: text},
	}
	return withManifest(files, "x.lock.json"), fmt.Appendf(nil, "lock %d\n", n)
}

// byBytes hands data over byte by byte.
func byBytes[S string | []byte](data S) func(room []byte, take func([]byte) error) ([]byte, error) {
	return func(room []byte, take func([]byte) error) ([]byte, error) {
		for i := range len(data) {
			room = append(room[:0], data[i])
			if err := take(room); err != nil {
				return room, err
			}
			room[0] = '?'
		}
		return room, nil
	}
}

// generationOf returns which generation a view shows, or an error if it is no
// whole one.
func generationOf(v *View) (int, error) {
	n := 0
	lock, exists := v.Lock()
	if exists {
		if _, err := fmt.Sscanf(string(lock), "lock %d\n", &n); err != nil {
			return 0, fmt.Errorf("lock %q: %w", lock, err)
		}
	}
	files, _ := generation(n)
	want := map[string]string{}
	for _, f := range files {
		want[f.Path] = string(f.Data)
	}
	got, err := contentOf(v)
	if err != nil {
		return 0, err
	}
	if !maps.Equal(got, want) {
		return 0, fmt.Errorf("the lock is of generation %d, and the folder holds %v", n, got)
	}
	return n, nil
}

func contentOf(v *View) (map[string]string, error) {
	names, err := v.Paths()
	if err != nil {
		return nil, err
	}
	content := map[string]string{}
	for _, name := range names {
		data, digest, err := v.ReadDigest(name)
		if err == nil && digest != Digest(data) {
			err = fmt.Errorf("%s is the digest of %s", digest, name)
		}
		if err != nil {
			return nil, err
		}
		content[name] = string(data)
	}
	return content, nil
}

// readGeneration returns the whole generation that a reader sees.
func readGeneration(t testing.TB, place Place) int {
	t.Helper()
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	n, err := generationOf(v)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func mustOpen(t testing.TB, place Place) *Folder {
	t.Helper()
	f, err := Open(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// build opens, commits a generation, and closes.
func build(t testing.TB, place Place, n int) Summary {
	t.Helper()
	f := mustOpen(t, place)
	defer f.Close()
	files, lock := generation(n)
	s, err := f.Commit(t.Context(), files, lock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tree lists everything below a folder, with content: what is on disk, journals
// and stages included.
func tree(t testing.TB, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := filepath.Rel(dir, name)
		if entry.Type().IsRegular() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %q", data)
		} else {
			line += " " + entry.Type().String()
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func writeFile(t testing.TB, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

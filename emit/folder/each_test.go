package folder

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadEach: many files are read as they are one by one, and each with its
// digest, also what is no file, or lies behind a symbolic link, or outside.
func TestReadEach(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	write := func(path, data string) string {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return path[strings.IndexByte(path, '/')+1:]
	}
	paths := []string{
		write("out/a/large", strings.Repeat("large", 1e5)), write("out/a/small", "small"), write("out/a/b/c/deep", "deep"),
		write("out/a/b/deeper", ""), write("out/ab", "ab"), write("out/manifest.json", "{}"),
		"", ".", "..", "a", "a/", "a/../ab", "../secret", "missing", "missing/too", "ab/x", "inside", "outside", "to/small", "away/secret",
	}
	write("secret", "secret")
	for link, to := range map[string]string{"inside": "ab", "outside": "../secret", "to": "a", "away": ".."} {
		if err := os.Symlink(to, filepath.Join(out, link)); err != nil {
			t.Fatal(err)
		}
	}
	view, err := Read(t.Context(), Place{Out: out, Lock: filepath.Join(dir, "jsc.lock.json")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	for range 3 {
		paths = append(paths, paths...) // so that readers come from everywhere
	}
	slices.Reverse(paths)
	got := make([]string, len(paths))
	err = ReadEach(view, paths, func() int { return 7 }, func(own, i int, data []byte, err error) error {
		if own != 7 {
			t.Errorf("own is %d", own)
		}
		got[i] = result(data, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		if want := result(view.ReadFile(path)); got[i] != want {
			t.Errorf("%s: %.60s, not %.60s", path, got[i], want)
		}
		data, digest, err := view.ReadDigest(path)
		if at := result(data, err); at != got[i] || err == nil && digest != Digest(data) {
			t.Errorf("%s: %.60s with %s at once, not %.60s", path, at, digest, got[i])
		}
	}
}

func result(data []byte, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return "data: " + string(data)
}

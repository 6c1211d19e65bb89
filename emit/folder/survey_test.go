package folder

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestListedKinds: what folders list of what is in them is what there is when one
// looks, and as package filepath finds it.
func TestListedKinds(t *testing.T) {
	out := t.TempDir()
	for i := range 300 { // of names of all lengths: more than one system call lists
		name := filepath.Join(out, "many", fmt.Sprint(i, strings.Repeat("x", i%200)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"empty", "deep/er", "many/dir", ".hidden/dir"} {
		if err := os.MkdirAll(filepath.Join(out, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Hidden folders hide nothing but what is no output.
	for _, name := range []string{".hidden/x.jwt", "deep/.hidden/x.jwt", "deep/.git/x.jwt", ".git/x", ".jsc-stage/x"} {
		if err := os.MkdirAll(filepath.Join(out, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"to-file": "many/0", "to-dir": "many", "to-none": "none", "deep/up": ".."} {
		if err := os.Symlink(to, filepath.Join(out, link)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := openDisk(out, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	looked, err := d.survey()
	if err != nil {
		t.Fatal(err)
	}
	listed, err := d.surveyed(false)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for i := range listed.files {
		files = append(files, listed.path(i))
	}
	if !slices.EqualFunc(looked.files, files, func(f seen, name string) bool { return f.path == name }) ||
		!slices.Equal(looked.dirs, listed.dirs) || !maps.Equal(looked.odd, listed.odd) {
		t.Errorf("listed are %v\nand there are %v", listed, looked)
	}
	var want []string
	err = filepath.WalkDir(out, func(name string, e fs.DirEntry, err error) error {
		if apart := []string{filepath.Join(out, ".git"), filepath.Join(out, ".jsc-stage")}; slices.Contains(apart, name) {
			return fs.SkipDir
		}
		if err == nil && e.Type().IsRegular() {
			relative, err := filepath.Rel(out, name)
			want = append(want, filepath.ToSlash(relative))
			return err
		}
		return err
	})
	if slices.Sort(want); err != nil || !slices.Equal(files, want) {
		t.Errorf("listed are %v, and there are %v, %v", files, want, err)
	}
	if len(listed.odd) != 4 {
		t.Errorf("odd are %v", listed.odd)
	}
}

// TestPathsStay: a view's paths are those of one moment, whatever is done to the
// list.
func TestPathsStay(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	write := func(name string) {
		t.Helper()
		if err := os.MkdirAll(out, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a")
	write("b")
	view, err := Read(t.Context(), Place{Out: out, Lock: filepath.Join(dir, "jsc.lock.json")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	for range 2 {
		paths, err := view.Paths()
		if err != nil || !slices.Equal(paths, []string{"a", "b"}) {
			t.Fatalf("paths are %q, %v", paths, err)
		}
		paths[0] = "x"
		write("c")
	}
}

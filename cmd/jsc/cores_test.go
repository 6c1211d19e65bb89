package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCores: what is written, and said, does not depend on how many processors
// there are.
func TestCores(t *testing.T) {
	folders, err := filepath.Glob("../../examples/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
				t.Fatal(err)
			}
			for _, env := range environments(t, dir) {
				runs(t, append([]string{"keys", "generate", dir}, env...)...)
				pinned := filesOf(t, dir)
				var first map[string]string
				for _, cores := range []int{1, 8} {
					runtime.GOMAXPROCS(cores)
					restore(t, dir, pinned)
					said, _ := runs(t, append([]string{"lint", dir, "--now", "2027-01-31T00:00:00Z", "--format", "json"}, env...)...)
					runs(t, append([]string{"build", dir, "--now", "2027-01-31T00:00:00Z", "--quiet"}, env...)...)
					got := filesOf(t, dir)
					got["lint"] = said
					if first == nil {
						first = got
					}
					if diff := cmp.Diff(first, got); diff != "" {
						t.Errorf("%v with %d processors (-1 processor):\n%s", env, cores, diff)
					}
				}
			}
		})
	}
}

// filesOf are the files of a folder but for jsc's own, which nobody else reads.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".jsc":
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// restore makes a folder's files what they were.
func restore(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for path := range filesOf(t, dir) {
		if _, kept := files[path]; !kept {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, ".jsc", "cache")); err != nil {
		t.Fatal(err)
	}
	for path, data := range files {
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

package git

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// lose removes the object of a revision from its repository: nobody can read it,
// nor find out how large it was.
func lose(t *testing.T, dir, name string) {
	t.Helper()
	out, err := exec.Command("git", "-C", dir, "rev-parse", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.TrimSpace(string(out))
	if err := os.Remove(filepath.Join(dir, ".git", "objects", hash[:2], hash[2:])); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, dir string) *Revision {
	t.Helper()
	rev, err := Open(t.Context(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rev.Close)
	return rev
}

func treeOf(t *testing.T, rev *Revision, dir string, limit int64) *Tree {
	t.Helper()
	tree, err := rev.Tree(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// counted counts the objects whose bytes a revision reads from now on.
func counted(t *testing.T, rev *Revision) func() int {
	log := filepath.Join(t.TempDir(), "asked")
	rev.contents.begin = func() *exec.Cmd {
		return exec.Command("sh", "-c", `tee -a "$0" | git -C "$1" cat-file --batch`, log, rev.top)
	}
	return func() int {
		asked, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		return strings.Count(string(asked), "\n")
	}
}

func TestTree(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		dir := t.TempDir()
		gitIn(t, dir, "init", "-q", "--object-format="+format)
		for _, name := range []string{"a.hcl", "b/c.hcl", "b/d/e f\ng", "z"} {
			write(t, filepath.Join(dir, name), name)
		}
		write(t, filepath.Join(dir, "empty"), "")
		if err := errors.Join(os.Chmod(filepath.Join(dir, "z"), 0o755), os.Symlink("a.hcl", filepath.Join(dir, "b", "link"))); err != nil {
			t.Fatal(err)
		}
		gitIn(t, dir, "add", "-A")
		gitIn(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", map[string]int{"sha1": 40, "sha256": 64}[format])+",submodule")
		gitIn(t, dir, "commit", "-q", "-m", "first")
		rev := opened(t, dir)
		tree := treeOf(t, rev, dir, 1<<20)
		if err := fstest.TestFS(tree, "a.hcl", "b/c.hcl", "b/d/e f\ng", "b/link", "empty", "z"); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if info, err := fs.Lstat(tree, "b/link"); err != nil || info.Mode().Type() != fs.ModeSymlink {
			t.Errorf("%s: a link is %v, %v", format, info, err)
		}
		for _, name := range []string{"submodule", "submodule/x", "b/link/x", "a.hcl/x", "", "b/", "/b", "b/../a.hcl"} {
			if _, err := tree.Open(name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %q: %v", format, name, err)
			}
		}
		for _, name := range []string{"none", "a.hcl", "submodule"} {
			all, err := fs.Glob(treeOf(t, rev, filepath.Join(dir, name), 1<<20), "*")
			if err != nil || len(all) > 0 {
				t.Errorf("%s: in %s there are %q, %v", format, name, all, err)
			}
		}
	}
}

// Of what is not asked for nothing is read, however much it is: a repository holds
// more than topologies.
func TestTreeReadsWhatIsAsked(t *testing.T) {
	dir := repository(t, map[string]string{
		"topology.hcl": "x", "modules/a/main.hcl": "a", "film.bin": "large", "modules/b/main.hcl": "b", "data/many": "many",
	})
	for _, name := range []string{"HEAD:film.bin", "HEAD:data/many", "HEAD:data", "HEAD:modules/b"} {
		lose(t, dir, name)
	}
	rev := opened(t, dir)
	count := counted(t, rev)
	tree := treeOf(t, rev, dir, 1<<20)
	read := func() {
		t.Helper()
		for name, want := range map[string]string{"topology.hcl": "x", "modules/a/main.hcl": "a"} {
			if data, err := fs.ReadFile(tree, name); err != nil || string(data) != want {
				t.Errorf("%s is %q, %v", name, data, err)
			}
		}
	}
	read()
	if data, err := rev.File(filepath.Join(dir, "topology.hcl"), 1); err != nil || string(data) != "x" {
		t.Errorf("a file is %q, %v", data, err)
	}
	if all, err := fs.Glob(tree, "*"); err != nil || len(all) != 5 {
		t.Errorf("there are %q, %v", all, err)
	}
	// Three folders, each once, and three times a file.
	if n := count(); n != 6 {
		t.Errorf("%d objects are read", n)
	}
	// What git cannot give is no file that was not there.
	for _, name := range []string{"film.bin", "data/many", "modules/b/main.hcl"} {
		if _, err := fs.Stat(tree, name); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "HEAD:"+name+": git answers") {
			t.Errorf("%s: %v", name, err)
		}
		if data, err := rev.File(filepath.Join(dir, name), 1<<20); err == nil || !strings.Contains(err.Error(), "git answers") {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	read()
}

// What is larger than its reader bears is not read, though its size is told: git does
// not have to give it.
func TestTreeOfLargeFiles(t *testing.T) {
	const limit = 1 << 20
	dir := repository(t, map[string]string{"fits": strings.Repeat("x", limit), "large": strings.Repeat("y", limit+1)})
	rev := opened(t, dir)
	count := counted(t, rev)
	tree := treeOf(t, rev, dir, limit)
	if info, err := fs.Stat(tree, "large"); err != nil || info.Size() != limit+1 {
		t.Errorf("it is %v, %v", info, err)
	}
	if data, err := fs.ReadFile(tree, "large"); err == nil || !strings.Contains(err.Error(), "HEAD:large: it is larger than 1 MiB") {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if data, err := rev.File(filepath.Join(dir, "large"), limit); err == nil || !strings.Contains(err.Error(), "it is larger than 1 MiB") {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if data, err := fs.ReadFile(tree, "fits"); err != nil || len(data) != limit {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if n := count(); n != 2 { // the folder and what fits
		t.Errorf("%d objects are read", n)
	}
}

// A process that ends is told of, and the next question begins another.
func TestTreeWhenGitBreaksOff(t *testing.T) {
	dir := repository(t, map[string]string{"a": "a", "b": "b"})
	rev := opened(t, dir)
	tree := treeOf(t, rev, dir, 1<<20)
	if _, err := fs.ReadFile(tree, "a"); err != nil {
		t.Fatal(err)
	}
	if err := rev.contents.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(tree, "b"); err == nil || !strings.Contains(err.Error(), "HEAD:b: git: signal: killed") {
		t.Errorf("of a process that was killed: %v", err)
	}
	if data, err := fs.ReadFile(tree, "b"); err != nil || string(data) != "b" {
		t.Errorf("of the next: %q, %v", data, err)
	}
}

// Of git's answers none is believed that is damaged.
func TestParseDir(t *testing.T) {
	hash := strings.Repeat("h", 20)
	for _, data := range []string{"100644", "100644 a", "100644 a\x00", "100644 a\x00" + hash[1:], "10064x a\x00" + hash, "100644 a\x00" + hash + "x"} {
		if all, err := parseDir([]byte(data), 20); err == nil {
			t.Errorf("%q is %v", data, all)
		}
	}
}

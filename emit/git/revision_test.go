package git

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jsc/schema"
)

// repository is a new git repository with some files committed.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	gitIn(t, dir, "init", "-q")
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	if err := os.Symlink("topology.hcl", filepath.Join(dir, "link.hcl")); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-q", "-m", "first")
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func gitIn(t testing.TB, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=n@example.com"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// A revision's files come from git's objects: whatever the work tree, its
// attributes and filters say.
func TestRevision(t *testing.T) {
	dir := repository(t, map[string]string{
		"topology.hcl":        "# $Format:%H$\r\n",
		"modules/a/main.hcl":  "a",
		"generated/x.json":    "x",
		"odd name\twith.hcl":  "odd",
		".gitattributes":      "*.hcl export-subst export-ignore filter=x text eol=lf\n",
		"elsewhere/other.hcl": "other",
	})
	write(t, filepath.Join(dir, "topology.hcl"), "changed since")
	write(t, filepath.Join(dir, "new.hcl"), "new")
	gitIn(t, dir, "config", "filter.x.smudge", "false")
	gitIn(t, dir, "config", "filter.x.required", "true")
	t.Setenv("GIT_DIR", filepath.Join(dir, "nowhere"))
	rev, err := Open(t.Context(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := rev.Tree(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"topology.hcl": "# $Format:%H$\n", "modules/a/main.hcl": "a", "odd name\twith.hcl": "odd", "elsewhere/other.hcl": "other",
	} {
		if got, err := schema.ReadFile(tree, name); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	if _, err := schema.ReadFile(tree, "new.hcl"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that came later: %v", err)
	}
	if _, err := schema.ReadFile(tree, "link.hcl"); err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("a symbolic link: %v", err)
	}
	if data, err := rev.File(filepath.Join(dir, "modules/a/main.hcl"), 1<<20); err != nil || string(data) != "a" {
		t.Errorf("one file: %q, %v", data, err)
	}
	for _, name := range []string{"none.hcl", "modules/a", "link.hcl"} {
		if data, err := rev.File(filepath.Join(dir, name), 1<<20); err != nil || data != nil {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if _, err := rev.File(filepath.Join(dir, "../x"), 1<<20); err == nil {
		t.Error("a file outside of the work tree is read")
	}
	if text, err := os.ReadFile(filepath.Join(dir, "topology.hcl")); err != nil || string(text) != "changed since" {
		t.Errorf("the work tree is touched: %q, %v", text, err)
	}
	below, err := rev.Tree(filepath.Join(dir, "modules"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := schema.ReadFile(below, "a/main.hcl"); err != nil || string(got) != "a" {
		t.Errorf("of a folder: %q, %v", got, err)
	}
	for _, said := range []string{"nowhere", "--help", "HEAD~1", "HEAD:topology.hcl"} {
		if _, err := Open(t.Context(), dir, said); err == nil {
			t.Errorf("there is a revision %s", said)
		}
	}
}

// Who makes a commit must not choose the repository that the commit is judged
// by: neither by files that look like a repository, nor by a submodule.
func TestRevisionOfAnotherRepository(t *testing.T) {
	dir := repository(t, map[string]string{"topology.hcl": "real", "infra/topology.hcl": "real"})
	infra := filepath.Join(dir, "infra")
	if _, err := Open(t.Context(), infra, "HEAD"); err != nil {
		t.Fatal(err)
	}
	forged := repository(t, map[string]string{"topology.hcl": "forged"})
	for _, part := range []string{"objects", "refs"} {
		if err := os.CopyFS(filepath.Join(infra, part), os.DirFS(filepath.Join(forged, ".git", part))); err != nil {
			t.Fatal(err)
		}
	}
	head, err := os.ReadFile(filepath.Join(forged, ".git", "HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(infra, "HEAD"), string(head))
	for _, top := range []string{".", ".."} {
		write(t, filepath.Join(infra, "config"), "[core]\n\tbare = false\n\tworktree = "+top+"\n")
		if rev, err := Open(t.Context(), infra, "HEAD"); err == nil {
			t.Errorf("with the work tree %s, %s in %s is believed", top, rev.commit, rev.top)
		}
	}
	gitIn(t, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", forged, "partner")
	partner := filepath.Join(dir, "partner")
	t.Chdir(dir)
	if _, err := Open(t.Context(), partner, "HEAD"); err == nil || !strings.Contains(err.Error(), "submodule") {
		t.Errorf("a submodule: %v", err)
	}
	t.Chdir(partner)
	if _, err := Open(t.Context(), ".", "HEAD"); err != nil {
		t.Errorf("the working folder's own repository: %v", err)
	}
}

// A tag or a branch called as the branch that a pull request is against would
// be read in its place.
func TestRevisionAmbiguous(t *testing.T) {
	dir := repository(t, map[string]string{"topology.hcl": "x"})
	gitIn(t, dir, "update-ref", "refs/remotes/origin/main", "HEAD")
	if _, err := Open(t.Context(), dir, "origin/main"); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "tag", "origin/main")
	for _, said := range []string{"origin/main", "origin/main~0"} {
		if _, err := Open(t.Context(), dir, said); err == nil || !strings.Contains(err.Error(), "ambiguous") {
			t.Errorf("%s: %v", said, err)
		}
	}
	if _, err := Open(t.Context(), dir, "refs/remotes/origin/main"); err != nil {
		t.Error(err)
	}
}

// A link in the work tree must not say which place of the revision is read: it
// would lead to one where there was no lock and no policy.
func TestRevisionThroughLinks(t *testing.T) {
	dir := repository(t, map[string]string{"infra/topology.hcl": "real", "other/topology.hcl": "other"})
	outside := filepath.Join(t.TempDir(), "link")
	if err := errors.Join(
		os.Symlink("other", filepath.Join(dir, "linked")), os.Symlink(".", filepath.Join(dir, "itself")), os.Symlink(dir, outside),
	); err != nil {
		t.Fatal(err)
	}
	rev, err := Open(t.Context(), outside, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"linked/topology.hcl", "itself/infra/topology.hcl", "linked/none/topology.hcl"} {
		for _, top := range []string{dir, outside} {
			if data, err := rev.File(filepath.Join(top, name), 1<<20); err == nil || !strings.Contains(err.Error(), "symbolic link") {
				t.Errorf("%s in %s: %q, %v", name, top, data, err)
			}
		}
	}
	if data, err := rev.File(filepath.Join(outside, "infra", "topology.hcl"), 1<<20); err != nil || string(data) != "real" {
		t.Errorf("through a link outside of the work tree: %q, %v", data, err)
	}
	if _, err := rev.Tree(outside, 1<<20); err != nil {
		t.Errorf("the top, by a link outside of the work tree: %v", err)
	}
}

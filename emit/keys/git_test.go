package keys

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// repository makes a git work tree, with files by path and text; those in
// added are tracked.
func repository(t *testing.T, files map[string]string, added ...string) string {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	top := t.TempDir()
	runGit(t, top, "init", "-q")
	for path, text := range files {
		write(t, filepath.Join(top, path), text)
	}
	for _, path := range added {
		runGit(t, top, "add", "-f", path)
	}
	return top
}

func runGit(t *testing.T, folder string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", folder}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

func TestTrackedSeedsAreRefused(t *testing.T) {
	free, caught := Generate(Account), Generate(Account)
	freeSeed, caughtSeed := seedOf(t, free), seedOf(t, caught)
	for _, test := range map[string]struct{ free, caught, source string }{
		"nsc layout": {"keys/" + nested(free.public), "keys/" + nested(caught.public), "dir:keys"},
		"flat":       {"keys/" + free.public + ".nk", "keys/" + caught.public + ".nk", "dir:keys"},
		"whole tree": {nested(free.public), nested(caught.public), "dir:."},
		"a file":     {"other", "seeds", "file:seeds"},
	} {
		top := repository(t, map[string]string{test.free: freeSeed, test.caught: caughtSeed}, test.caught)
		r := open(t, Options{Sources: []string{test.source}, Dir: top})
		_, err := r.Signer("account/ACCTA", caught.public)
		refused(t, err, "key-in-tree", test.caught)
		if test.source != "file:seeds" {
			signs(t, r, free)
		}
	}
	// In a flat folder with names of one's own, the one file spoils all: it has
	// to be read to know whose it is.
	top := repository(t, map[string]string{"keys/a.nk": freeSeed, "keys/b.nk": caughtSeed}, "keys/b.nk")
	_, err := open(t, Options{Sources: []string{"dir:keys"}, Dir: top}).Signer("account/ACCTA", free.public)
	refused(t, err, "key-in-tree", "keys/b.nk")
	// Through a symbolic link of a folder, as from where git ignores seeds.
	top = repository(t, map[string]string{"seeds/" + nested(caught.public)[2:]: caughtSeed, ".jsc/keys/notes": ""}, "seeds")
	if err := os.Symlink("../../seeds", filepath.Join(top, ".jsc/keys/A")); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, Options{Root: top}).Signer("account/ACCTA", caught.public)
	refused(t, err, "key-in-tree", filepath.Join(top, "seeds"))
	// Through a symbolic link from outside.
	link := filepath.Join(t.TempDir(), "seeds")
	if err := os.Symlink(filepath.Join(top, "seeds", nested(caught.public)[2:]), link); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, Options{Sources: []string{"file:" + link}}).Signer("account/ACCTA", caught.public)
	refused(t, err, "key-in-tree", link)
}

func TestUntrackedSeedFile(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"seeds": seedOf(t, k)})
	signs(t, open(t, Options{Sources: []string{"file:seeds"}, Dir: top}), k)
}

// A hook runs with git's variables set for another repository, and others say how
// names are read.
func TestGitVariablesDoNotMislead(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"Seeds": seedOf(t, k)}, "Seeds")
	other := repository(t, nil)
	for name, value := range map[string]string{
		"GIT_DIR": filepath.Join(other, ".git"), "GIT_WORK_TREE": other, "GIT_COMMON_DIR": filepath.Join(other, ".git"),
		"GIT_INDEX_FILE": filepath.Join(other, ".git", "index"), "GIT_PREFIX": "below/",
		"GIT_OBJECT_DIRECTORY": filepath.Join(other, ".git", "objects"), "GIT_NAMESPACE": "other",
		"GIT_ICASE_PATHSPECS": "1", "GIT_GLOB_PATHSPECS": "1", "GIT_LITERAL_PATHSPECS": "1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			_, err := open(t, Options{Sources: []string{"file:Seeds"}, Dir: top}).Signer("account/ACCTA", k.public)
			refused(t, err, "key-in-tree", "Seeds")
			if _, why, err := notIgnored(t.Context(), []string{filepath.Join(top, "a.creds")}); err != nil || why == "" {
				t.Errorf("creds in the work tree: %q, %v", why, err)
			}
		})
	}
}

// Files that a commit brings can look like a bare repository around the keys, which
// tracks nothing. It is not asked.
func TestGitRepositoryAmongFiles(t *testing.T) {
	k := Generate(Account)
	forged := repository(t, nil)
	top := repository(t, map[string]string{"infra/keys/seeds": seedOf(t, k), "infra/keys/own.nk": seedOf(t, k), "infra/" + nested(k.public): seedOf(t, k)}, "infra")
	for _, name := range []string{"objects", "refs"} {
		if err := os.CopyFS(filepath.Join(top, "infra", name), os.DirFS(filepath.Join(forged, ".git", name))); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(top, "infra", "HEAD"), "ref: refs/heads/main\n")
	for _, tree := range []string{".", ".."} {
		write(t, filepath.Join(top, "infra", "config"), "[core]\n\tbare = false\n\tworktree = "+tree+"\n")
		for _, source := range []string{"file:infra/keys/seeds", "dir:infra/keys", "dir:infra"} {
			_, err := open(t, Options{Sources: []string{source}, Dir: top}).Signer("account/ACCTA", k.public)
			failed(t, err, "ask git what it tracks in "+filepath.Join(top, "infra"))
		}
	}
	// The test can fail: plain git believes the files.
	cmd := exec.Command("git", "-C", filepath.Join(top, "infra", "keys"), "ls-files")
	if out, err := cmd.Output(); err != nil || len(out) > 0 {
		t.Errorf("git lists %q, %v", out, err)
	}
}

func TestGitThatFails(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"seeds": seedOf(t, k)})
	write(t, filepath.Join(top, ".git", "config"), "[broken")
	_, err := open(t, Options{Sources: []string{"file:seeds"}, Dir: top}).Signer("account/ACCTA", k.public)
	failed(t, err, "ask git what it tracks in "+top)
}

// Without git nothing is known of a work tree, and seeds are used.
func TestSeedsWithoutGit(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"seeds": seedOf(t, k)}, "seeds")
	t.Setenv("PATH", t.TempDir())
	signs(t, open(t, Options{Sources: []string{"file:seeds"}, Dir: top}), k)
}

// The repository's own configuration runs no command of its choice.
func TestGitRunsNoMonitor(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"seeds": seedOf(t, k)})
	mark := filepath.Join(t.TempDir(), "mark")
	runGit(t, top, "config", "core.fsmonitor", "touch "+mark+"; false")
	signs(t, open(t, Options{Sources: []string{"file:seeds"}, Dir: top}), k)
	if _, err := os.Stat(mark); err == nil {
		t.Error("git ran the repository's fsmonitor")
	}
	// The test can fail: plain git does run it.
	runGit(t, top, "ls-files", "-m")
	runGit(t, top, "status")
	if _, err := os.Stat(mark); err != nil {
		t.Error("the monitor does not work at all")
	}
}

func TestStoredKeysAreIgnoredByGit(t *testing.T) {
	for _, source := range []string{"dir:.jsc/keys", "dir:seeds"} {
		top := repository(t, nil)
		path, err := storeSeed(open(t, Options{Sources: []string{source}, Dir: top}), Generate(Account))
		if err != nil {
			t.Fatal(err)
		}
		runGit(t, top, "check-ignore", "-q", path)
	}
}

// A branch that brings seeds, or links to where none may be stored, is found
// without a key.
func TestCheckTracked(t *testing.T) {
	for _, c := range []struct{ name, file, link, refused string }{
		{"nothing", "topology.hcl", "", ""},
		{"sealed seeds", ".jsc/keys/seeds.age", "", ""},
		{"a seed", ".jsc/keys/seed.nk", "", "git tracks the seed file .jsc/keys/seed.nk"},
		{"a link", "topology.hcl", ".jsc/keys/A", "git tracks the link .jsc/keys/A,"},
		{"the folder", "topology.hcl", ".jsc", "git tracks the link .jsc,"},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := repository(t, map[string]string{c.file: "no seed"})
			if c.link != "" {
				at := filepath.Join(top, c.link)
				if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink("there", at); err != nil {
					t.Fatal(err)
				}
			}
			runGit(t, top, "add", "-A")
			switch err := CheckTracked(t.Context(), top); {
			case c.refused != "":
				refused(t, err, "key-in-tree", c.refused)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

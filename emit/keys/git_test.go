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
	// Through a symbolic link from outside.
	link := filepath.Join(t.TempDir(), "seeds")
	if err := os.Symlink(filepath.Join(top, "keys", "b.nk"), link); err != nil {
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

// A hook runs with git's variables set for another repository.
func TestGitVariablesDoNotMislead(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"seeds": seedOf(t, k)}, "seeds")
	t.Setenv("GIT_DIR", filepath.Join(repository(t, nil), ".git"))
	_, err := open(t, Options{Sources: []string{"file:seeds"}, Dir: top}).Signer("account/ACCTA", k.public)
	refused(t, err, "key-in-tree", "seeds")
}

func TestGitThatFails(t *testing.T) {
	k := Generate(Account)
	top := repository(t, map[string]string{"seeds": seedOf(t, k)})
	write(t, filepath.Join(top, ".git", "config"), "[broken")
	_, err := open(t, Options{Sources: []string{"file:seeds"}, Dir: top}).Signer("account/ACCTA", k.public)
	failed(t, err, "ask git about "+top)
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
		path, err := open(t, Options{Sources: []string{source}, Dir: top}).Store(Generate(Account))
		if err != nil {
			t.Fatal(err)
		}
		runGit(t, top, "check-ignore", "-q", path)
	}
}

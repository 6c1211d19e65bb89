package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
	"github.com/spf13/cobra"

	"jsc/emit/keys"
)

// commandLines are the command lines that every command is tried with, its exit code
// first, and after a colon how it is told from others. They run in their order.
var commandLines = []string{
	"0 keys generate topology.hcl",
	"0 keys generate topology.hcl --format json",
	"1 keys generate broken.hcl",
	"1 keys generate topology.hcl --keys env:SEEDS --lock other.lock.json --out other",
	"0 build topology.hcl --creds ../creds",
	"0 build topology.hcl --format json",
	"0 build topology.hcl --locked",
	"3 build topology.hcl --locked --var about=changed",
	"1 build broken.hcl",
	"1 build topology.hcl --creds generated/creds",
	"1 build topology.hcl --lock other.lock.json",
	"1 build topology.hcl --lock other.lock.json --out other",
	"0 plan topology.hcl",
	"0 plan topology.hcl --format json --var about=changed",
	"0 plan topology.hcl --format markdown --against HEAD",
	"1 plan topology.hcl --against nowhere",
	"0 check topology.hcl",
	"0 check topology.hcl --format json",
	"0 check topology.hcl --format sarif",
	"0 check topology.hcl --format junit",
	"0 check topology.hcl --format github",
	"3 check topology.hcl --var about=changed",
	"1 check topology.hcl --require-trust",
	"0 lint topology.hcl",
	"0 lint topology.hcl --format sarif",
	"0 lint topology.hcl --format junit",
	"1 lint broken.hcl --format json",
	"0 verify topology.hcl --messages 10 --format junit",
	"1 verify broken.hcl",
	"0 explain share.pulled topology.hcl",
	"1 explain share.nothing topology.hcl",
	"0 graph topology.hcl",
	"1 graph broken.hcl",
	"0 init begun",
	"1 init topology.hcl",
	"0 fmt topology.hcl",
	"1 fmt broken.hcl",
	"0 fmt --diff topology.hcl",
	"0 keys list topology.hcl",
	"0 keys list topology.hcl --format json",
	"1 keys list topology.hcl --keys file:nowhere",
	"0 keys export --age ../sealed.age topology.hcl",
	"1 keys export --age ../sealed.age topology.hcl",
	"0 keys export --age ../again.age topology.hcl --format json",
	"1 keys export --age ../other.age topology.hcl --keys env:SEED",
	"0 keys import .jsc/keys --keys dir:copied topology.hcl",
	"0 keys import .jsc/keys --keys dir:copied topology.hcl --format json",
	"1 keys import .jsc/keys --keys env:SEED topology.hcl",
	"0 keys rotate account/A/signing/ci topology.hcl",
	"0 keys rotate operator/O/signing/ci topology.hcl --format json",
	"1 keys rotate account/A/signing/none topology.hcl",
	"1 keys rotate account/B/user/app topology.hcl --keys env:SEEDS",
	"0 build topology.hcl",
	"0 keys move account/B/user/app account/B/user/moved topology.hcl",
	"1 keys move account/NONE account/C topology.hcl",
	"0 keys move account/B/user/moved account/B/user/app topology.hcl",
	"0 lock merge topology.lock.json topology.lock.json topology.lock.json",
	"1 lock merge topology.lock.json broken.hcl topology.lock.json",
	"0 inspect generated",
	"0 inspect ../creds --format json",
	"1 inspect .jsc/keys",
	"1 inspect nowhere",
	"0 version",
	"2 version --format xml",
	"0 completion bash",
	"0 completion fish",
	"0 completion powershell",
	"0 completion zsh",
	"0 help keys",
	"2 nothing",
}

// TestNoSeedIsSeen runs every command, well and badly.
func TestNoSeedIsSeen(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys", "tree/copied", "creds"}
	w.write("tree/broken.hcl", "operator \"O\" {\n")
	w.git("init", "-q")
	w.git("add", "topology.hcl")
	w.git("-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", "begin")
	t.Setenv(keys.AgePassphrase, "correct horse battery staple")
	stray, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, _ := stray.Seed()
	t.Setenv("SEED", string(seed))
	w.know(string(seed))

	tried := map[string]bool{}
	for _, line := range commandLines {
		words := strings.Fields(line)
		code := int(words[0][0] - '0')
		cmd, _, err := newRoot(&terminal{}).Find(words[1:])
		if err != nil {
			cmd = newRoot(&terminal{})
		}
		tried[fmt.Sprint(cmd.CommandPath(), code == 0)] = true
		if strings.Contains(line, "env:SEEDS") {
			t.Setenv("SEEDS", strings.Join(w.seeds("tree/.jsc/keys"), "\n"))
		}
		w.run(code, words[1:]...)
		// What this run made is known, too.
		w.know(w.seeds("tree/.jsc/keys")...)
		w.holdsNoSeed(words)
	}
	if len(w.vault) < 10 {
		t.Errorf("there were %d seeds", len(w.vault))
	}
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			visit(c)
		}
		if cmd.HasSubCommands() {
			return
		}
		own := !strings.HasPrefix(cmd.CommandPath(), "jsc completion") && cmd.Name() != "help" // cobra's own do not fail
		if !tried[cmd.CommandPath()+"true"] || own && !tried[cmd.CommandPath()+"false"] {
			t.Errorf("%s is not tried both well and badly: add it to commandLines", cmd.CommandPath())
		}
		// A seed in the place of anything else is refused before it is used.
		w.run(exitUsage, append(strings.Fields(cmd.CommandPath())[1:], string(seed))...)
		w.run(exitUsage, append(strings.Fields(cmd.CommandPath())[1:], "--var=about="+string(seed))...)
	}
	visit(newRoot(&terminal{}))
	t.Logf("%d command lines, %d seeds", w.runs, len(w.vault))
}

// seeds are those in a folder of the world.
func (w *world) seeds(dir string) []string {
	w.t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join(w.dir, dir), func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !strings.HasSuffix(path, ".nk") {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		all = append(all, strings.TrimSpace(string(data)))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) git(args ...string) {
	w.t.Helper()
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		w.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

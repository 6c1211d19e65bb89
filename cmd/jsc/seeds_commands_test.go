package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nkeys"
	"github.com/spf13/cobra"

	"jsc/emit"
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

// misbehaving are what the signer that signerMain is answers to the seed and the
// data that it is asked to sign.
var misbehaving = map[string]func(seed string, pair nkeys.KeyPair, data []byte) string{
	"good": func(_ string, pair nkeys.KeyPair, data []byte) string {
		signature, err := pair.Sign(data)
		if err != nil {
			return ""
		}
		return `{"signature": "` + base64.StdEncoding.EncodeToString(signature) + `"}`
	},
	"error": func(seed string, _ nkeys.KeyPair, _ []byte) string { return `{"error": "cannot use ` + seed + `"}` },
	"cut": func(seed string, _ nkeys.KeyPair, _ []byte) string {
		return `{"error": "cannot use ` + seed[:57] + `"}`
	},
	"line":    func(seed string, _ nkeys.KeyPair, _ []byte) string { return seed },
	"answer":  func(seed string, _ nkeys.KeyPair, _ []byte) string { return `{"signature": "` + seed + `"}` },
	"address": func(seed string, _ nkeys.KeyPair, _ []byte) string { return `{"` + seed + `": 1}` },
	"dies":    func(string, nkeys.KeyPair, []byte) string { return "" },
	"talks": func(seed string, _ nkeys.KeyPair, _ []byte) string {
		fmt.Fprintln(os.Stderr, "signing with", seed)
		return `{"error": "no"}`
	},
}

// signerMain is a process of its own that keeps the seeds of a file: signer
// BEHAVIOR FILE.
func signerMain() {
	data, err := os.ReadFile(os.Args[2])
	if err != nil {
		os.Exit(1)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var request struct {
			PublicKey string `json:"public_key"`
			Data      []byte `json:"data"`
		}
		if err := json.Unmarshal(in.Bytes(), &request); err != nil {
			os.Exit(1)
		}
		answer := `{"error": "no such key"}`
		for _, seed := range strings.Fields(string(data)) {
			pair, err := nkeys.FromSeed([]byte(seed))
			if err != nil {
				continue
			}
			if public, _ := pair.PublicKey(); public == request.PublicKey {
				answer = misbehaving[os.Args[1]](seed, pair, request.Data)
			}
		}
		if answer == "" {
			os.Exit(3)
		}
		fmt.Println(answer)
	}
}

// TestNoSourceIsSeen takes seeds from each source, well and badly.
func TestNoSourceIsSeen(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys", "creds", "kept"}
	t.Setenv(keys.AgePassphrase, "correct horse battery staple")
	w.run(0, "keys", "generate", "topology.hcl")
	all := w.seeds("tree/.jsc/keys")
	w.know(all...)
	w.holdsNoSeed(nil)
	w.run(0, "keys", "export", "--age", "../sealed.age", "topology.hcl")
	text := strings.Join(all, "\n") + "\n"
	w.write("kept/seeds", text)
	t.Setenv("SEEDS", text)
	if err := os.Rename(filepath.Join(w.tree, ".jsc/keys"), filepath.Join(w.dir, "kept/dir")); err != nil {
		t.Fatal(err)
	}
	for source, creds := range map[string]int{
		"dir:../kept/dir": 0, "env:SEEDS": 0, "file:../kept/seeds": 0, "age:../sealed.age": 0, "exec:signer good ../kept/seeds": 1,
	} {
		w.run(0, "build", "topology.hcl", "--keys", source, "--out", "by-"+source[:3])
		w.run(creds, "build", "topology.hcl", "--keys", source, "--out", "by-"+source[:3], "--creds", "../creds")
		w.run(0, "keys", "list", "topology.hcl", "--keys", source)
	}

	// Each spoilt: a character less, another's behind it, twice on a line.
	spoilt := map[string]string{
		"cut":   strings.ReplaceAll(text, "\n", "")[:57],
		"long":  all[0] + "A",
		"glued": all[0] + all[1],
		"two":   all[0] + "\n" + all[1][:56],
		"lower": strings.ToLower(all[0]),
		"quote": `"` + all[0] + `"`,
		"raw":   string(w.vault[all[0]][0]),
	}
	var bad []string
	for name, content := range spoilt {
		w.write("kept/"+name, content)
		w.write("kept/bad-"+name+"/x.nk", content)
		bad = append(bad, "file:../kept/"+name, "dir:../kept/bad-"+name, "age:../kept/"+name)
		if name != "raw" { // a variable holds no NUL
			t.Setenv("BAD_"+name, content)
			bad = append(bad, "env:BAD_"+name)
		}
	}
	w.write("kept/open/x.nk", all[0])
	if err := os.Chmod(filepath.Join(w.dir, "kept/open/x.nk"), 0o644); err != nil {
		t.Fatal(err)
	}
	bad = append(bad, "dir:../kept/open", "dir:../kept/seeds", "file:../kept", "file:../kept/dir", "dir:../sealed.age", "file:../sealed.age")
	for behavior := range misbehaving {
		if behavior != "good" {
			bad = append(bad, "exec:signer "+behavior+" ../kept/seeds")
		}
	}
	for _, source := range bad {
		w.run(1, "build", "topology.hcl", "--keys", source, "--out", "never")
		var out, err bytes.Buffer
		if code := run([]string{"keys", "list", "topology.hcl", "--keys", source}, nil, &out, &err); code > exitFailed {
			t.Errorf("keys list --keys %q exits %d", source, code)
		}
		w.out, w.err = out, err
		w.holdsNoSeed([]string{"keys", "list", source})
		w.run(2, "build", "topology.hcl", "--keys", all[0])
		if _, err := os.Stat("never"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s leaves something behind: %v", source, err)
		}
	}
	for variable, value := range map[string]string{keys.AgePassphrase: "wrong", keys.AgeIdentity: "../kept/seeds"} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, value)
			w.run(1, "build", "topology.hcl", "--keys", "age:../sealed.age", "--out", "never")
		})
	}
	t.Setenv("JSC_KEYS", all[0])
	w.run(2, "build", "topology.hcl")
	t.Logf("%d command lines, %d seeds, %d bad sources", w.runs, len(w.vault), len(bad))
}

// TestMisplacedSeeds puts a seed, whole and cut short, where none belongs.
func TestMisplacedSeeds(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys"}
	w.run(0, "build", "topology.hcl", "--generate-keys")
	all := w.seeds("tree/.jsc/keys")
	w.know(all...)
	w.holdsNoSeed(nil)
	topology, locked, manifest := w.read("tree/topology.hcl"), w.read("tree/topology.lock.json"), w.read("tree/generated/manifest.json")
	place := func(in, old, with string) string {
		if !strings.Contains(in, old) {
			t.Fatalf("there is no %q to put a seed into", old)
		}
		return strings.Replace(in, old, with, 1)
	}
	raw := ""
	for _, seed := range []string{all[0], all[1][:57], all[2][:55]} {
		w.plant("tree/wrong/key.hcl", place(topology, `user "app" {}`, `user "app" { public_key = "`+seed+`" }`))
		w.plant("tree/wrong/name.hcl", place(topology, `account "B" {`, `account "`+seed+`" {`))
		w.plant("tree/wrong/comment.hcl", topology+"# "+seed+"\n")
		w.plant("tree/wrong/syntax.hcl", topology+seed+" = {\n")
		w.plant("tree/wrong/file.hcl", place(topology, `"${var.about}"`, `file("seed.txt")`))
		w.plant("tree/wrong/seed.txt", seed)
		w.plant("tree/wrong/"+seed+".hcl", topology)
		w.plant("tree/wrong/folder/topology.hcl", topology)
		w.plant("tree/wrong/folder/.jsc.hcl", "lint {\n  baseline = \""+seed+"\"\n}\n")
		w.plant("tree/wrong/values.hclvars", "about = \""+seed+"\"\n")
		w.plant("tree/wrong/value.lock.json", place(locked, `"account/B": "A`, `"account/B": "`+seed))
		w.plant("tree/wrong/id.lock.json", place(locked, `"account/B"`, `"account/`+seed+`"`))
		w.plant("tree/wrong/out/manifest.json", place(manifest, `"operator.jwt"`, `"`+seed+`.jwt"`))
		w.plant("tree/wrong/journal/.jsc-stage/journal.json", seed)
		for _, args := range [][]string{
			{"wrong/key.hcl"}, {"wrong/name.hcl"}, {"wrong/comment.hcl"}, {"wrong/syntax.hcl"}, {"wrong/file.hcl"}, {"wrong/folder"},
			{"topology.hcl", "--var-file", "wrong/values.hclvars"},
			{"topology.hcl", "--lock", "wrong/value.lock.json"}, {"topology.hcl", "--lock", "wrong/id.lock.json"},
			{"topology.hcl", "--out", "wrong/out"}, {"topology.hcl", "--out", "wrong/journal"},
		} {
			for _, command := range []string{
				"build --out made", "build --format json --out made", "plan", "check", "check --format sarif", "check --format junit", "check --format json", "check --format github",
				"lint", "lint --format sarif", "lint --format junit", "lint --format json", "lint --format github", "explain account.A", "graph --format json", "keys list",
			} {
				w.tries(append(strings.Fields(command), args...)...)
			}
		}
		w.tries("fmt", "--diff", "wrong/key.hcl", "wrong/syntax.hcl", "wrong/comment.hcl")
		w.tries("fmt", "--check", "wrong")
		w.tries("inspect", "wrong")
		w.tries("lock", "merge", "topology.lock.json", "wrong/value.lock.json", "wrong/id.lock.json")
		t.Setenv("JSC_VAR_about", seed)
		for _, command := range []string{"build", "plan", "lint", "explain account.A", "graph", "check"} {
			w.tries(append(strings.Fields(command), "topology.hcl")...)
		}
		os.Unsetenv("JSC_VAR_about")
	}
	// What no shape gives away, a build knows by the seeds that it has read, as
	// that of the key which signs the account.
	for seed, all := range w.vault {
		if pair, err := nkeys.FromSeed([]byte(seed)); err != nil {
			t.Fatal(err)
		} else if public, _ := pair.PublicKey(); strings.Contains(locked, `"operator/O/signing/ci": "`+public) {
			raw = string(all[0])
		}
	}
	for _, value := range []string{fmt.Sprintf("%x", raw), base64.StdEncoding.EncodeToString([]byte("x" + raw))} {
		w.run(1, "build", "topology.hcl", "--var", "about="+value)
	}
	t.Logf("%d command lines", w.runs)
}

// plant writes a file that may hold a seed.
func (w *world) plant(name, text string) {
	w.write(name, text)
	w.sources = append(w.sources, name)
}

// tries runs a command line of which it is not said how it ends, save that it
// is no bug.
func (w *world) tries(args ...string) {
	w.t.Helper()
	w.out.Reset()
	w.err.Reset()
	w.runs++
	if code := run(args, strings.NewReader(""), &w.out, &w.err); code == exitBug {
		w.t.Errorf("jsc %.60q: %s", args, &w.err)
	}
	w.holdsNoSeed(args)
}

// buggy is a key ring, or a signer, that panics with a seed.
type buggy struct{ seed string }

func (b buggy) Signer(_, public string) (keys.Signer, error) { return buggySigner{b, public}, nil }

type buggySigner struct {
	buggy
	public string
}

func (b buggySigner) PublicKey() string           { return b.public }
func (b buggySigner) Sign([]byte) ([]byte, error) { panic(errors.New("a bug over " + b.seed)) }

// mainWithBugs is jsc with two commands more, which panic with the seed in the
// environment's SEED: bug-in-command, and bug-in-signing on another goroutine.
func mainWithBugs() {
	b := buggy{os.Getenv("SEED")}
	bug := func(name string, do func(context.Context, *terminal) error) {
		commands = append(commands, func(t *terminal) *cobra.Command {
			return &cobra.Command{Use: name, RunE: func(cmd *cobra.Command, _ []string) error { return do(cmd.Context(), t) }}
		})
	}
	bug("bug-in-command", func(context.Context, *terminal) error { panic(b.seed) })
	bug("bug-in-signing", func(ctx context.Context, t *terminal) error {
		pr, err := (&place{maxTime: "60s", maxMemory: "2GiB", maxEntities: 1000}).open("topology.hcl")
		if err != nil {
			return err
		}
		c, err := t.look(ctx, pr)
		if err != nil {
			return err
		}
		plan, _ := emit.NewPlan(c.topology, c.lock, 1)
		return plan.Sign(ctx, b, nil)
	})
	main()
}

// TestPanicsShowNoSeed: a bug ends jsc with the code of a bug, wherever it is,
// and its stack shows no seed.
func TestPanicsShowNoSeed(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys"}
	w.run(0, "keys", "generate", "topology.hcl")
	all := w.seeds("tree/.jsc/keys")
	w.know(all...)
	t.Setenv("SEED", all[0])
	for _, command := range []string{"bug-in-command", "bug-in-signing"} {
		cmd := exec.Command("jsc-with-bugs", command, "--debug")
		w.out.Reset()
		w.err.Reset()
		cmd.Stdout, cmd.Stderr = &w.out, &w.err
		err := cmd.Run()
		if cmd.ProcessState.ExitCode() != exitBug || !strings.Contains(w.err.String(), "a bug in jsc") || !strings.Contains(w.err.String(), "seeds_commands_test.go") {
			t.Errorf("%s ends with %v, and does not say where:\n%s", command, err, &w.err)
		}
		w.holdsNoSeed([]string{command})
	}
}

// TestKilledBuildHoldsNoSeed kills builds until one has left its journal and its
// stage behind, and looks there.
func TestKilledBuildHoldsNoSeed(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys"}
	w.write("tree/topology.hcl", w.read("tree/topology.hcl")+`
account "many" {
  for_each = toset([for i in range(150) : "n${i}"])
  jetstream {}
  stream "S" {
    subjects    = ["s"]
    description = var.about
  }
}
`)
	w.run(0, "keys", "generate", "topology.hcl")
	w.know(w.seeds("tree/.jsc/keys")...)
	w.run(0, "build", "topology.hcl")
	journal := filepath.Join(w.tree, "generated", ".jsc-stage", "journal.json")
	kills := 0
	for left := false; !left; kills++ {
		cmd := exec.Command("jsc", "build", "topology.hcl", "--var", fmt.Sprintf("about=number %d", kills))
		w.out.Reset()
		w.err.Reset()
		cmd.Stdout, cmd.Stderr = &w.out, &w.err
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var err error
		for at := false; err == nil && !at; {
			select {
			case err = <-ended:
				if err == nil {
					err = errors.New("too late")
				}
			default:
				_, missing := os.Stat(journal)
				at = missing == nil
			}
		}
		if err == nil {
			cmd.Process.Kill()
			<-ended
			if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() {
				t.Fatalf("the build ended by itself: %v\n%s", cmd.ProcessState, &w.err)
			}
		}
		_, missing := os.Stat(journal)
		left = missing == nil
		w.holdsNoSeed([]string{"a killed build"})
		if kills == 100 {
			t.Fatal("100 builds were killed, and none left its journal")
		}
	}
	w.run(3, "check", "topology.hcl")
	w.run(0, "build", "topology.hcl")
	t.Logf("%d kills", kills)
}

package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"jsc/emit/keys"
)

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
		if behavior != "good" && behavior != "counts" {
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

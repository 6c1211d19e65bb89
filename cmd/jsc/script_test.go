package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
	"github.com/rogpeppe/go-internal/testscript"

	"jsc/emit/lock"
	"jsc/schema"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jsc": main, "jsc-with-bugs": mainWithBugs, "signer": signerMain})
}

// TestScripts runs command lines as people type them: testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			example, err := os.ReadFile("../../examples/order-events/topology.hcl")
			if err != nil {
				return err
			}
			if err := recipes(filepath.Join(e.WorkDir, "recipes")); err != nil {
				return err
			}
			ci, err := filepath.Abs(actionDir)
			if err != nil {
				return err
			}
			e.Setenv("ACTION", ci)
			return os.WriteFile(filepath.Join(e.WorkDir, "example.hcl"), example, 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"edit":      edit,
			"cmptree":   compareTrees,
			"newkey":    newKey,
			"publickey": publicKey,
			"seeds":     seeds,
			"seedless":  seedless,
			"pin":       pin,
			"forget":    forget,
			"forge":     forge,
			"usurp":     usurp,
			"repin":     restorePin,
			"action":    runAction,
			"hooks":     runHooks,
		},
	})
}

// recipe is a file that docs/ci.md shows.
var recipe = regexp.MustCompile("(?ms)^```[a-z]+ title=([^\n]+)\n(.*?)^```$")

// recipes writes the files that docs/ci.md shows into a folder.
func recipes(dir string) error {
	doc, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, r := range recipe.FindAllSubmatch(doc, -1) {
		if err := os.WriteFile(filepath.Join(dir, string(r[1])), r[2], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// exits runs a command line and holds its exit code: exits CODE PROGRAM [ARG…].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	got := 0
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}

// edit replaces what a file has once: edit FILE OLD NEW. In NEW, \n is a new
// line.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%s has %q %d times, not once", args[0], args[1], n)
	}
	text = strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// compareTrees holds two folders, or two files, to the same names and bytes;
// with ! to differ: [!] cmptree ONE OTHER.
func compareTrees(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] cmptree ONE OTHER")
	}
	one, other := tree(ts, args[0]), tree(ts, args[1])
	var apart []string
	for name, data := range one {
		if theirs, ok := other[name]; !ok || !bytes.Equal(data, theirs) {
			apart = append(apart, name)
		}
	}
	for name := range other {
		if _, ok := one[name]; !ok {
			apart = append(apart, name)
		}
	}
	if neg == (len(apart) > 0) {
		return
	}
	ts.Fatalf("%s and %s differ in %q", args[0], args[1], apart)
}

// tree is what a folder holds; it must hold something.
func tree(ts *testscript.TestScript, dir string) map[string][]byte {
	out := map[string][]byte{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		out[name], err = os.ReadFile(p)
		return err
	}))
	if len(out) == 0 {
		ts.Fatalf("%s holds no file", dir)
	}
	return out
}

// roles are the roles that newkey makes keys of.
var roles = map[string]nkeys.PrefixByte{
	"operator": nkeys.PrefixByteOperator, "account": nkeys.PrefixByteAccount, "user": nkeys.PrefixByteUser,
}

// newKey writes the seed of a new key: newkey operator|account|user FILE.
func newKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: newkey ROLE FILE")
	}
	k, err := nkeys.CreatePair(roles[args[0]])
	ts.Check(err)
	seed, err := k.Seed()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), append(seed, '\n'), 0o600))
}

// publicKey puts the public key of a seed's file into an environment variable:
// publickey FILE NAME.
func publicKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: publickey FILE NAME")
	}
	k, err := nkeys.FromSeed([]byte(strings.TrimSpace(ts.ReadFile(args[0]))))
	ts.Check(err)
	public, err := k.PublicKey()
	ts.Check(err)
	ts.Setenv(args[1], public)
}

// seeds gathers a key folder's seeds, one a line, in a file and in an
// environment variable: seeds DIR FILE NAME.
func seeds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: seeds DIR FILE NAME")
	}
	var all strings.Builder
	for name, data := range tree(ts, args[0]) {
		if strings.HasSuffix(name, ".nk") {
			all.WriteString(strings.TrimSpace(string(data)) + "\n")
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(all.String()), 0o600))
	ts.Setenv(args[2], all.String())
}

// seedless holds that no seed stands in folders, files, stdout or stderr; with
// ! that one does: [!] seedless PATH….
func seedless(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: [!] seedless PATH…")
	}
	var holds []string
	for _, arg := range args {
		texts := map[string][]byte{}
		if arg == "stdout" || arg == "stderr" {
			texts[""] = []byte(ts.ReadFile(arg))
		} else {
			texts = tree(ts, arg)
		}
		for name, text := range texts {
			if _, found := schema.FindSecret(text); found {
				holds = append(holds, filepath.Join(arg, name))
			}
		}
	}
	if neg != (len(holds) > 0) {
		ts.Fatalf("these hold a seed: %q", holds)
	}
}

// pin slips a key that nobody here has into a lock: pin LOCK ID.
func pin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pin LOCK ID")
	}
	l, diags := lock.Parse(args[0], []byte(ts.ReadFile(args[0])))
	if diags.HasErrors() {
		ts.Fatalf("%v", diags)
	}
	role, ok := lock.Role(args[1])
	if !ok {
		ts.Fatalf("%s is no ID of a key", args[1])
	}
	k, err := nkeys.CreatePair(role)
	ts.Check(err)
	l.Keys[args[1]], err = k.PublicKey()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), l.Encode(), 0o644))
}

// forget removes the seed of a pinned key: forget DIR LOCK ID.
func forget(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: forget DIR LOCK ID")
	}
	l, diags := lock.Parse(args[1], []byte(ts.ReadFile(args[1])))
	if diags.HasErrors() {
		ts.Fatalf("%v", diags)
	}
	public, ok := l.Keys[args[2]]
	if !ok {
		ts.Fatalf("%s has no key in %s", args[2], args[1])
	}
	removed := false
	for name := range tree(ts, args[0]) {
		if strings.HasSuffix(name, public+".nk") {
			ts.Check(os.Remove(filepath.Join(ts.MkAbs(args[0]), name)))
			removed = true
		}
	}
	if !removed {
		ts.Fatalf("the seed of %s is not in %s", args[2], args[0])
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLockElsewhere looks for another lock in folders with odd names, and follows
// no link out of the tree: a pull request may bring one to anything.
func TestLockElsewhere(t *testing.T) {
	for _, c := range []struct {
		folder string
		make   func(t *testing.T, lock, name string)
		found  bool
	}{
		{"plain", move, true},
		{"g[1]", move, true},
		{"linked", link, false},
		{"a folder", func(t *testing.T, _, name string) {
			if err := os.Mkdir(name, 0o755); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.folder, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), c.folder)
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			topology := filepath.Join(dir, "topology.hcl")
			if err := os.WriteFile(topology, []byte("operator \"OP\" {}\naccount \"A\" {}\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			jsc := func(args ...string) string {
				var out bytes.Buffer
				run(append(args, topology), strings.NewReader(""), &out, &out)
				return out.String()
			}
			jsc("keys", "generate")
			c.make(t, filepath.Join(dir, "topology.lock.json"), filepath.Join(dir, "other.lock.json"))
			for _, command := range []string{"lint", "plan", "build", "keys list", "keys move account/A account/B", "keys import .", "keys export --age x"} {
				if said := jsc(strings.Fields(command)...); strings.Contains(said, "[lock-elsewhere]") != c.found {
					t.Errorf("%s: %s", command, said)
				}
			}
		})
	}
}

func move(t *testing.T, lock, name string) {
	if err := os.Rename(lock, name); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, lock, name string) {
	outside := filepath.Join(t.TempDir(), "x.lock.json")
	move(t, lock, outside)
	if err := os.Symlink(outside, name); err != nil {
		t.Fatal(err)
	}
}

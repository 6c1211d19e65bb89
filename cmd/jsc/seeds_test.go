package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
)

// No seed leaves its source: whatever command runs, whatever goes wrong, nothing
// that is printed and no file holds a seed in any spelling (docs/security.md D1,
// docs/artifacts.md).

// vault is the seeds that a test knows, in every spelling.
type vault map[string][][]byte // by the seed's text

// know adds the seeds among words to the vault.
func (w *world) know(words ...string) {
	for _, word := range words {
		if _, raw, err := nkeys.DecodeSeed([]byte(word)); err == nil {
			w.vault[word] = spellings([]byte(word), raw)
		}
	}
	clear(w.clean)
}

// spellings are the forms in which a seed may come out: its bytes, and of its
// text what lies between prefix and checksum, each plain and encoded, at every
// offset at which an encoding can meet them. They know nothing of keys.Scan.
func spellings(text, raw []byte) [][]byte {
	all := [][]byte{raw, text[4:54]}
	for _, secret := range [][]byte{raw, text[4:54]} {
		all = append(all, []byte(hex.EncodeToString(secret)), []byte(strings.ToUpper(hex.EncodeToString(secret))))
		for _, e := range []struct {
			group, bits int // the bytes that are encoded together, and what a character holds
			encode      func([]byte) string
		}{
			{5, 5, base32.StdEncoding.EncodeToString},
			{5, 5, base32.HexEncoding.EncodeToString},
			{3, 6, base64.StdEncoding.EncodeToString},
			{3, 6, base64.RawURLEncoding.EncodeToString},
		} {
			for before := range e.group {
				encoded := e.encode(slices.Concat(make([]byte, before), secret, make([]byte, e.group)))
				// What the secret alone decides.
				first, last := (before*8+e.bits-1)/e.bits, (before+len(secret))*8/e.bits
				all = append(all, []byte(encoded[first:last]))
			}
		}
	}
	return all
}

// in finds a spelling of a seed, and returns the seed's public key; "" when
// there is none.
func (v vault) in(data []byte) string {
	for text, all := range v {
		for _, s := range all {
			if bytes.Contains(data, s) {
				pair, err := nkeys.FromSeed([]byte(text))
				if err != nil {
					return err.Error()
				}
				public, _ := pair.PublicKey()
				return public
			}
		}
	}
	return ""
}

// home is the folder of this package; tests change to others.
var home = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

// world is a folder in which commands run: tree holds a topology, and seeds are
// in some places of it only.
type world struct {
	t     *testing.T
	vault vault
	tree  string
	// sources are the files and folders, relative to the world, in which seeds
	// may be.
	sources []string
	dir     string
	runs    int
	out     bytes.Buffer // of the last run
	err     bytes.Buffer
	clean   map[[32]byte]bool // contents that hold no seed of the vault, by their digests
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, vault: vault{}, dir: t.TempDir(), clean: map[[32]byte]bool{}}
	w.tree = filepath.Join(w.dir, "tree")
	partner, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := partner.PublicKey()
	w.write("tree/topology.hcl", fmt.Sprintf(custody, public))
	w.write("tree/.gitignore", ".jsc/\ncreds/\n")
	t.Chdir(w.tree)
	return w
}

// write writes a file of the world.
func (w *world) write(name, text string) {
	w.t.Helper()
	name = filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// read reads one.
func (w *world) read(name string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

// run runs a command line, and holds its exit code.
func (w *world) run(code int, args ...string) {
	w.t.Helper()
	w.out.Reset()
	w.err.Reset()
	w.runs++
	if got := run(append(args, "--debug"), strings.NewReader(""), &w.out, &w.err); got != code {
		w.t.Errorf("jsc %.60q exits %d, not %d:\n%.2000s", args, got, code, &w.err)
	}
	w.holdsNoSeed(args)
}

// holdsNoSeed fails where leaks finds any.
func (w *world) holdsNoSeed(args []string) {
	w.t.Helper()
	for _, where := range w.leaks() {
		w.t.Errorf("after jsc %.60q: %s", args, where)
	}
}

// leaks are the places that hold a seed after a run: what it printed, and all
// files and names outside the sources.
func (w *world) leaks() []string {
	w.t.Helper()
	var found []string
	look := func(where string, data []byte) {
		sum := sha256.Sum256(data)
		if w.clean[sum] {
			return
		}
		if public := w.vault.in(data); public != "" {
			found = append(found, fmt.Sprintf("%.60s holds the seed of %s", where, public))
		} else {
			w.clean[sum] = true
		}
	}
	look("stdout", w.out.Bytes())
	look("stderr", w.err.Bytes())
	if err := filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(w.dir, path)
		if err != nil {
			return err
		}
		if slices.Contains(w.sources, name) {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		look("the name "+name, []byte(name))
		if !e.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		look(name, data)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// custody is a topology that needs every sort of key, and hands over tokens.
const custody = `
operator "O" {
  signing_key "ci" {}
}
account "A" {
  description = "${var.about}"
  signing_key "ci" {}
  signing_key "limited" {
    role {}
  }
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {}
  }
  user "app" { signing_key = "ci" }
  user "bearer" { bearer = true }
}
account "B" {
  user "app" {}
}
account "X" {
  external   = true
  public_key = %q
}
share "pulled" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
  competing = true
  to "X" {}
}
variable "about" {
  default = "the first"
}
`

// TestSeedSearch: the search finds a seed in every spelling and wherever it is
// planted; else it would prove nothing.
func TestSeedSearch(t *testing.T) {
	w := newWorld(t)
	pair, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	seed, _ := pair.Seed()
	_, raw, err := nkeys.DecodeSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	w.know(string(seed))
	if len(w.vault) != 1 {
		t.Fatal("the vault holds no seed")
	}
	if found := w.leaks(); len(found) > 0 {
		t.Fatalf("found before it was planted: %q", found)
	}
	planted := 0
	for _, secret := range [][]byte{raw, seed, seed[2:56]} {
		for before := range 16 {
			around := slices.Concat(bytes.Repeat([]byte("x"), before), secret, []byte("yz"))
			for _, text := range []string{
				string(around), hex.EncodeToString(around), fmt.Sprintf("%X", around),
				base32.StdEncoding.EncodeToString(around), base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(around),
				base64.StdEncoding.EncodeToString(around), base64.RawStdEncoding.EncodeToString(around),
				base64.URLEncoding.EncodeToString(around), base64.RawURLEncoding.EncodeToString(around),
			} {
				planted++
				if w.vault.in([]byte(text)) == "" {
					t.Errorf("not found: %q", text)
				}
			}
		}
	}
	t.Logf("%d spellings found", planted)
	for where, plant := range map[string]func(*world){
		"stdout":         func(w *world) { w.out.Write(seed) },
		"stderr":         func(w *world) { w.err.Write(seed) },
		"tree/generated": func(w *world) { w.write("tree/generated/.jsc-stage/0", base64.StdEncoding.EncodeToString(seed)) },
		"the name tree/": func(w *world) { w.write("tree/"+string(seed), "") },
	} {
		w := newWorld(t)
		w.know(string(seed))
		was := w.leaks()
		plant(w)
		if found := w.leaks(); len(was) != 0 || len(found) != 1 || !strings.HasPrefix(found[0], where) {
			t.Errorf("planted in %s, found %q", where, found)
		}
	}
}

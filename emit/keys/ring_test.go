package keys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nkeys"

	"jsc/schema/diag"
)

func open(t *testing.T, o Options) *Ring {
	t.Helper()
	r, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// write makes a file of mode 0600 and the folders above it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// signs checks that a Ring has the signer of a key.
func signs(t *testing.T, r *Ring, k *Key) {
	t.Helper()
	s, err := r.Signer("account/A", k.public)
	if err != nil {
		t.Errorf("no signer of %s: %v", k.public, err)
		return
	}
	got, err := s.Sign([]byte("data"))
	want, _ := k.Sign([]byte("data"))
	if err != nil || string(got) != string(want) || s.PublicKey() != k.public {
		t.Errorf("the signer of %s signs %x: %v", k.public, got, err)
	}
}

// refused checks that an error is an *Error of a rule, and that its text holds
// every one of some words.
func refused(t *testing.T, err error, rule string, words ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("error is %v, want %s", err, rule)
		return
	}
	d := e.Diagnostic()
	if got := diag.Of(d).Rule.Name; got != rule || e.Rule != rule || d.Subject != nil {
		t.Errorf("rule is %s at %v, want %s: %v", got, d.Subject, rule, err)
	}
	for _, word := range words {
		if !strings.Contains(d.Summary+diag.Of(d).Hint, word) {
			t.Errorf("%q lacks %q", d.Summary+" "+diag.Of(d).Hint, word)
		}
	}
}

// failed checks that an error is one, not an *Error, and holds words.
func failed(t *testing.T, err error, words ...string) {
	t.Helper()
	var e *Error
	if err == nil || errors.As(err, &e) {
		t.Errorf("error is %v, want a machine's failure", err)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q lacks %q", err, word)
		}
	}
}

func TestDirLayouts(t *testing.T) {
	k := Generate(Account)
	for name, place := range map[string]string{
		"nsc":             "A/" + k.public[1:3] + "/" + k.public + ".nk",
		"nsc with keys":   "keys/A/" + k.public[1:3] + "/" + k.public + ".nk",
		"flat":            k.public + ".nk",
		"flat, any name":  "exporter.nk",
		"other flat seed": "x.nk",
	} {
		dir := filepath.Join(t.TempDir(), "[keys] *")
		write(t, filepath.Join(dir, place), seedOf(t, k)+"\n")
		write(t, filepath.Join(dir, "other.nk"), seedOf(t, Generate(Account)))
		write(t, filepath.Join(dir, "notes.txt"), "not a seed")
		r := open(t, Options{Sources: []string{"dir:" + dir}})
		signs(t, r, k)
		if held, err := r.Held(); err != nil || len(held) != 2 {
			t.Errorf("%s: held %v: %v", name, held, err)
		}
	}
}

// A seed is found by name, without reading the other files.
func TestDirReadsOnlyTheFileOfTheKey(t *testing.T) {
	dir, k, other := t.TempDir(), Generate(Account), Generate(Account)
	write(t, filepath.Join(dir, nested(k.public)), seedOf(t, k))
	write(t, filepath.Join(dir, nested(other.public)), "broken")
	write(t, filepath.Join(dir, "flat.nk"), "broken")
	signs(t, open(t, Options{Sources: []string{"dir:" + dir}}), k)
}

func TestDefaultSource(t *testing.T) {
	root, k := t.TempDir(), Generate(Operator)
	write(t, filepath.Join(root, defaultDir, nested(k.public)), seedOf(t, k))
	signs(t, open(t, Options{Root: root, Dir: t.TempDir()}), k)
}

func TestSourcesAreTriedInOrder(t *testing.T) {
	dir, a, b, c := t.TempDir(), Generate(Account), Generate(User), Generate(Operator)
	write(t, filepath.Join(dir, "seeds"), "# mine\n"+seedOf(t, b)+"\n")
	write(t, filepath.Join(dir, "k", nested(c.public)), seedOf(t, c))
	env := map[string]string{"SEEDS": " " + seedOf(t, a) + " " + seedOf(t, b)}
	r := open(t, Options{Sources: []string{"env:SEEDS", "file:seeds", "dir:k"}, Dir: dir, Getenv: func(n string) string { return env[n] }})
	for _, k := range []*Key{a, b, c} {
		signs(t, r, k)
	}
	if got := r.String(); got != "env:SEEDS, file:seeds, dir:k" {
		t.Errorf("the ring is %s", got)
	}
	// A source that cannot be read stops the search: it may be the one meant.
	r = open(t, Options{Sources: []string{"env:UNSET", "dir:k"}, Dir: dir})
	_, err := r.Signer("operator/O", c.public)
	failed(t, err, "env:UNSET", "not set")
	// Nothing after the source that has the key is read.
	r = open(t, Options{Sources: []string{"dir:k", "env:UNSET"}, Dir: dir})
	signs(t, r, c)
}

func TestFileFromPipe(t *testing.T) {
	k := Generate(Account)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	seed := seedOf(t, k)
	go func() { done <- os.WriteFile(pipe, []byte(seed), 0o600) }()
	r := open(t, Options{Sources: []string{"file:" + pipe}})
	signs(t, r, k)
	signs(t, r, k)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Seeds come from what has no name, too: from a pipe, as where a shell sends them to
// /dev/stdin, and from a file that is deleted, as of a shell's here-document.
func TestFileWithoutName(t *testing.T) {
	k := Generate(Account)
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	deleted, err := os.Create(filepath.Join(t.TempDir(), "deleted"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*os.File{to, deleted} {
		if _, err := f.WriteString(seedOf(t, k)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = deleted.Seek(0, io.SeekStart)
	if err := errors.Join(err, to.Close(), deleted.Chmod(0o600), os.Remove(deleted.Name())); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*os.File{from, deleted} {
		r := open(t, Options{Sources: []string{fmt.Sprintf("file:/dev/fd/%d", f.Fd())}})
		signs(t, r, k)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	seed := seedOf(t, Generate(Operator))
	for _, test := range []struct{ source, want string }{
		{"vault:x", `"vault:…" is not a source of keys; use one of dir:PATH, env:NAME`},
		{"exce:sign --pin 1234", `"exce:…" is not`},
		{"exec sign --pin 1234", `"exec …" is not`},
		{"/some/folder", `"/some/folder" is not`},
		{"dir:", "lacks its PATH"},
		{"env:", "lacks its NAME"},
		{"env:A B", "takes the name of an environment variable"},
		{seed, "as a seed itself"},
		{"env:" + seed, "as a seed itself"},
	} {
		_, err := Open(t.Context(), Options{Sources: []string{test.source}})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want %q", err, test.want)
		} else if strings.Contains(err.Error(), seed) {
			t.Error("the error shows a seed")
		}
	}
}

func TestMissing(t *testing.T) {
	k := Generate(Account)
	r := open(t, Options{Root: t.TempDir()})
	_, err := r.Signer("account/ACCTA", k.public)
	refused(t, err, "key-missing", "account/ACCTA", k.public, "dir:.jsc/keys (no seeds)")

	a, b := Generate(Account), Generate(Account)
	env := func(string) string { return seedOf(t, a) + " " + seedOf(t, b) }
	r = open(t, Options{Sources: []string{"env:K"}, Getenv: env})
	_, err = r.Signer("account/ACCTA", k.public)
	refused(t, err, "key-missing", "env:K (2 seeds)")

	_, err = r.Signer("account/ACCTA", "AB")
	failed(t, err, "account/ACCTA")
}

func TestMismatch(t *testing.T) {
	pinned, other, user := Generate(Account), Generate(Account), Generate(User)

	// A file named by the pinned key that holds another seed.
	for _, place := range []string{nested(pinned.public), pinned.public + ".nk", "keys/" + nested(pinned.public)} {
		dir := t.TempDir()
		path := filepath.Join(dir, place)
		write(t, path, seedOf(t, other))
		write(t, filepath.Join(dir, "flat.nk"), seedOf(t, pinned))
		_, err := open(t, Options{Sources: []string{"dir:" + dir}}).Signer("account/ACCTA", pinned.public)
		refused(t, err, "key-mismatch", "account/ACCTA", pinned.public, other.public, path)

		write(t, path, seedOf(t, user))
		_, err = open(t, Options{Sources: []string{"dir:" + dir}}).Signer("account/ACCTA", pinned.public)
		refused(t, err, "key-wrong-type", "account/ACCTA", path, "an account", "a user")
	}

	// The only seed of that role that is nobody else's is taken for the one meant.
	known := Generate(Account)
	env := func(string) string {
		return strings.Join([]string{seedOf(t, other), seedOf(t, user), seedOf(t, known)}, " ")
	}
	pins := func(public string) (string, bool) { return "account/ACCTB", public == known.public }
	_, err := open(t, Options{Sources: []string{"env:K"}, Getenv: env, Pinned: pins}).Signer("account/ACCTA", pinned.public)
	refused(t, err, "key-mismatch", "account/ACCTA", pinned.public, other.public, "env:K", "or name the source")
	_, err = open(t, Options{Sources: []string{"env:K"}, Getenv: env, Pinned: pins}).Signer("account/ACCTA/signing/ci", pinned.public)
	refused(t, err, "key-mismatch", "or replace the pin with jsc keys rotate")

	// Not one that was another's once.
	former := func(public string) bool { return public == other.public }
	_, err = open(t, Options{Sources: []string{"env:K"}, Getenv: env, Pinned: pins, Former: former}).Signer("account/ACCTA", pinned.public)
	refused(t, err, "key-missing", "account/ACCTA", pinned.public, "env:K (3 seeds)")
}

// The same 32 bytes under another role are another key.
func TestSameSeedOfAnotherRole(t *testing.T) {
	account := Generate(Account)
	user := newKey(User, (*account.secret())[:32])
	dir := t.TempDir()
	write(t, filepath.Join(dir, nested(account.public)), seedOf(t, user))
	_, err := open(t, Options{Sources: []string{"dir:" + dir}}).Signer("account/ACCTA", account.public)
	refused(t, err, "key-wrong-type", "a user")
}

func TestSeedFilesOpenToOthersAreRefused(t *testing.T) {
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644} {
		dir, k := t.TempDir(), Generate(Account)
		path := filepath.Join(dir, nested(k.public))
		write(t, path, seedOf(t, k))
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := open(t, Options{Sources: []string{"dir:" + dir}}).Signer("account/ACCTA", k.public)
		failed(t, err, path, fmt.Sprintf("%04o", mode), "chmod 600 '"+path+"'")
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		signs(t, open(t, Options{Sources: []string{"dir:" + dir}}), k)
	}
}

func TestBadSeedFiles(t *testing.T) {
	k := Generate(Account)
	seed := seedOf(t, k)
	for name, test := range map[string]struct{ text, want string }{
		"empty":  {"", "must hold one seed, not 0"},
		"two":    {seed + " " + seed, "must hold one seed, not 2"},
		"broken": {seed[:40], "line 1: not a seed"},
		"large":  {seed + strings.Repeat("\n", maxSeedFile), "larger than"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, nested(k.public))
		write(t, path, test.text)
		_, err := open(t, Options{Sources: []string{"dir:" + dir}}).Signer("account/ACCTA", k.public)
		failed(t, err, path, test.want)
		if strings.Contains(fmt.Sprint(err), seed[:40]) {
			t.Errorf("%s: the error shows the seed", name)
		}
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, nested(k.public)), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, Options{Sources: []string{"dir:" + dir}}).Signer("account/ACCTA", k.public)
	failed(t, err, "not a regular file")
}

// nsc keeps curve keys beside the others; they sign nothing and are no mistake.
func TestCurveKeysInAFlatFolder(t *testing.T) {
	dir, k := t.TempDir(), Generate(Account)
	curve, err := nkeys.CreateCurveKeys()
	if err != nil {
		t.Fatal(err)
	}
	seed, _ := curve.Seed()
	write(t, filepath.Join(dir, "a.nk"), string(seed))
	write(t, filepath.Join(dir, "b.nk"), seedOf(t, k))
	signs(t, open(t, Options{Sources: []string{"dir:" + dir}}), k)
}

// counted is a source that counts how often it is listed.
type counted struct {
	local
	lists int
}

func (c *counted) find(string, string) (*Key, error) { return nil, nil }
func (c *counted) held() ([]string, error)           { c.lists++; return c.local.held() }

// A source is listed once for all the keys that are missing: a folder of
// thousands takes its time. What the Ring stores is seen all the same.
func TestSourcesAreListedOnce(t *testing.T) {
	k := Generate(User)
	r := holding(t, Generate(Account))
	c := &counted{local: r.sources[0].(local)}
	r.sources = append(r.sources, c)
	r.relist()
	miss := func() {
		for range 100 {
			_, err := r.Signer("account/A/user/u", Generate(User).public)
			refused(t, err, "key-missing", "account/A/user/u")
		}
		if _, err := r.Held(); err != nil {
			t.Fatal(err)
		}
	}
	miss()
	if c.lists != 1 {
		t.Errorf("the source was listed %d times", c.lists)
	}
	r.sources = append(r.sources, open(t, Options{Root: t.TempDir()}).sources...)
	if _, err := storeSeed(r, k); err != nil {
		t.Fatal(err)
	}
	held, err := r.Held()
	if err != nil || !slices.Contains(held, k.public) || c.lists != 2 {
		t.Errorf("after %d lists, the sources hold %v: %v", c.lists, held, err)
	}
}

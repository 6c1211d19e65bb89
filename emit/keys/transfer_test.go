package keys

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nats-io/nkeys"
)

// nscFolder is a keys folder as nsc leaves it, with creds and a curve key.
func nscFolder(t *testing.T, keys ...*Key) string {
	t.Helper()
	folder := t.TempDir()
	for _, k := range keys {
		write(t, filepath.Join(folder, "keys", nested(k.public)), seedOf(t, k))
	}
	curve, err := nkeys.CreateCurveKeys()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := curve.PublicKey()
	seed, _ := curve.Seed()
	write(t, filepath.Join(folder, "keys", nested(public)), string(seed))
	write(t, filepath.Join(folder, "creds", "O", "A", "u.creds"), "creds")
	return folder
}

func TestImport(t *testing.T) {
	a, b, c := Generate(Operator), Generate(Account), Generate(User)
	from := open(t, Options{Sources: []string{"dir:" + nscFolder(t, a, b, c)}})
	root := t.TempDir()
	write(t, filepath.Join(root, defaultDir, nested(b.public)), seedOf(t, b)+"\n")
	r := open(t, Options{Root: root})
	stored, present, err := r.Import(from)
	want := []string{a.public, c.public}
	slices.Sort(want)
	if err != nil || !slices.Equal(stored, want) || !slices.Equal(present, []string{b.public}) {
		t.Fatalf("stored %v, present %v: %v", stored, present, err)
	}
	from.Close()
	for _, k := range []*Key{a, b, c} {
		signs(t, r, k)
	}
	if text, _ := os.ReadFile(filepath.Join(root, defaultDir, nested(b.public))); string(text) != seedOf(t, b)+"\n" {
		t.Error("the seed that was there changed")
	}
	from = open(t, Options{Root: root})
	if stored, present, err = r.Import(from); err != nil || len(stored) != 0 || len(present) != 3 {
		t.Errorf("again: stored %v, present %v: %v", stored, present, err)
	}
}

func TestImportStoresNothingOfABadFolder(t *testing.T) {
	a, b := Generate(Operator), Generate(Account)
	folder := nscFolder(t, a, b)
	write(t, filepath.Join(folder, "keys", nested(b.public)), seedOf(t, a))
	root := t.TempDir()
	_, _, err := open(t, Options{Root: root}).Import(open(t, Options{Sources: []string{"dir:" + folder}}))
	refused(t, err, "key-wrong-type", b.public)
	if entries, _ := os.ReadDir(root); len(entries) > 0 {
		t.Errorf("the root has %v", entries)
	}
}

package keys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestStoreUnderAnyUmask(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o077, 0o277} {
		old := syscall.Umask(umask)
		root := t.TempDir()
		os.Chmod(root, 0o755)
		r := open(t, Options{Root: root})
		k := Generate(Operator)
		err := errors.Join(r.Add(k), r.Store())
		syscall.Umask(old)
		if err != nil {
			t.Fatalf("umask %03o: %v", umask, err)
		}
		keys := filepath.Join(root, ".jsc", "keys")
		path := filepath.Join(keys, "O", k.public[1:3], k.public+".nk")
		if got := mode(t, path); got != 0o600 {
			t.Errorf("umask %03o: the file's mode is %03o", umask, got)
		}
		for folder := filepath.Dir(path); folder != root; folder = filepath.Dir(folder) {
			if got := mode(t, folder); got != 0o700 {
				t.Errorf("umask %03o: %s has mode %03o", umask, folder, got)
			}
		}
		if text, err := os.ReadFile(filepath.Join(root, ".jsc", ".gitignore")); err != nil || string(text) != "*\n" {
			t.Errorf(".gitignore is %q: %v", text, err)
		}
		signs(t, r, k)
		signs(t, open(t, Options{Root: root}), k)
	}
}

func TestAddedKeysAreStoredLater(t *testing.T) {
	root, a, b := t.TempDir(), Generate(Account), Generate(User)
	r := open(t, Options{Root: root})
	for _, k := range []*Key{a, b} {
		if err := r.Add(k); err != nil {
			t.Fatal(err)
		}
		signs(t, r, k)
	}
	if there, _ := os.ReadDir(root); len(there) != 0 {
		t.Errorf("something is stored already: %v", there)
	}
	if held, err := r.Held(); err != nil || len(held) != 0 {
		t.Errorf("the sources hold %v already: %v", held, err)
	}
	for range 2 { // there is nothing left to do the second time
		if err := r.Store(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{a.public, b.public}
	slices.Sort(want)
	if held, err := r.Held(); err != nil || !slices.Equal(held, want) {
		t.Errorf("the sources hold %v, want %v: %v", held, want, err)
	}
	for _, k := range []*Key{a, b} {
		signs(t, open(t, Options{Root: root}), k)
	}
	err := open(t, Options{Sources: []string{"env:K"}}).Add(a)
	failed(t, err, "no source of keys is a folder", "env:K")
}

func TestStoreKeepsWhatIsThere(t *testing.T) {
	root, k := t.TempDir(), Generate(User)
	place := filepath.Join(root, defaultDir, nested(k.public))
	write(t, place, "what was there")
	write(t, filepath.Join(root, ".jsc", ".gitignore"), "keys\n")
	_, err := storeSeed(open(t, Options{Root: root}), k)
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want fs.ErrExist", err)
	}
	for path, want := range map[string]string{place: "what was there", filepath.Join(root, ".jsc", ".gitignore"): "keys\n"} {
		if text, _ := os.ReadFile(path); string(text) != want {
			t.Errorf("%s is now %q", path, text)
		}
	}
	// Nor does it write through a link that stands in its way.
	target := filepath.Join(root, "target")
	os.Remove(place)
	if err := os.Symlink(target, place); err != nil {
		t.Fatal(err)
	}
	if _, err := storeSeed(open(t, Options{Root: root}), k); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want fs.ErrExist", err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("the seed was written through a symbolic link")
	}
}

func TestStoreTakesTheFirstFolder(t *testing.T) {
	dir, k := t.TempDir(), Generate(Account)
	if err := os.MkdirAll(filepath.Join(dir, "nsc", "keys"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := open(t, Options{Sources: []string{"env:K", "dir:nsc", "dir:second"}, Dir: dir})
	path, err := storeSeed(r, k)
	if want := filepath.Join(dir, "nsc", "keys", nested(k.public)); err != nil || path != want {
		t.Errorf("stored at %s, want %s: %v", path, want, err)
	}
	if got := mode(t, filepath.Join(dir, "nsc", "keys")); got != 0o755 {
		t.Errorf("an existing folder's mode became %03o", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "nsc", ".gitignore")); err == nil {
		t.Error("a .gitignore appeared in a folder that was there before")
	}
	_, err = storeSeed(open(t, Options{Sources: []string{"env:K"}}), k)
	failed(t, err, "no source of keys is a folder", "env:K")
}

func TestStoreIgnoresItsNewFolder(t *testing.T) {
	dir, k := t.TempDir(), Generate(Account)
	if _, err := storeSeed(open(t, Options{Sources: []string{"dir:seeds/mine"}, Dir: dir}), k); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "seeds", "mine", ".gitignore")); err != nil || string(text) != "*\n" {
		t.Errorf(".gitignore is %q: %v", text, err)
	}
}

func TestStoreFailures(t *testing.T) {
	dir, k := t.TempDir(), Generate(Account)
	write(t, filepath.Join(dir, "file"), "")
	_, err := storeSeed(open(t, Options{Sources: []string{"dir:file/keys"}, Dir: dir}), k)
	failed(t, err, k.public, "not a directory")
	if err := os.Symlink(filepath.Join(dir, "unmounted"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"dir:link", "dir:link/keys", "dir:link/.jsc/keys"} {
		_, err = storeSeed(open(t, Options{Sources: []string{source}, Dir: dir}), k)
		failed(t, err, k.public, filepath.Join(dir, "link")+" is a link that leads nowhere")
	}
	k.wipe()
	_, err = storeSeed(open(t, Options{Sources: []string{"dir:new"}, Dir: dir}), k)
	if !errors.Is(err, errWiped) {
		t.Errorf("error %v, want %v", err, errWiped)
	}
}

// storeSeed is the path of a key's seed, stored alone.
func storeSeed(r *Ring, k *Key) (string, error) {
	paths, err := r.storeSeeds([]*Key{k})
	return strings.Join(paths, ""), err
}

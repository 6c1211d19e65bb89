package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody runs f without root's right to ignore permissions, where the tests
// have it. That right is a thread's, so f must start no goroutine that writes.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if os.Geteuid() == 0 {
		if err := unix.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := unix.Setfsuid(0); err != nil {
				t.Fatal(err)
			}
		}()
	}
	f()
}

// TestReadOnlyFolders holds that a read-only place is read without a word, and
// that a build there says what it may not write.
func TestReadOnlyFolders(t *testing.T) {
	for _, c := range []struct {
		name, readOnly, want string
	}{
		{"all", ".", "x.lock.json.lck: permission denied"},
		{"output folder", "generated", "generated: permission denied"},
		{"a folder in it", "generated/accounts", "write into"},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := newPlace(t)
			build(t, place, 1)
			dir := filepath.Dir(place.Out)
			if err := os.Remove(place.Lock + ".lck"); err != nil {
				t.Fatal(err)
			}
			// Nobody owns all but what is read-only.
			if err := filepath.WalkDir(filepath.Dir(dir), func(name string, entry fs.DirEntry, err error) error {
				if err == nil && entry.IsDir() {
					err = os.Chmod(name, 0o777)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(dir, c.readOnly), 0o555); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Chmod(filepath.Join(dir, c.readOnly), 0o755) })
			asNobody(t, func() {
				if got := readGeneration(t, place); got != 1 {
					t.Errorf("generation %d", got)
				}
				err := tryBuild(t, place, 2, nil)
				if !errors.Is(err, fs.ErrPermission) {
					t.Errorf("error %v", err)
				}
				wantError(t, err, c.want)
			})
			if got := readGeneration(t, place); got != 1 {
				t.Errorf("generation %d after a build that failed", got)
			}
		})
	}
}

package folder

import (
	"errors"
	"path/filepath"
	"testing"
)

// Before is called once for each change of the lock, when nothing refuses it any
// more, and has the last word.
func TestBefore(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	files, lock := generation(2)
	for name, change := range map[string]func(*Folder) error{
		"commit":                   func(f *Folder) error { _, err := f.Commit(t.Context(), files, lock); return err },
		"a commit of a lock alone": func(f *Folder) error { return f.CommitLock([]byte("another lock")) },
	} {
		t.Run(name, func(t *testing.T) {
			was := tree(t, filepath.Dir(place.Lock))
			f := mustOpen(t, place)
			defer f.Close()
			no := errors.New("no")
			called := 0
			f.Before = func() error { called++; return no }
			if err := change(f); !errors.Is(err, no) || called != 1 {
				t.Errorf("error %v after %d calls", err, called)
			}
			if now := tree(t, filepath.Dir(place.Lock)); now != was {
				t.Errorf("on disk is\n%s\nwas\n%s", now, was)
			}
			writeFile(t, place.Lock, "of somebody else")
			if err := change(f); err == nil || called != 1 {
				t.Errorf("called %d times for a change that is refused: %v", called, err)
			}
			writeFile(t, place.Lock, string(f.lockWas.data))
			f.Before = func() error { called++; return nil }
			if err := change(f); err != nil || called != 2 {
				t.Errorf("called %d times: %v", called, err)
			}
		})
	}
}

package folder

import (
	"os"
	"testing"
)

// TestNoFolderStaysOpen: whoever goes from folder to folder closes them, where
// something fails too.
func TestNoFolderStaysOpen(t *testing.T) {
	place := newPlace(t)
	open := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	before := open()
	for n := range 4 {
		build(t, place, n+1)
		view, err := Read(t.Context(), place, nil)
		if err != nil {
			t.Fatal(err)
		}
		paths := []string{"accounts/A.jwt", "jetstream/A0/S.json", "jetstream/A1/S/C.json", "jetstream/none/S.json"}
		err = ReadEach(view, paths, func() int { return 0 }, func(int, int, []byte, error) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		view.Close()
	}
	if now := open(); now != before {
		t.Errorf("%d descriptors are open, %d were before", now, before)
	}
}

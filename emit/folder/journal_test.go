package folder

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// dieAfter returns a step that dies at the first step after the named one.
func dieAfter(op, name string) (s step, died func() bool) {
	passed := false
	var mu sync.Mutex
	return func(o, n string) error {
		mu.Lock()
		defer mu.Unlock()
		if passed {
			return errDead
		}
		passed = o == op && n == name
		return nil
	}, func() bool { return passed }
}

// interruptedAfterJournal returns a place with generation 1 on disk, and 2 in
// the journal.
func interruptedAfterJournal(t *testing.T) Place {
	t.Helper()
	place := newPlace(t)
	build(t, place, 1)
	s, _ := dieAfter("rename", journalPath)
	if err := tryBuild(t, place, 2, s); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	return place
}

func TestReadThroughWritesNothing(t *testing.T) {
	place := interruptedAfterJournal(t)
	before := tree(t, filepath.Dir(place.Out))
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if n, err := generationOf(v); n != 2 || err != nil {
		t.Errorf("generation %d, %v", n, err)
	}
	if !v.Interrupted() {
		t.Error("the interruption is not seen")
	}
	if _, err := v.ReadFile("accounts/G1.json"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that goes is still read: %v", err)
	}
	unchanged(t, place, before)
}

func TestRecoverySaysSo(t *testing.T) {
	place := interruptedAfterJournal(t)
	f := mustOpen(t, place)
	if got := f.Recovery(); !got.Finished || got.LockKept {
		t.Errorf("recovery %+v", got)
	}
	if n, err := generationOf(f.View); n != 2 || err != nil {
		t.Errorf("generation %d, %v", n, err)
	}
	if foreign := f.Foreign(); len(foreign) > 0 {
		t.Errorf("foreign are %v", foreign)
	}
	f.Close()
	f = mustOpen(t, place)
	if got := f.Recovery(); got != (Recovery{}) {
		t.Errorf("second recovery %+v", got)
	}
}

// TestRecoveryKeepsAForeignLock is about a lock that git changed between the
// interruption and the next build: it is not overwritten with an older one.
func TestRecoveryKeepsAForeignLock(t *testing.T) {
	place := interruptedAfterJournal(t)
	writeFile(t, place.Lock, "what git pulled")
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lock, _ := v.Lock(); string(lock) != "what git pulled" {
		t.Errorf("a reader sees the lock %q", lock)
	}
	v.Close()
	f := mustOpen(t, place)
	if got := f.Recovery(); !got.Finished || !got.LockKept {
		t.Errorf("recovery %+v", got)
	}
	if lock, _ := f.Lock(); string(lock) != "what git pulled" {
		t.Errorf("the lock holds %q", lock)
	}
	files, lock := generation(3)
	if _, err := f.Commit(t.Context(), files, lock); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if got := readGeneration(t, place); got != 3 {
		t.Errorf("generation %d", got)
	}
}

// TestRecoveryAfterEdits holds that nobody gets stuck who edits or removes files
// between an interruption and the next build.
func TestRecoveryAfterEdits(t *testing.T) {
	place := interruptedAfterJournal(t)
	writeFile(t, filepath.Join(place.Out, "accounts/A.jwt"), "edited")
	if err := os.RemoveAll(filepath.Join(place.Out, "jetstream")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(place.Out, stagePath, "1")); err != nil {
		t.Fatal(err)
	}
	mended(t, place, 3)
}

func TestRecoveryKeepsAnEditedFileThatGoes(t *testing.T) {
	place := interruptedAfterJournal(t)
	edited := filepath.Join(place.Out, "accounts/G1.json")
	writeFile(t, edited, "edited")
	build(t, place, 3)
	if _, err := os.Stat(edited); err != nil {
		t.Error(err)
	}
}

// TestForeignJournalsAreNotFollowed is about a stage that comes with a git
// branch: check would see its files, and a deployment those in the folder.
func TestForeignJournalsAreNotFollowed(t *testing.T) {
	hostile := interruptedAfterJournal(t)
	place := newPlace(t)
	build(t, place, 1)
	if err := os.CopyFS(filepath.Join(place.Out, stagePath), os.DirFS(filepath.Join(hostile.Out, stagePath))); err != nil {
		t.Fatal(err)
	}
	_, err := Read(t.Context(), place, nil)
	wantError(t, err, "it was written in another folder; remove "+filepath.Join(place.Out, stagePath)+", then build")
	refused(t, place, "it was written in another folder")

	// Where folders have no inodes, none is known to be the same.
	nowhere := &journal{Format: journalFormat, Lock: lockChange{Path: "x"}}
	wantError(t, nowhere.valid(0, "x"), "it was written in another folder")
}

func TestBadJournalsAreNotFollowed(t *testing.T) {
	for data, want := range map[string]string{
		"":                         "EOF",
		"{":                        "unexpected EOF",
		`{"format": 1}`:            "its format is 1, this jsc knows 2",
		`{"format": 1, "more": 1}`: `unknown field "more"`,
	} {
		place := interruptedAfterJournal(t)
		writeFile(t, filepath.Join(place.Out, journalPath), data)
		refused(t, place, want)
		_, err := Read(t.Context(), place, nil)
		wantError(t, err, want)
	}
	for want, change := range map[string]func(j *journal){
		`it lists "../x", which`:                                    func(j *journal) { j.Write = append(j.Write, placing{Path: "../x"}) },
		`it lists "notes.txt", which`:                               func(j *journal) { j.Remove = append(j.Remove, removal{Path: "notes.txt"}) },
		"it belongs to the lock ../y.lock.json, not ../x.lock.json": func(j *journal) { j.Lock.Path = "../y.lock.json" },
	} {
		place := interruptedAfterJournal(t)
		d, err := openDisk(place.Out, nil)
		if err != nil {
			t.Fatal(err)
		}
		j, err := readJournal(d, "../x.lock.json")
		if err != nil {
			t.Fatal(err)
		}
		change(j)
		if err := writeJournal(d, j); err != nil {
			t.Fatal(err)
		}
		d.close()
		refused(t, place, want)
	}
}

// TestStageOfNoJournalIsRemoved holds that what is staged means nothing without a
// journal, whatever it is.
func TestStageOfNoJournalIsRemoved(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	writeFile(t, filepath.Join(place.Out, stagePath, "deep/er"), "x")
	writeFile(t, filepath.Join(place.Out, stagePath, "0"), "x")
	mended(t, place, 2)

	elsewhere := t.TempDir()
	writeFile(t, filepath.Join(elsewhere, "x"), "not to be removed")
	symlink(t, elsewhere, filepath.Join(place.Out, stagePath))
	mended(t, place, 3)
	if _, err := os.Stat(filepath.Join(elsewhere, "x")); err != nil {
		t.Error(err)
	}
}

package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnEditBesideABuildIsSeen changes files, keeping their size, while a build
// that has placed them is about to end: the cache must not take them for its own.
func TestAnEditBesideABuildIsSeen(t *testing.T) {
	place, all := remembered(t)
	const name, whole = "accounts/A9.jwt", "users/A9/new.jwt"
	all[name], all[whole] = "b", "b"
	m := making{step: func(op, at string) error {
		if op == "remove" && at == journalPath {
			for _, name := range []string{name, whole} {
				writeFile(t, filepath.Join(place.Out, name), strings.ToUpper(name+" of b\n"))
			}
		}
		return nil
	}}
	if s := m.build(t, place, all); len(s.Written) != 3 {
		t.Fatalf("written are %v", s.Written)
	}
	settle(t, place)
	m = making{}
	if s := m.build(t, place, all); fmt.Sprint(s.Written) != fmt.Sprint([]string{name, whole}) {
		t.Errorf("written are %v", s.Written)
	}
	if !m.made[name] || !m.made[whole] || len(m.made) != 2 {
		t.Errorf("made are %v", m.made)
	}
}

// TestWhatIsAsYoungAsTheJournal holds that a file is known only if an edit of it,
// once it is in its place, shows in its times, which tick every few milliseconds.
func TestWhatIsAsYoungAsTheJournal(t *testing.T) {
	staged := fingerprint{Size: 1, MTime: 5, CTime: 6, Inode: 7}
	c := &commit{
		files: []File{{Path: "accounts/A.jwt"}},
		found: []found{{print: staged}},
		stage: &stage{places: []place{{whole: 0, name: "A.jwt"}}},
	}
	for written, want := range map[int64]fingerprint{5: {}, 6: {}, 7: staged} {
		c.journal.written = written
		if got := c.arrived(0); got != want {
			t.Errorf("with a journal of %d it is %+v", written, got)
		}
	}
}

// A file that changed when the cache was written, or later, is not known by it.
func TestWhatIsAsYoungAsTheCache(t *testing.T) {
	print := fingerprint{Size: 1, MTime: 5, CTime: 6, Inode: 7}
	for written, want := range map[int64]bool{5: false, 6: false, 7: true} {
		f := &Folder{}
		f.cache.entries, f.cache.written = []entry{{path: "x", print: print}}, written
		f.survey = &survey{files: []seen{{path: "x", print: print}}}
		if f.recognize(); f.cache.entries[0].known != want {
			t.Errorf("with a cache of %d it is known: %t", written, !want)
		}
	}
}

// TestAnotherBuildMeanwhile is about two locks of one name in two folders, with one
// output folder: what Known told is of files that the other has replaced.
func TestAnotherBuildMeanwhile(t *testing.T) {
	place, all := remembered(t)
	f := mustOpen(t, place)
	if k := f.Known([]string{"accounts/A1.jwt"}); k[0] == (Known{}) {
		t.Fatal("nothing is known")
	}
	other := place
	other.Lock = filepath.Join(t.TempDir(), filepath.Base(place.Lock))
	for name := range all {
		all[name] = "z"
	}
	var m making
	m.build(t, other, all)
	files, lock := generation(1)
	_, err := f.Commit(t.Context(), files, lock)
	wantError(t, err, "manifest.json was changed meanwhile; run the command again")
	f.Close()
	if data, err := os.ReadFile(filepath.Join(place.Out, "accounts/A1.jwt")); string(data) != "accounts/A1.jwt of z\n" {
		t.Errorf("the other build's file is %q, %v", data, err)
	}
}

// TestALockEditedMeanwhile edits the lock, keeping its length: before a commit, which
// is refused, and after its journal, which leaves the lock as it is.
func TestALockEditedMeanwhile(t *testing.T) {
	const edited = "LOCK 1\n"
	place := newPlace(t)
	build(t, place, 1)
	files, lock := generation(2)
	f := mustOpen(t, place)
	writeFile(t, place.Lock, edited)
	_, err := f.Commit(t.Context(), files, lock)
	wantError(t, err, "x.lock.json was changed meanwhile; run the command again")
	wantError(t, f.CommitLock(lock), "x.lock.json was changed meanwhile; run the command again")
	f.Close()

	writeFile(t, place.Lock, "lock 1\n")
	err = tryBuild(t, place, 2, func(op, name string) error {
		if op == "rename" && name == journalPath {
			writeFile(t, place.Lock, edited)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(place.Lock); string(data) != edited {
		t.Errorf("the lock is %q, %v", data, err)
	}
}

// TestAFolderThatCameMeanwhile puts folders where an interrupted build is to place
// its own, and kills each attempt to finish it after each step: what was there
// stays, what was staged arrives, and readers see both at every moment.
func TestAFolderThatCameMeanwhile(t *testing.T) {
	const foreign = "jetstream/A0/S/notes.txt"
	came := func() Place {
		place := interruptedAfterJournal(t)
		writeFile(t, filepath.Join(place.Out, foreign), "mine\n")
		writeFile(t, filepath.Join(place.Out, "jetstream/A0/S/C.json"), "in its place\n")
		return place
	}
	whole := func(place Place, n int) {
		t.Helper()
		v, err := Read(t.Context(), place, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		content, err := contentOf(v)
		if err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		if content[foreign] != "mine\n" {
			t.Fatalf("step %d: what was there is %q", n, content[foreign])
		}
		files, _ := generation(2)
		for _, file := range files {
			if content[file.Path] != string(file.Data) {
				t.Fatalf("step %d: %s is %q", n, file.Path, content[file.Path])
			}
		}
	}
	for n := 0; ; n++ {
		place := came()
		whole(place, n)
		s, died := dieAt(n)
		f, err := open(t.Context(), place, nil, s)
		if err == nil {
			f.Close()
		} else if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		whole(place, n)
		mustOpen(t, place).Close()
		whole(place, n)
		if _, err := os.Lstat(filepath.Join(place.Out, stagePath)); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("step %d: the stage is left: %v", n, err)
		}
		if !died() {
			if n < 15 {
				t.Errorf("only %d steps", n)
			}
			break
		}
	}
}

// TestNoLinkLeadsTheCacheAway is TestTheCacheStaysInside where the lock is in
// another folder.
func TestNoLinkLeadsTheCacheAway(t *testing.T) {
	elsewhere := t.TempDir()
	place := cachedPlace(t)
	place.Lock = filepath.Join(t.TempDir(), "x.lock.json")
	symlink(t, elsewhere, filepath.Dir(place.Cache))
	var m making
	m.build(t, place, recipes(cacheFrom))
	if entries, err := os.ReadDir(elsewhere); err != nil || len(entries) > 0 {
		t.Errorf("elsewhere is %v, %v", entries, err)
	}
}

// TestACacheThatCannotBeWrittenLeavesNothing has a folder in its place.
func TestACacheThatCannotBeWrittenLeavesNothing(t *testing.T) {
	place, all := remembered(t)
	file := cacheFile(t, place)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(file, "x"), "")
	var m making
	m.build(t, place, all)
	if _, err := os.Lstat(file + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was to become the cache: %v", err)
	}
}

package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCommitSaysWhatItDid(t *testing.T) {
	place := newPlace(t)
	if diff := cmp.Diff(Summary{Written: []string{
		"accounts/A.jwt", "accounts/G1.json", "jetstream/A1/S.json", "jetstream/A1/S/C.json", "manifest.json", "operator.conf", "operator.jwt",
	}}, build(t, place, 1)); diff != "" {
		t.Errorf("first build:\n%s", diff)
	}
	if diff := cmp.Diff(Summary{
		Written: []string{"accounts/A.jwt", "accounts/G2.json", "jetstream/A0/S.json", "jetstream/A0/S/C.json", "manifest.json", "operator.conf"},
		Removed: []string{"accounts/G1.json", "jetstream/A1/S.json", "jetstream/A1/S/C.json"},
		Kept:    []string{"operator.jwt"},
	}, build(t, place, 2)); diff != "" {
		t.Errorf("second build:\n%s", diff)
	}
	if got := build(t, place, 2); len(got.Kept) != 7 || len(got.Written)+len(got.Removed)+len(got.Left) > 0 {
		t.Errorf("the same build again: %+v", got)
	}
	if _, err := os.Lstat(filepath.Join(place.Out, "jetstream/A1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder is left: %v", err)
	}
}

func TestCommitTouchesOnlyWhatChanged(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	old := time.Unix(1_000_000_000, 0)
	names := []string{"generated/operator.jwt", "generated/operator.conf", "x.lock.json"}
	for _, name := range names {
		if err := os.Chtimes(filepath.Join(filepath.Dir(place.Out), name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	untouched := func() (result []bool) {
		for _, name := range names {
			info, err := os.Stat(filepath.Join(filepath.Dir(place.Out), name))
			if err != nil {
				t.Fatal(err)
			}
			result = append(result, info.ModTime().Equal(old))
		}
		return result
	}
	build(t, place, 1)
	if got := fmt.Sprint(untouched()); got != "[true true true]" {
		t.Errorf("a build without changes: untouched %s", got)
	}
	build(t, place, 2)
	if got := fmt.Sprint(untouched()); got != "[true false false]" {
		t.Errorf("a build with changes: untouched %s", got)
	}
}

func TestCommitChangesTheLockAlone(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	f := mustOpen(t, place)
	files, _ := generation(1)
	if s, err := f.Commit(t.Context(), files, []byte("other")); err != nil || len(s.Kept) != len(files) {
		t.Fatal(s, err)
	}
	if err := f.CommitLock([]byte("third")); err != nil {
		t.Fatal(err)
	}
	f.Close()
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if lock, _ := v.Lock(); string(lock) != "third" {
		t.Errorf("the lock holds %q", lock)
	}
}

func TestCommitLockWithoutAFolder(t *testing.T) {
	place := newPlace(t)
	f := mustOpen(t, place)
	if err := f.CommitLock([]byte("pins")); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if got, want := tree(t, filepath.Dir(place.Out)), ". d---------\nx.lock.json \"pins\"\nx.lock.json.lck \"\""; got != want {
		t.Errorf("on disk is\n%s\nwant\n%s", got, want)
	}
}

func TestCommitTwiceWithOneOpen(t *testing.T) {
	place := newPlace(t)
	f := mustOpen(t, place)
	for n := 1; n <= 3; n++ {
		files, lock := generation(n)
		if _, err := f.Commit(t.Context(), files, lock); err != nil {
			t.Fatal(err)
		}
		if got := readGeneration(t, place); got != n {
			t.Errorf("generation %d, want %d", got, n)
		}
	}
}

func TestCommitManyFiles(t *testing.T) {
	place := newPlace(t)
	var files []File
	for i := range 3 * fewFiles {
		files = append(files, File{Path: fmt.Sprintf("users/A%d/u.jwt", i), Data: fmt.Append(nil, i)})
	}
	f := mustOpen(t, place)
	if s, err := f.Commit(t.Context(), withManifest(files, "x.lock.json"), nil); err != nil || len(s.Written) != len(files)+1 {
		t.Fatal(len(s.Written), err)
	}
	if s, err := f.Commit(t.Context(), withManifest(nil, "x.lock.json"), nil); err != nil || len(s.Removed) != len(files) {
		t.Fatal(len(s.Removed), err)
	}
	if _, err := os.Lstat(filepath.Join(place.Out, "users")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder is left: %v", err)
	}
}

func TestCommitMakesMissingFolders(t *testing.T) {
	place := newPlace(t)
	place.Out = filepath.Join(place.Out, "env", "prod")
	build(t, place, 1)
	for name, want := range map[string]fs.FileMode{"": 0o755, "accounts": 0o755, "accounts/A.jwt": 0o644, "manifest.json": 0o644} {
		info, err := os.Stat(filepath.Join(place.Out, name))
		if err != nil {
			t.Fatal(err)
		}
		if extra := info.Mode().Perm() &^ want; extra != 0 {
			t.Errorf("%s has mode %v, more than %v", name, info.Mode().Perm(), want)
		}
	}
}

func TestCommitLeavesWhatOthersMade(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	others := []string{"notes.txt", "accounts/mine.txt", "jetstream/A1/S/notes.txt", "foreign.jwt", ".hidden/x", "no\xffUTF-8/x"}
	for _, name := range others {
		writeFile(t, filepath.Join(place.Out, name), "mine")
	}
	writeFile(t, filepath.Join(place.Out, "accounts/G1.json"), "edited")
	if got := build(t, place, 2); fmt.Sprint(got.Left) != "[accounts/G1.json]" {
		t.Errorf("left %v", got.Left)
	}
	for _, name := range append(others, "accounts/G1.json") {
		if _, err := os.Stat(filepath.Join(place.Out, name)); err != nil {
			t.Error(err)
		}
	}
	got := mustOpen(t, place).Foreign()
	if want := "[.hidden/x accounts/G1.json accounts/mine.txt foreign.jwt jetstream/A1/S/notes.txt notes.txt no\xffUTF-8/x]"; fmt.Sprint(got) != want {
		t.Errorf("foreign are %v, want %s", got, want)
	}
}

// TestCommitAfterAMerge holds that the way out of a git merge works: either side's
// manifest, and files of both sides.
func TestCommitAfterAMerge(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	writeFile(t, filepath.Join(place.Out, "accounts/A.jwt"), "theirs")
	writeFile(t, filepath.Join(place.Out, "accounts/G2.json"), "theirs, which our manifest does not list")
	mended(t, place, 2)
}

func TestCommitMendsWhatIsMissing(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	if err := os.RemoveAll(filepath.Join(place.Out, "accounts")); err != nil {
		t.Fatal(err)
	}
	mended(t, place, 1)
	if err := os.RemoveAll(place.Out); err != nil {
		t.Fatal(err)
	}
	mended(t, place, 2)
}

func TestCommitIntoAFolderWithoutManifest(t *testing.T) {
	place := newPlace(t)
	files, lock := generation(1)
	writeFile(t, filepath.Join(place.Out, "operator.jwt"), string(files[0].Data))
	writeFile(t, filepath.Join(place.Out, "readme.txt"), "mine")
	if got := build(t, place, 1); fmt.Sprint(got.Kept) != "[operator.jwt]" {
		t.Errorf("kept %v", got.Kept)
	}

	place = newPlace(t)
	writeFile(t, filepath.Join(place.Out, "operator.conf"), "mine")
	before := tree(t, place.Out)
	f := mustOpen(t, place)
	_, err := f.Commit(t.Context(), files, lock)
	wantError(t, err, place.Out+" has no manifest.json, and holds other content at operator.conf")
	if got := tree(t, filepath.Dir(place.Out)); !strings.Contains(got, "operator.conf \"mine\"") || tree(t, place.Out) != before || strings.Contains(got, "lock 1") {
		t.Errorf("on disk is\n%s", got)
	}
}

func TestCommitRefusesWhatTheCallerGotWrong(t *testing.T) {
	f := mustOpen(t, newPlace(t))
	for want, files := range map[string][]File{
		`"../x.jwt" has no form`:         withManifest([]File{{Path: "../x.jwt", Data: []byte("x")}}, ""),
		`"notes.txt" has no form`:        withManifest([]File{{Path: "notes.txt", Data: []byte("x")}}, ""),
		"operator.jwt is of nothing":     withManifest([]File{{Path: "operator.jwt"}}, ""),
		"operator.jwt is made twice":     withManifest([]File{{Path: "operator.jwt", Data: []byte("x")}, {Path: "operator.jwt", Data: []byte("x")}}, ""),
		"a build without manifest.json ": {{Path: "operator.jwt", Data: []byte("x")}},
	} {
		_, err := f.Commit(t.Context(), files, nil)
		wantError(t, err, want)
	}
}

func TestCommitRefusesALockChangedMeanwhile(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	f := mustOpen(t, place)
	writeFile(t, place.Lock, "what git pulled")
	before := tree(t, filepath.Dir(place.Out))
	files, lock := generation(2)
	_, err := f.Commit(t.Context(), files, lock)
	wantError(t, err, place.Lock+" was changed meanwhile")
	wantError(t, f.CommitLock(lock), place.Lock+" was changed meanwhile")
	unchanged(t, place, before)
}

func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("error %v, want %s", err, part)
	}
}

// unchanged holds that around a place all is as it was before.
func unchanged(t *testing.T, place Place, before string) {
	t.Helper()
	if got := tree(t, filepath.Dir(place.Out)); got != before {
		t.Errorf("on disk is\n%s\nwas\n%s", got, before)
	}
}

// TestCommitCanBeGivenUp presses ^C while files are made: what was there stays,
// and nothing is left of what was staged.
func TestCommitCanBeGivenUp(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	before := tree(t, filepath.Dir(place.Out))
	f := mustOpen(t, place)
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	files, lock := generation(2)
	for i := range files {
		data := files[i].Data
		files[i].Data, files[i].Make = nil, func([]byte) ([]byte, error) { cancel(); return data, nil }
	}
	if _, err := f.Commit(ctx, files, lock); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	f.Close()
	unchanged(t, place, before)
}

// TestCommitIsReadAgain refuses what no later build could read.
func TestCommitIsReadAgain(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	before := tree(t, filepath.Dir(place.Out))
	f := mustOpen(t, place)
	defer f.Close()
	files, lock := generation(2)
	_, err := f.Commit(t.Context(), files, make([]byte, MaxFile+1))
	wantError(t, err, "x.lock.json would be larger than the 512 MiB that are read; divide the topology")
	if t.Failed() {
		return
	}
	for i := range files {
		if files[i].Path == "operator.jwt" {
			files[i].Data, files[i].Make = nil, func([]byte) ([]byte, error) { return make([]byte, MaxFile+1), nil }
		}
	}
	_, err = f.Commit(t.Context(), files, lock)
	wantError(t, err, "operator.jwt would be larger than the 512 MiB that are read; divide the topology")
	f.Close()
	if !t.Failed() { // else there is too much to show
		unchanged(t, place, before)
	}
}

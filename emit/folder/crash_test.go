package folder

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

var errDead = errors.New("dead")

// dieAt returns a step that lets n steps happen and no further one: what is on
// disk is then what a process leaves that died there.
func dieAt(n int) (s step, died func() bool) {
	done := 0
	var mu sync.Mutex
	return func(string, string) error {
		mu.Lock()
		defer mu.Unlock()
		done++
		if done > n {
			return errDead
		}
		return nil
	}, func() bool { return done > n }
}

// tryBuild builds a generation with the steps, as a process of its own would.
func tryBuild(t *testing.T, place Place, generationNumber int, s step) error {
	t.Helper()
	f, err := open(t.Context(), place, nil, s)
	if err != nil {
		return err
	}
	defer f.Close()
	files, lock := generation(generationNumber)
	_, err = f.Commit(t.Context(), files, lock)
	return err
}

// interrupted returns a place where generation old was built and the next build
// died after n steps, with the generation that readers see there; finished says
// that it got through.
func interrupted(t *testing.T, old, n int) (place Place, seen int, finished bool) {
	t.Helper()
	place = newPlace(t)
	if old > 0 {
		build(t, place, old)
	}
	s, died := dieAt(n)
	err := tryBuild(t, place, old+1, s)
	if err != nil && !died() {
		t.Fatalf("step %d: %v", n, err)
	}
	seen = readGeneration(t, place)
	if seen != old && seen != old+1 || err == nil && seen != old+1 {
		t.Fatalf("step %d: generation %d", n, seen)
	}
	return place, seen, !died()
}

// mended checks that the next build gets through and leaves what a build in a
// clean place leaves.
func mended(t *testing.T, place Place, next int) {
	t.Helper()
	if got := build(t, place, next); len(got.Left) > 0 {
		t.Fatalf("left %v", got.Left)
	}
	if got := readGeneration(t, place); got != next {
		t.Fatalf("generation %d after the next build", got)
	}
	if got, want := tree(t, filepath.Dir(place.Out)), clean(next); got != want {
		t.Fatalf("on disk is\n%s\nwant\n%s", got, want)
	}
}

// clean is what is on disk after a generation was built in a new place.
func clean(n int) string {
	files, lock := generation(n)
	lines := []string{". d---------", "generated d---------", "x.lock.json.lck \"\"", fmt.Sprintf("x.lock.json %q", lock)}
	dirs := map[string]bool{}
	for _, f := range files {
		lines = append(lines, fmt.Sprintf("generated/%s %q", f.Path, f.Data))
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	for dir := range dirs {
		lines = append(lines, "generated/"+dir+" d---------")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestDeathAtEveryStep kills a build after each of its steps, and then each
// attempt to finish it after each of the attempt's. At every moment a reader sees
// the old or the new whole state, and never the old one after the new.
func TestDeathAtEveryStep(t *testing.T) {
	for _, old := range []int{0, 1} {
		t.Run(fmt.Sprint("from generation ", old), func(t *testing.T) {
			t.Parallel()
			deaths, decided, recoveries := 0, 0, 0
			for n := 0; ; n++ {
				place, seen, finished := interrupted(t, old, n)
				mended(t, place, old+2)
				if finished {
					break
				}
				deaths++
				if seen == old+1 {
					decided++
				}
				for m := 0; ; m++ {
					place, seen, _ := interrupted(t, old, n)
					s, died := dieAt(m)
					f, err := open(t.Context(), place, nil, s)
					if err == nil {
						f.Close()
					} else if !died() {
						t.Fatalf("recovery step %d.%d: %v", n, m, err)
					}
					if got := readGeneration(t, place); got != seen {
						t.Fatalf("recovery step %d.%d: generation %d, was %d", n, m, got, seen)
					}
					if !died() {
						break
					}
					recoveries++
					mended(t, place, old+2)
				}
			}
			t.Logf("%d deaths, %d of them after the journal, %d deaths recovering", deaths, decided, recoveries)
			if decided < 10 || deaths-decided < 10 || recoveries < 100 {
				t.Error("too few to mean anything")
			}
		})
	}
}

// TestFailureAtEveryStep fails one step of a build that goes on living, as a full
// disk does. Before the journal the error leaves all as it was; after it, the
// next build finishes.
func TestFailureAtEveryStep(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		place := newPlace(t)
		build(t, place, 1)
		before := tree(t, filepath.Dir(place.Out))
		var done atomic.Int64
		var failed string
		err := tryBuild(t, place, 2, func(op, name string) error {
			if done.Add(1) == int64(n) {
				failed = op + " " + name
				return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
			}
			return nil
		})
		if done.Load() < int64(n) {
			break
		}
		if err == nil {
			// The next build removes the stage too. Any other failure is told of.
			if failed != "remove "+stagePath {
				t.Errorf("step %d: %s failed, and the build says nothing", n, failed)
			}
			mended(t, place, 3)
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("step %d: error %v", n, err)
		}
		seen := readGeneration(t, place)
		if told := strings.Contains(err.Error(), "the next build finishes this one"); told != (seen == 2) {
			t.Errorf("step %d: readers see generation %d after %v", n, seen, err)
		}
		switch seen {
		case 1:
			if got := tree(t, filepath.Dir(place.Out)); got != before {
				t.Fatalf("step %d: %v\non disk is\n%s\nwas\n%s", n, err, got, before)
			}
		case 2:
			f := mustOpen(t, place)
			if !f.Recovery().Finished {
				t.Fatalf("step %d: nothing to finish after %v", n, err)
			}
			f.Close()
		default:
			t.Fatalf("step %d: generation %d", n, seen)
		}
		mended(t, place, 3)
	}
}

// TestFailureAtEveryStepOfFinishing fails one step of a build that finishes another:
// it says so, and the one after it finishes both.
func TestFailureAtEveryStepOfFinishing(t *testing.T) {
	t.Parallel()
	decided := 0
	for seen := 0; seen != 2; decided++ {
		_, seen, _ = interrupted(t, 1, decided)
	}
	for n := 1; ; n++ {
		place, _, _ := interrupted(t, 1, decided)
		var done atomic.Int64
		var failed string
		f, err := open(t.Context(), place, nil, func(op, name string) error {
			if done.Add(1) == int64(n) {
				failed = op + " " + name
				return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
			}
			return nil
		})
		if err == nil {
			f.Close()
		}
		if done.Load() < int64(n) {
			break
		}
		if err == nil && failed != "remove "+stagePath || err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("step %d: %s failed, and the error is %v", n, failed, err)
		}
		if seen := readGeneration(t, place); seen != 2 {
			t.Fatalf("step %d: generation %d", n, seen)
		}
		mended(t, place, 3)
	}
}

// TestFailureOfTheFirstBuildLeavesNothing holds that a build that fails in a new
// place does not leave empty folders.
func TestFailureOfTheFirstBuildLeavesNothing(t *testing.T) {
	place := newPlace(t)
	place.Out = filepath.Join(place.Out, "prod")
	err := tryBuild(t, place, 1, func(op, name string) error {
		if op == "write" {
			return syscall.ENOSPC
		}
		return nil
	})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Dir(place.Out)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the output folder is left: %v", err)
	}
}

// TestDeathOfCommitLock kills a change of the lock alone after each step.
func TestDeathOfCommitLock(t *testing.T) {
	deaths := 0
	for n := 0; ; n++ {
		place := newPlace(t)
		build(t, place, 1)
		s, died := dieAt(n)
		f, err := open(t.Context(), place, nil, s)
		if err == nil {
			err = f.CommitLock([]byte("pins"))
			f.Close()
		}
		if died() != (err != nil) {
			t.Fatalf("step %d: died %v, error %v", n, died(), err)
		}
		f = mustOpen(t, place)
		if lock, _ := f.Lock(); string(lock) != "lock 1\n" && string(lock) != "pins" {
			t.Fatalf("step %d: the lock holds %q", n, lock)
		}
		files, lock := generation(2)
		if _, err := f.Commit(t.Context(), files, lock); err != nil {
			t.Fatal(err)
		}
		f.Close()
		mended(t, place, 3)
		if !died() {
			break
		}
		deaths++
	}
	if deaths < 4 {
		t.Errorf("only %d deaths", deaths)
	}
}

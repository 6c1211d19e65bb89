package folder

import (
	"context"
	"errors"
	"os"
	"testing"
)

// TestTwoBuildsFollowOneAnother holds that the second waits, says so, and sees
// what the first made.
func TestTwoBuildsFollowOneAnother(t *testing.T) {
	place := newPlace(t)
	first := mustOpen(t, place)
	waits, done := make(chan string, 1), make(chan error, 1)
	go func() {
		second, err := Open(context.Background(), place, func(path string) { waits <- path })
		if err == nil {
			n, bad := generationOf(second.View)
			if err = bad; n != 1 {
				err = errors.Join(bad, errors.New("the first build was not seen"))
			}
			second.Close()
		}
		done <- err
	}()
	if got := <-waits; got != place.Lock+".lck" {
		t.Errorf("waits for %s", got)
	}
	files, lock := generation(1)
	if _, err := first.Commit(t.Context(), files, lock); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		t.Fatalf("the second did not wait: %v", err)
	default:
	}
	first.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWaitingCanBeGivenUp(t *testing.T) {
	place := newPlace(t)
	mustOpen(t, place)
	reason := errors.New("the user pressed ^C")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := Open(ctx, place, func(string) { cancel(reason) })
	if !errors.Is(err, reason) {
		t.Errorf("error %v", err)
	}
	wantError(t, err, "another jsc is at work")
}

// TestABuildWaitsForReaders holds that what a reader sees does not change while
// it looks.
func TestABuildWaitsForReaders(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	waits, done := make(chan string, 1), make(chan error, 1)
	go func() {
		f, err := Open(context.Background(), place, func(path string) { waits <- path })
		if err == nil {
			defer f.Close()
			files, lock := generation(2)
			_, err = f.Commit(context.Background(), files, lock)
		}
		done <- err
	}()
	if got := <-waits; got != place.Out {
		t.Errorf("waits for %s", got)
	}
	if n, err := generationOf(v); n != 1 || err != nil {
		t.Errorf("generation %d, %v", n, err)
	}
	v.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := readGeneration(t, place); got != 2 {
		t.Errorf("generation %d", got)
	}
}

// TestAReaderWaitsForABuild stops a build between two steps of its commit.
func TestAReaderWaitsForABuild(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	stopped, goOn := make(chan bool), make(chan bool)
	built := make(chan error, 1)
	go func() {
		f, err := open(context.Background(), place, nil, func(op, name string) error {
			if op == "rename" && name == "operator.conf" {
				stopped <- true
				<-goOn
			}
			return nil
		})
		if err == nil {
			defer f.Close()
			files, lock := generation(2)
			_, err = f.Commit(context.Background(), files, lock)
		}
		built <- err
	}()
	<-stopped
	v, err := Read(t.Context(), place, func(string) { close(goOn) })
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if n, err := generationOf(v); n != 2 || err != nil {
		t.Errorf("generation %d, %v", n, err)
	}
	if err := <-built; err != nil {
		t.Error(err)
	}
}

// TestReadersShare holds that readers do not wait for each other, nor for a build
// that does not write yet.
func TestReadersShare(t *testing.T) {
	place := newPlace(t)
	build(t, place, 1)
	mustOpen(t, place)
	for range 2 {
		v, err := Read(t.Context(), place, func(path string) { t.Errorf("waits for %s", path) })
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
	}
}

func TestTwoLocksOneFolder(t *testing.T) {
	place := newPlace(t)
	other := Place{Out: place.Out, Lock: place.Lock + "2"}
	first, second := mustOpen(t, place), mustOpen(t, other)
	files, lock := generation(1)
	if _, err := first.Commit(t.Context(), files, lock); err != nil {
		t.Fatal(err)
	}
	_, err := second.Commit(t.Context(), files, lock)
	wantError(t, err, `is made from the lock "x.lock.json", not "x.lock.json2"`)
	if got := readGeneration(t, place); got != 1 {
		t.Errorf("generation %d", got)
	}
}

// TestALockFileRemovedByHand holds that whoever waited for a removed lock file
// does not go on beside the one who made a new one.
func TestALockFileRemovedByHand(t *testing.T) {
	place := newPlace(t)
	first := mustOpen(t, place)
	waits, second := make(chan string, 1), make(chan *Folder)
	go func() {
		f, err := Open(context.Background(), place, func(path string) { waits <- path })
		if err != nil {
			t.Error(err)
		}
		second <- f
	}()
	<-waits
	if err := os.Remove(place.Lock + ".lck"); err != nil {
		t.Fatal(err)
	}
	third := mustOpen(t, place)
	first.Close()
	select {
	case <-waits: // again, now for the third
	case f := <-second:
		f.Close()
		t.Fatal("two hold the lock")
	}
	third.Close()
	(<-second).Close()
}

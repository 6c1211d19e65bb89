package folder

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestMain puts the tests' folders into memory where it can: a death is the same
// there, and thousands of them need no disk. With childPlace set the process is
// a child of TestSIGKILL, with childProgram one of TestAProgramKnowsItself.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childPlace); dir != "" {
		os.Exit(buildForever(dir))
	}
	if os.Getenv(childProgram) != "" {
		os.Exit(tellProgram())
	}
	if dir, err := os.MkdirTemp("/dev/shm", "folder"); err == nil {
		os.Chmod(dir, 0o755)
		os.Setenv("TMPDIR", dir)
		code := m.Run()
		os.RemoveAll(dir)
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// childProgram makes the process a child of TestAProgramKnowsItself.
const childProgram = "JSC_FOLDER_TEST_PROGRAM"

// tellProgram waits for a line and tells who is running.
func tellProgram() int {
	bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Print(program())
	return 0
}

const childPlace = "JSC_FOLDER_TEST_CHILD"

func childPlaceIn(dir string) Place {
	return Place{Out: filepath.Join(dir, "generated"), Lock: filepath.Join(dir, "x.lock.json")}
}

// buildForever builds one generation after another, a line on stdout before each.
func buildForever(dir string) int {
	ctx, place := context.Background(), childPlaceIn(dir)
	for {
		if err := buildNext(ctx, place); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println("built")
	}
}

func buildNext(ctx context.Context, place Place) error {
	f, err := Open(ctx, place, nil)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := generationOf(f.View)
	if err != nil {
		return err
	}
	files, lock := generation(n + 1)
	_, err = f.Commit(ctx, files, lock)
	return err
}

// TestSIGKILL kills real processes at random moments. Each leaves the old or the
// new whole state, each next one starts from there, and readers that look on all
// the while never see anything else, nor a step back.
func TestSIGKILL(t *testing.T) {
	kills := 60
	if s := os.Getenv("JSC_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	place := childPlaceIn(dir)
	last, interrupted, seen := 0, 0, 0
	for run := 0; run < kills || interrupted < kills/20; run++ {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childPlace+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		built := bufio.NewScanner(out)
		built.Scan() // it is at work now
		deadline := time.Now().Add(time.Duration(rand.IntN(12_000)) * time.Microsecond)
		for time.Now().Before(deadline) {
			if run%2 == 0 {
				continue // a reader would hold up the child, who would die waiting
			}
			n := readGeneration(t, place)
			if n < last {
				t.Fatalf("generation %d after %d", n, last)
			}
			last = n
			seen++
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := child.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the child did not die of the kill: %v", err)
		}
		v, err := Read(t.Context(), place, nil)
		if err != nil {
			t.Fatal(err)
		}
		if v.Interrupted() {
			interrupted++
		}
		v.Close()
		if n := readGeneration(t, place); n < last {
			t.Fatalf("generation %d after %d", n, last)
		} else {
			last = n
		}
	}
	build(t, place, last+1)
	if got, want := tree(t, dir), clean(last+1); got != want {
		t.Errorf("on disk is\n%s\nwant\n%s", got, want)
	}
	t.Logf("at least %d kills over %d generations, %d between journal and end; readers looked %d times", kills, last, interrupted, seen)
	if last < kills || seen == 0 {
		t.Error("too few to mean anything")
	}
}

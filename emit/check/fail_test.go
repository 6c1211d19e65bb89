package check

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
)

// failing is a folder whose n-th access fails.
type failing struct {
	Folder
	n    int64
	done *atomic.Int64
}

var errDisk = errors.New("the disk fails")

func (f failing) fails() bool { return f.done.Add(1) == f.n }

func (f failing) Paths() ([]string, error) {
	if f.fails() {
		return nil, errDisk
	}
	return f.Folder.Paths()
}

func (f failing) ReadFile(name string) ([]byte, error) {
	if f.fails() {
		return nil, fmt.Errorf("%s: %w", name, errDisk)
	}
	return f.Folder.ReadFile(name)
}

// What could not be read is not judged as if it were not there, nor as if it were
// as it should be.
func TestAFailureToReadIsNoFinding(t *testing.T) {
	tr := built(t)
	for name, run := range map[string]func(head, base Folder) error{
		"check": func(head, _ Folder) error {
			in := tr.input()
			in.Folder = head
			_, err := Run(in)
			return err
		},
		"plain": func(head, _ Folder) error {
			in := tr.input()
			in.Folder = head
			_, err := judge(in, true)
			return err
		},
		"untouched": func(head, base Folder) error {
			_, err := Untouched(State{tr.lock, head}, State{tr.lock, base}, "t.lock.json", "generated")
			return err
		},
	} {
		for _, based := range []bool{false, true} {
			for n := int64(1); ; n++ {
				var done atomic.Int64
				sound, broken := Folder(tr.folder), Folder(failing{tr.folder, n, &done})
				if based {
					sound, broken = broken, sound
				}
				err := run(broken, sound)
				if done.Load() < n {
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					break
				}
				if !errors.Is(err, errDisk) {
					t.Fatalf("%s, access %d, of the base %t: %v", name, n, based, err)
				}
			}
		}
	}
}

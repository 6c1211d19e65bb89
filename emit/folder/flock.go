package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// lockMode is how a file lock is held.
type lockMode int

const (
	shared    lockMode = iota // with others that read
	exclusive                 // alone
)

// errHeld is tryFlock's error when another process holds the file lock.
var errHeld = errors.New("held by another process")

// flock takes the file lock of an open file or folder, called name, which ends with the file's
// closing, so with its process's death at the latest. While another holds it,
// flock calls waiting once, and then waits until it is free or ctx is done. It
// asks time and again, because a blocked flock(2) cannot be given up.
func flock(ctx context.Context, file *os.File, name string, mode lockMode, waiting func(name string)) error {
	pause := time.Millisecond
	for said := false; ; {
		err := tryFlock(file, mode)
		if !errors.Is(err, errHeld) {
			if err != nil {
				return fmt.Errorf("lock %s: %w", name, err)
			}
			return nil
		}
		if !said && waiting != nil {
			waiting(name)
			said = true
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("another jsc is at work (%s): %w", name, context.Cause(ctx))
		case <-timer.C:
			pause = min(2*pause, 50*time.Millisecond)
		}
	}
}

// holdFile opens and locks a file that exists for nothing else, making it if
// needed. It is never removed: whoever waits for it holds it open already.
func holdFile(ctx context.Context, name string, waiting func(string)) (*os.File, error) {
	for {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, fmt.Errorf("lock the topology's state: %w", err)
		}
		if err := flock(ctx, file, name, exclusive, waiting); err != nil {
			file.Close()
			return nil, err
		}
		// Somebody may have removed it by hand while we waited.
		held, err1 := file.Stat()
		named, err2 := os.Stat(name)
		if err1 == nil && err2 == nil && os.SameFile(held, named) {
			return file, nil
		}
		file.Close()
	}
}

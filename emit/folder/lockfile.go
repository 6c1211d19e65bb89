package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lockFile is the topology's lock, which may lie on another file system than the
// output folder.
type lockFile struct {
	dir  *disk
	name string
	last []byte // what it held when it was read last: it is not held twice
}

// lockState is what a lock's file holds.
type lockState struct {
	data   []byte
	exists bool
}

func (s lockState) equal(t lockState) bool {
	return s.exists == t.exists && bytes.Equal(s.data, t.data)
}

// digest is that of the lock's bytes, "" when there is none.
func (s lockState) digest() string {
	if !s.exists {
		return ""
	}
	return Digest(s.data)
}

func openLockFile(name string, s step) (*lockFile, error) {
	dir, err := openDisk(filepath.Dir(name), s)
	if err != nil {
		return nil, fmt.Errorf("open the lock's folder: %w", err)
	}
	return &lockFile{dir: dir, name: filepath.Base(name)}, nil
}

// read returns what the lock is.
func (l *lockFile) read() (lockState, error) {
	data, err := l.dir.readAgain(l.name, l.last)
	if errors.Is(err, fs.ErrNotExist) {
		return lockState{}, nil
	}
	if err != nil {
		return lockState{}, err
	}
	l.last = data
	return lockState{data, true}, nil
}

// install replaces the lock by data in one step.
func (l *lockFile) install(data []byte) error {
	if err := l.dir.write(l.next(), data); err != nil {
		return err
	}
	if err := l.dir.sync([]string{l.next()}); err != nil {
		return err
	}
	if err := l.dir.rename(l.next(), l.name); err != nil {
		return err
	}
	return l.dir.sync([]string{"."})
}

// next is where the new lock is written before it takes the lock's name.
func (l *lockFile) next() string { return "." + l.name + ".jsc-new" }

// removeNext removes what an interrupted install left.
func (l *lockFile) removeNext() error {
	if there, err := l.dir.exists(l.next()); err != nil || !there {
		return err
	}
	return l.dir.remove(l.next())
}

// pathFrom is the lock's path relative to the output folder, symbolic links above
// both resolved: it survives a move of the tree, and a way in over a link.
func (l *lockFile) pathFrom(out string) (string, error) {
	dir, err := realPath(l.dir.name)
	if err != nil {
		return "", err
	}
	out, err = realPath(out)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(out, filepath.Join(dir, l.name))
	return filepath.ToSlash(relative), err
}

func realPath(name string) (string, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// refuseOdd returns an error about a place that no build goes on from: for what stands
// on the way to the output folder, or where the lock belongs, its next one, or the file
// that keeps builds apart. To replace a symbolic link would leave what it points to as
// it was, and to open one would make a file there.
func (p Place) refuseOdd(l *lockFile) error {
	errs := []error{refuseLinks(p.Out, l.dir.name)}
	for _, name := range []string{p.Lock, p.Lock + ".lck", filepath.Join(filepath.Dir(p.Lock), l.next())} {
		info, err := os.Lstat(name)
		if err == nil && !info.Mode().IsRegular() {
			errs = append(errs, fmt.Errorf("%s is %s, not a regular file", name, kindOf(info.Mode())))
		}
	}
	return errors.Join(errs...)
}

package folder

import (
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
}

func openLockFile(name string, s step) (*lockFile, error) {
	dir, err := openDisk(filepath.Dir(name), s)
	if err != nil {
		return nil, fmt.Errorf("open the lock's folder: %w", err)
	}
	return &lockFile{dir: dir, name: filepath.Base(name)}, nil
}

// read returns the lock's bytes; exists is false when there is none.
func (l *lockFile) read() (data []byte, exists bool, err error) {
	data, err = l.dir.read(l.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return data, err == nil, err
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

// digestOf returns the digest of a lock's bytes, "" when there is none.
func digestOf(data []byte, exists bool) string {
	if !exists {
		return ""
	}
	return Digest(data)
}

// refuseLink returns an error if the lock is a symbolic link: replacing it would
// leave what it points to as it was.
func refuseLink(name string) error {
	info, err := os.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is %s, not a regular file", name, kindOf(info.Mode()))
	}
	return nil
}

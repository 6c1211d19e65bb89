//go:build !linux && !darwin

package folder

import (
	"errors"
	"io/fs"
	"os"
)

// dir is an open folder, in which things are reached by names of one part.
type dir struct{ root *os.Root }

// dir opens the disk's own folder.
func (d *disk) dir() (dir, error) {
	root, err := d.root.OpenRoot(".")
	return dir{root}, d.wrap("open", ".", err)
}

func (d dir) close() { d.root.Close() }

// sub opens a folder in the folder.
func (d dir) sub(name string) (in dir, err error) {
	in.root, err = d.root.OpenRoot(name)
	return in, err
}

// make makes a folder.
func (d dir) make(name string) error { return d.root.Mkdir(name, 0o755) }

// output is a file that is being written.
type output struct{ file *os.File }

// create makes a file, or empties the one that is there.
func (d dir) create(name string) (f output, err error) {
	f.file, err = d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	return f, err
}

func (f output) write(data []byte) error {
	_, err := f.file.Write(data)
	return err
}

// print is what the file is by now.
func (f output) print() (fingerprint, error) {
	info, err := f.file.Stat()
	if err != nil {
		return fingerprint{}, err
	}
	return fingerprintOf(info), nil
}

func (f output) close() error { return f.file.Close() }

// look tells what is of that name: its kind, by the type bits of a mode, and what
// it is by now.
func (d dir) look(name string) (fs.FileMode, fingerprint, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return 0, fingerprint{}, err
	}
	return info.Mode().Type(), fingerprintOf(info), nil
}

// entries are all that is in the folder, in any order.
func (d dir) entries() (all []dirent, err error) {
	file, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list, err := file.ReadDir(-1)
	for _, e := range list {
		all = append(all, dirent{e.Name(), e.Type(), true})
	}
	return all, err
}

// read returns the bytes of a regular file, in room if that is large enough.
func (d dir) read(name string, room []byte) ([]byte, error) {
	info, err := d.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxFile {
		return room, errors.Join(err, fs.ErrInvalid)
	}
	return d.root.ReadFile(name)
}

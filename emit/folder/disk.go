package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// disk is one folder on disk. Every change of the file system goes through its
// methods, each a step that a test can fail or stop at; steps are as small as a
// crash can tell apart. Paths are slash-separated and relative; an os.Root keeps
// them inside.
type disk struct {
	name string // as the user gave it, for errors
	root *os.Root
	step step
}

// step is called before each change with what will be done to which path.
type step func(op, name string) error

func (s step) do(op, name string, change func() error) error {
	if s != nil {
		if err := s(op, name); err != nil {
			return err
		}
	}
	return change()
}

// openDisk opens a folder that exists.
func openDisk(name string, s step) (*disk, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &disk{name: name, root: root, step: s}, nil
}

func (d *disk) close() { d.root.Close() }

// shown is how a path is named in an error.
func (d *disk) shown(name string) string { return filepath.Join(d.name, filepath.FromSlash(name)) }

func (d *disk) wrap(verb, name string, err error) error {
	if err == nil {
		return nil
	}
	// The folder's name says more than the path that os.Root puts there.
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	}
	return fmt.Errorf("%s %s: %w", verb, d.shown(name), err)
}

// write makes or replaces a file with data, without syncing it.
func (d *disk) write(name string, data []byte) error {
	_, err := d.writeFile(name, data)
	return err
}

// writeFile is write, and returns what the file is then.
func (d *disk) writeFile(name string, data []byte) (print fingerprint, err error) {
	in, err := d.open(path.Dir(name))
	if err != nil {
		return print, d.wrap("write", name, err)
	}
	defer in.close()
	return d.writeIn(in, path.Base(name), name, data)
}

// writeIn is writeFile in a folder that is open; name is the file's path.
func (d *disk) writeIn(in dir, base, name string, data []byte) (print fingerprint, err error) {
	return d.writeBy(in, base, name, func(write func([]byte) error) error { return write(data) })
}

// writeBy is writeIn of what by writes, in one step.
func (d *disk) writeBy(in dir, base, name string, by func(write func([]byte) error) error) (print fingerprint, err error) {
	var file output
	err = d.step.do("create", name, func() (err error) { file, err = in.create(base); return err })
	if err != nil {
		return print, d.wrap("write", name, err)
	}
	err = d.step.do("write", name, func() error {
		return by(func(data []byte) error { return d.wrap("write", name, file.write(data)) })
	})
	if err == nil {
		print, err = file.print()
		err = d.wrap("write", name, err)
	}
	if closed := file.close(); err == nil {
		err = d.wrap("write", name, closed)
	}
	return print, err
}

// open opens a folder of the disk, as makeIn does.
func (d *disk) open(name string) (dir, error) {
	in, err := d.dir()
	if err != nil {
		return dir{}, err
	}
	defer in.close()
	return d.makeIn(in, "", name)
}

// makeIn opens a folder below one that is open, at a path of the disk, and makes it
// and those above it where they are not there.
func (d *disk) makeIn(in dir, at, name string) (dir, error) {
	first := in
	for part := range strings.SplitSeq(name, "/") {
		at = path.Join(at, part)
		next, err := in.sub(part)
		if errors.Is(err, fs.ErrNotExist) {
			next, err = d.makeSub(in, part, at)
		} else {
			err = d.wrap("make", at, err)
		}
		if in != first {
			in.close()
		}
		if err != nil {
			return dir{}, err
		}
		in = next
	}
	return in, nil
}

// makeSub makes a folder in one that is open, unless somebody else does, and opens
// it; name is its path.
func (d *disk) makeSub(in dir, base, name string) (sub dir, err error) {
	err = d.step.do("mkdir", name, func() error { return in.make(base) })
	if err == nil || errors.Is(err, fs.ErrExist) {
		sub, err = in.sub(base)
	}
	return sub, d.wrap("make", name, err)
}

func (d *disk) rename(from, to string) error {
	return d.wrap("write", to, d.step.do("rename", to, func() error { return d.root.Rename(from, to) }))
}

// place renames a file or a folder. Into a folder that somebody has made there
// since, it goes piece by piece.
func (d *disk) place(from, to string) error {
	err := d.rename(from, to)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	entries, err := d.list(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := d.place(from+"/"+entry.Name(), to+"/"+entry.Name()); err != nil {
			return err
		}
	}
	if err := d.sync([]string{to}); err != nil {
		return err
	}
	return d.remove(from)
}

// remove removes a file or an empty folder; what is not there is no error.
func (d *disk) remove(name string) error {
	err := d.step.do("remove", name, func() error { return d.root.Remove(name) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return d.wrap("remove", name, err)
}

// mkdir makes a folder and those above it.
func (d *disk) mkdir(name string) error {
	if name == "." {
		return nil
	}
	switch info, err := d.root.Lstat(name); {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("%s is not a folder", d.shown(name))
	case !errors.Is(err, fs.ErrNotExist):
		return d.wrap("make", name, err)
	}
	if err := d.mkdir(path.Dir(name)); err != nil {
		return err
	}
	return d.makeOne(name)
}

// makeOne makes a folder that is not there in one that is.
func (d *disk) makeOne(name string) error {
	return d.wrap("make", name, d.step.do("mkdir", name, func() error { return d.root.Mkdir(name, 0o755) }))
}

// fewFiles is up to how many files are synced one by one. Beyond, one sync of
// the whole file system is faster, though it waits for other programs' data.
const fewFiles = 64

// sync makes what was written to the files and folders last through a power cut.
func (d *disk) sync(names []string) error {
	if len(names) == 0 {
		return nil
	}
	return d.step.do("sync", names[0], func() error {
		if len(names) > fewFiles {
			if done, err := d.syncAll(); done {
				return d.wrap("sync", ".", err)
			}
		}
		for _, name := range names {
			if err := d.syncOne(name); err != nil {
				return d.wrap("sync", name, err)
			}
		}
		return nil
	})
}

func (d *disk) syncOne(name string) error {
	file, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	// Some file systems cannot sync a folder, and say so in two ways.
	if err := file.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// writable returns an error if files may not be made or removed in the folder,
// or, while it is missing, in the one it would be made in.
func (d *disk) writable(dir string) error {
	file, err := d.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		return d.writable(path.Dir(dir))
	}
	if err == nil {
		defer file.Close()
		err = writable(file)
	}
	return d.wrap("write into", dir, err)
}

// MaxFile is the most bytes of a file that are read: a branch may hold files of
// any size. Ample for a preload of 10,000 accounts.
const MaxFile = 512 << 20

// readable refuses what could not be read again.
func readable(name string, size int) error {
	if size > MaxFile {
		return fmt.Errorf("%s would be larger than the %d MiB that are read; divide the topology", name, MaxFile>>20)
	}
	return nil
}

// read returns a regular file's bytes.
func (d *disk) read(name string) ([]byte, error) { return d.readAgain(name, nil) }

// readAgain is read of a file that held some bytes before: those, where it still
// does.
func (d *disk) readAgain(name string, before []byte) ([]byte, error) {
	size, err := d.sizeOf(name)
	if err != nil {
		return nil, err
	}
	if before != nil && size == int64(len(before)) {
		file, err := d.root.Open(name)
		if err != nil {
			return nil, d.wrap("read", name, err)
		}
		defer file.Close()
		if same, err := holds(file, before); same || err != nil {
			return before, d.wrap("read", name, err)
		}
	}
	data, err := d.root.ReadFile(name)
	return data, d.wrap("read", name, err)
}

// sizeOf is the size of a file that is to be read; what is none, or too large, is
// an OddError.
func (d *disk) sizeOf(name string) (int64, error) {
	info, err := d.root.Lstat(name)
	switch {
	case err != nil:
		return 0, d.wrap("read", name, err)
	case !info.Mode().IsRegular():
		return 0, d.notRegular(name, info.Mode())
	case info.Size() > MaxFile:
		return 0, &OddError{d.shown(name), fmt.Sprintf("is larger than %d MiB", MaxFile>>20)}
	}
	return info.Size(), nil
}

// readDigest is read of a large file and Digest of what it holds, at once.
func (d *disk) readDigest(name string) (data []byte, digest string, err error) {
	size, err := d.sizeOf(name)
	if err != nil {
		return nil, "", err
	}
	file, err := d.root.Open(name)
	if err != nil {
		return nil, "", d.wrap("read", name, err)
	}
	defer file.Close()
	const piece = 1 << 18
	data = make([]byte, 0, size+1)
	digest, err = DigestPieces(func(add func([]byte)) error {
		for {
			if len(data) == cap(data) {
				data = slices.Grow(data, piece) // it has grown
			}
			n, err := file.Read(data[len(data):min(len(data)+piece, cap(data))])
			data = data[:len(data)+n]
			add(data[len(data)-n:])
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return d.wrap("read", name, err)
			}
		}
	})
	return data, digest, err
}

// holds reports whether data is all that there is to read.
func holds(from io.Reader, data []byte) (bool, error) {
	room := make([]byte, 1<<16)
	for {
		n, err := from.Read(room)
		if !bytes.HasPrefix(data, room[:n]) {
			return false, nil
		}
		data = data[n:]
		if err != nil {
			if errors.Is(err, io.EOF) {
				return len(data) == 0, nil
			}
			return false, err
		}
	}
}

// OddError is that what stands at a path is nothing that jsc reads there.
type OddError struct {
	Path string
	Says string // what it is, as in: is a symbolic link, not a regular file
}

func (e *OddError) Error() string { return e.Path + " " + e.Says }

func (d *disk) notRegular(name string, mode fs.FileMode) error {
	return &OddError{d.shown(name), "is " + kindOf(mode) + ", not a regular file"}
}

// exists reports whether there is anything of that name.
func (d *disk) exists(name string) (bool, error) {
	_, err := d.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, d.wrap("read", name, err)
}

// list returns what is in a folder, sorted by name; nothing when there is none.
// (An fs.FS would refuse names that are no UTF-8, and others may have made such.)
func (d *disk) list(name string) ([]fs.DirEntry, error) {
	dir, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, d.wrap("read", name, err)
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, d.wrap("read", name, err)
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode.IsDir():
		return "a folder"
	default:
		return "a device, pipe or socket"
	}
}

// refuseLinks returns an error if the folder, or one above it up to base, is a
// symbolic link or no folder. Missing folders are none. A folder outside of
// base is judged alone: what leads there is its owner's.
func refuseLinks(folder, base string) error {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	base, err = filepath.Abs(base)
	if err != nil {
		return err
	}
	at, rest := filepath.Split(absolute)
	if relative, err := filepath.Rel(base, absolute); err == nil && filepath.IsLocal(relative) {
		at, rest = base, relative
	}
	if rest == "." {
		return nil
	}
	for part := range strings.SplitSeq(rest, string(filepath.Separator)) {
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is %s, and jsc writes only into a real folder", at, kindOr(info.Mode(), "a file"))
		}
	}
	return nil
}

func kindOr(mode fs.FileMode, regular string) string {
	if mode.IsRegular() {
		return regular
	}
	return kindOf(mode)
}

//go:build linux || darwin

package folder

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// dir is an open folder, in which things are reached by names of one part, past
// no symbolic link and by one system call each: with tens of thousands of small
// files those are most of the work, and os.Root and os.File make several of one.
type dir struct{ fd int }

// retry calls a system call until no signal interrupts it.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// dir opens the disk's own folder.
func (d *disk) dir() (dir, error) {
	file, err := d.root.Open(".")
	if err != nil {
		return dir{}, d.wrap("open", ".", err)
	}
	defer file.Close()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	return dir{fd}, d.wrap("open", ".", err)
}

func (d dir) close() { unix.Close(d.fd) }

// sub opens a folder in the folder.
func (d dir) sub(name string) (in dir, err error) {
	in.fd, err = d.open(name, unix.O_RDONLY|unix.O_DIRECTORY)
	return in, err
}

func (d dir) open(name string, flags int) (fd int, err error) {
	err = retry(func() (err error) {
		fd, err = unix.Openat(d.fd, name, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
		return err
	})
	return fd, err
}

// make makes a folder.
func (d dir) make(name string) error {
	return retry(func() error { return unix.Mkdirat(d.fd, name, 0o755) })
}

// output is a file that is being written.
type output struct{ fd int }

// create makes a file, or empties the one that is there.
func (d dir) create(name string) (file output, err error) {
	file.fd, err = d.open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC)
	return file, err
}

func (f output) write(data []byte) error {
	for len(data) > 0 {
		n := 0
		if err := retry(func() (err error) { n, err = unix.Write(f.fd, data); return err }); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// print is what the file is by now.
func (f output) print() (fingerprint, error) {
	var stat unix.Stat_t
	err := retry(func() error { return unix.Fstat(f.fd, &stat) })
	return printOf(&stat), err
}

func (f output) close() error { return unix.Close(f.fd) }

// look tells what is of that name: its kind, by the type bits of a mode, and what
// it is by now.
func (d dir) look(name string) (fs.FileMode, fingerprint, error) {
	var stat unix.Stat_t
	err := retry(func() error { return unix.Fstatat(d.fd, name, &stat, unix.AT_SYMLINK_NOFOLLOW) })
	kind, known := kinds[uint32(stat.Mode)&unix.S_IFMT]
	if !known {
		kind = fs.ModeIrregular
	}
	return kind, printOf(&stat), err
}

var kinds = map[uint32]fs.FileMode{unix.S_IFREG: 0, unix.S_IFDIR: fs.ModeDir, unix.S_IFLNK: fs.ModeSymlink}

func printOf(stat *unix.Stat_t) fingerprint {
	return fingerprint{Size: stat.Size, MTime: stat.Mtim.Nano(), CTime: stat.Ctim.Nano(), Inode: stat.Ino}
}

// entries are all that is in the folder, in any order.
func (d dir) entries() (all []dirent, err error) {
	var room [8192]byte
	for {
		n := 0
		if err := retry(func() (err error) { n, err = unix.ReadDirent(d.fd, room[:]); return err }); err != nil || n <= 0 {
			return all, err
		}
		all = appendEntries(all, room[:n])
	}
}

// appendEntries appends what a system call has listed. What there is of that in
// package unix leaves the kinds out.
func appendEntries(all []dirent, list []byte) []dirent {
	for len(list) > direntName {
		length := int(binary.NativeEndian.Uint16(list[direntLength:]))
		if length <= direntName || length > len(list) {
			break
		}
		one := list[:length]
		list = list[length:]
		name, _, _ := bytes.Cut(one[direntName:], []byte{0})
		if binary.NativeEndian.Uint64(one) != 0 && string(name) != "." && string(name) != ".." { // 0: a file that is gone
			kind, known := listedKinds[one[direntKind]]
			all = append(all, dirent{string(name), kind, known})
		}
	}
	return all
}

// listedKinds are the kinds that a list of entries tells.
var listedKinds = map[byte]fs.FileMode{unix.DT_REG: 0, unix.DT_DIR: fs.ModeDir, unix.DT_LNK: fs.ModeSymlink}

// errOdd is that a file is not read.
var errOdd = errors.New("no regular file of a usual size")

// read returns the bytes of a regular file, in room if that is large enough. With
// an error it returns the room.
func (d dir) read(name string, room []byte) ([]byte, error) {
	// No pipe may keep us waiting for who writes into it.
	fd, err := d.open(name, unix.O_RDONLY|unix.O_NONBLOCK)
	if err != nil {
		return room, err
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := retry(func() error { return unix.Fstat(fd, &stat) }); err != nil {
		return room, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG || stat.Size > MaxFile {
		return room, errOdd
	}
	data := room[:0]
	if int64(cap(data)) <= stat.Size {
		data = make([]byte, 0, stat.Size+1)
	}
	for {
		n := 0
		if err := retry(func() (err error) { n, err = unix.Read(fd, data[len(data):cap(data)]); return err }); err != nil {
			return room, err
		}
		data = data[:len(data)+n]
		switch {
		case n == 0:
			return data, nil
		case len(data) == cap(data):
			return room, errOdd // it grows
		case int64(len(data)) == stat.Size:
			return data, nil // the last read would tell nothing else
		}
	}
}

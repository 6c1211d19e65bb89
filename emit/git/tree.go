package git

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"time"
)

// entry is what stands in a folder of a revision.
type entry struct {
	hash string // "" of a folder in which nothing is
	mode fs.FileMode
}

// maxDir is the most bytes that a folder's list of entries can have: about a million
// entries.
const maxDir = 64 << 20

// kinds are those of git's modes; a submodule's is none of them.
var kinds = map[uint64]fs.FileMode{0o040000: fs.ModeDir, 0o100000: 0o644, 0o120000: fs.ModeSymlink | 0o777}

// parseDir reads a tree object: for each entry MODE SP NAME NUL HASH, with so many
// bytes of hash.
func parseDir(data []byte, hash int) (map[string]entry, error) {
	all := map[string]entry{}
	for len(data) > 0 {
		mode, rest, spaced := bytes.Cut(data, []byte(" "))
		name, rest, ended := bytes.Cut(rest, []byte{0})
		bits, err := strconv.ParseUint(string(mode), 8, 32)
		if !spaced || !ended || err != nil || len(rest) < hash {
			return nil, errors.New("git gives a folder that is damaged")
		}
		if kind, ok := kinds[bits&0o170000]; ok {
			all[string(name)] = entry{hex.EncodeToString(rest[:hash]), kind}
		}
		data = rest[hash:]
	}
	return all, nil
}

// Tree is a folder at a revision, as an fs.FS. Symbolic links are not followed: each
// is a file of its own kind. Names need be no UTF-8, as git's need not.
type Tree struct {
	rev   *Revision
	root  entry
	limit int64
}

// Open opens a file or folder. Nothing of what it holds is read yet.
func (t *Tree) Open(name string) (fs.File, error) {
	i := info{name: path.Base(name)}
	e, err := t.rev.find(t.root, name)
	if err == nil && !e.mode.IsDir() {
		i.object, err = t.rev.ask(e.hash, "blob")
	}
	if err != nil {
		return nil, t.failed("open", name, err)
	}
	i.mode = e.mode
	if e.mode.IsDir() {
		return &openDir{info: i, tree: t, path: name, entry: e}, nil
	}
	return &openFile{info: i, tree: t, path: name}, nil
}

func (t *Tree) failed(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: t.rev.said + ":" + name, Err: err}
}

// info is what is known of a file or folder without reading it.
type info struct {
	name   string
	mode   fs.FileMode
	object // of a file
}

func (i info) Name() string               { return i.name }
func (i info) Size() int64                { return i.size }
func (i info) Mode() fs.FileMode          { return i.mode }
func (i info) ModTime() time.Time         { return time.Time{} }
func (i info) IsDir() bool                { return i.mode.IsDir() }
func (i info) Sys() any                   { return nil }
func (i info) Stat() (fs.FileInfo, error) { return i, nil }
func (i info) Close() error               { return nil }

// openFile is a file whose bytes are read at the first Read.
type openFile struct {
	info
	tree *Tree
	path string
	data *bytes.Reader
}

// Read reads the file.
func (f *openFile) Read(room []byte) (int, error) {
	if f.data == nil {
		data, err := f.tree.rev.read(f.object, f.tree.limit)
		if err != nil {
			return 0, f.tree.failed("read", f.path, err)
		}
		f.data = bytes.NewReader(data)
	}
	return f.data.Read(room)
}

// openDir is a folder whose entries are read at the first ReadDir.
type openDir struct {
	info
	tree  *Tree
	path  string
	entry entry
	read  bool
	rest  []fs.DirEntry // not listed yet
}

// Read is what a folder has none of.
func (d *openDir) Read([]byte) (int, error) {
	return 0, d.tree.failed("read", d.path, errors.New("it is a folder"))
}

// ReadDir lists the folder's entries, sorted.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.read {
		all, err := d.tree.rev.dir(d.entry)
		if err != nil {
			return nil, d.tree.failed("list", d.path, err)
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			d.rest = append(d.rest, item{d.tree, path.Join(d.path, name), all[name].mode})
		}
		d.read = true
	}
	if n > 0 && len(d.rest) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.rest) {
		n = len(d.rest)
	}
	listed := d.rest[:n:n]
	d.rest = d.rest[n:]
	return listed, nil
}

// item is an entry as a folder lists it.
type item struct {
	tree *Tree
	path string
	mode fs.FileMode
}

func (i item) Name() string               { return path.Base(i.path) }
func (i item) IsDir() bool                { return i.mode.IsDir() }
func (i item) Type() fs.FileMode          { return i.mode.Type() }
func (i item) Info() (fs.FileInfo, error) { return fs.Stat(i.tree, i.path) }
func (i item) String() string             { return fs.FormatDirEntry(i) }

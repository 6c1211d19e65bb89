package folder

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"jsc/schema/parallel"
)

// Known is what a former build left at a path and nobody has touched since.
type Known struct {
	Digest string // as Digest has it
	Recipe string // as the build had it
}

// entry is a file's line in the cache.
type entry struct {
	path string
	Known
	print fingerprint
	known bool // nobody has touched the file since
}

// cache remembers the files of one output folder as a build left them, as git's
// index does, so that the next one need neither read nor make them. It is a
// help, never a proof: what is wrong with it makes it empty.
type cache struct {
	entries []entry // sorted by path
	written int64   // when, in Unix nanoseconds
}

// cacheFrom is from how many files on a cache is kept: fewer are read faster
// than it is.
const cacheFrom = 256

// maxCache is the most bytes of a cache that are read: some three million files.
const maxCache = 512 << 20

// Known returns what a former build left at each of some paths, sorted, of the
// output folder, where nobody has touched it since; else nothing.
func (f *Folder) Known(paths []string) []Known {
	all := make([]Known, len(paths))
	meet(len(paths), len(f.cache.entries), at(paths), f.cache.path, func(i, j int) {
		if e := &f.cache.entries[j]; e.known {
			all[i] = e.Known
		}
	})
	return all
}

// meet calls found for each path that stands in two lists, both sorted, with its
// places in them.
func meet(n, m int, path, other func(int) string, found func(i, j int)) {
	for i, j := 0, 0; i < n && j < m; {
		switch strings.Compare(path(i), other(j)) {
		case -1:
			i++
		case 1:
			j++
		default:
			found(i, j)
			i, j = i+1, j+1
		}
	}
}

func at(paths []string) func(int) string { return func(i int) string { return paths[i] } }

func (c *cache) path(i int) string { return c.entries[i].path }

// recognize finds which files of the cache are as they were left. What was changed
// when the cache was written, or later, could be changed again without a trace: it
// is not known.
func (f *Folder) recognize() {
	for i := range f.cache.entries {
		f.cache.entries[i].known = false
	}
	meet(len(f.cache.entries), len(f.survey.files), f.cache.path, f.survey.path, func(i, j int) {
		e := &f.cache.entries[i]
		e.known = e.print.Inode != 0 && e.print == f.survey.files[j].print && max(e.print.CTime, e.print.MTime) < f.cache.written
	})
}

// knownManifest is the manifest of the build that the cache is of, where its
// file is known; else nil.
func (f *Folder) knownManifest() *manifest {
	i, found := slices.BinarySearchFunc(f.cache.entries, manifestPath, comparePath)
	if !found || !f.cache.entries[i].known {
		return nil
	}
	return &manifest{
		lock: filepath.Base(f.place.Lock), digest: f.cache.entries[i].Digest, print: f.cache.entries[i].print,
		files: f.cache.entries,
	}
}

func comparePath(e entry, path string) int { return strings.Compare(e.path, path) }

// cacheVersion is in the first line of every cache.
const cacheVersion = "jsc cache 2\n"

// cachePath is the cache's file for one output folder, in the cache's; "" for
// none. A branch may bring the cache's folder, and the hidden one that it is in,
// as links to elsewhere.
func (p Place) cachePath() string {
	if p.Cache == "" || refuseLinks(p.Cache, filepath.Dir(filepath.Dir(p.Cache))) != nil {
		return ""
	}
	out, err := realPath(p.Out)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(out + "\n" + filepath.Base(p.Lock)))
	return hex.EncodeToString(sum[:8])
}

// program identifies the running jsc: another may make other bytes of the same
// recipe. "" where that is unknown. It is found out once, since an upgrade may
// put another in its place while it runs.
var program = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := statProgram(name)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s %+v\n", name, fingerprintOf(info))
})

// readCache reads the cache, if there is one that can be trusted: of this
// program, and written where it lies, as neither git nor an archive restores an
// inode. A hostile branch so cannot bring one.
func (p Place) readCache() cache {
	none := cache{}
	name := p.cachePath()
	if name == "" {
		return none
	}
	root, err := os.OpenRoot(p.Cache)
	if err != nil {
		return none
	}
	defer root.Close()
	// Looked at before it is opened: to open a named pipe waits for a writer.
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxCache {
		return none
	}
	file, err := root.Open(name)
	if err != nil {
		return none
	}
	defer file.Close()
	var data strings.Builder
	data.Grow(int(info.Size()))
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(&data, sum), file, info.Size()-sha256.Size); err != nil {
		return none
	}
	if want, err := io.ReadAll(file); err != nil || !bytes.Equal(want, sum.Sum(nil)) {
		return none
	}
	print := fingerprintOf(info)
	entries, ok := decodeCache(data.String(), print.Inode)
	if !ok {
		return none
	}
	return cache{entries: entries, written: print.MTime}
}

// writeCache replaces the cache by what a commit left. That it cannot is no
// error: the next build takes longer.
func (c *commit) writeCache() {
	name := c.place.cachePath()
	if name == "" || len(c.files) < cacheFrom || !hasFingerprints {
		return
	}
	changed := len(c.cache.entries) != len(c.files)
	entries := make([]entry, len(c.files))
	for i, file := range c.files {
		entries[i] = entry{path: file.Path, Known: Known{c.found[i].digest, file.Recipe}, print: c.was[i].print}
		changed = changed || c.found[i].state != same || c.was[i].Known != entries[i].Known
	}
	if !changed {
		return
	}
	parallel.Do(len(entries), func(i int) {
		if c.found[i].state != same {
			entries[i].print = c.arrived(i)
		}
	})
	_ = storeCache(c.place.Cache, name, func(inode uint64) []byte { return encodeCache(entries, inode) })
}

// arrived is what the i-th file is that was staged and is in its place by now;
// nothing where that tells too little: what was staged at the journal's time could
// be changed after it without a trace.
func (c *commit) arrived(i int) fingerprint {
	staged := c.found[i].print
	switch {
	case max(staged.CTime, staged.MTime) >= c.journal.written:
		return fingerprint{}
	case c.stage.alone(i):
		return c.out.placed(c.files[i].Path, staged)
	}
	return staged
}

// placed is what a file is that was renamed to its place, which may change its
// ctime alone; nothing where somebody has changed more since: it is not what was
// staged then, nor known.
func (d *disk) placed(name string, staged fingerprint) fingerprint {
	info, err := d.root.Lstat(name)
	if err != nil {
		return fingerprint{}
	}
	print := fingerprintOf(info)
	staged.CTime = print.CTime
	if print != staged {
		return fingerprint{}
	}
	return print
}

func storeCache(folder, name string, encode func(inode uint64) []byte) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Lstat(".gitignore"); errors.Is(err, fs.ErrNotExist) {
		if err := root.WriteFile(".gitignore", []byte("*\n"), 0o644); err != nil {
			return err
		}
	}
	next := name + ".new"
	_ = root.Remove(next)
	file, err := root.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(next) // what a full disk holds of it is of no use
		}
	}()
	info, err := file.Stat()
	if err == nil {
		_, err = file.Write(encode(inode(info)))
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return root.Rename(next, name)
}

// encodeCache writes a header, an entry a file, and a digest of both.
func encodeCache(entries []entry, inode uint64) []byte {
	running := program()
	length := len(cacheVersion) + len(running) + 64 + sha256.Size
	for _, e := range entries {
		length += len(e.path) + len(e.Digest) + len(e.Recipe) + 7*binary.MaxVarintLen64
	}
	b := make([]byte, 0, length)
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	text(cacheVersion)
	text(running)
	b = binary.AppendUvarint(b, inode)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		text(e.path)
		text(e.Digest)
		text(e.Recipe)
		for _, n := range [...]uint64{uint64(e.print.Size), uint64(e.print.MTime), uint64(e.print.CTime), e.print.Inode} {
			b = binary.AppendUvarint(b, n)
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decodeCache reads what encodeCache wrote, without the digest, if it was this
// program, and into the file of that inode. The entries' texts are parts of data.
func decodeCache(data string, inode uint64) (entries []entry, ok bool) {
	bad := false
	number := func() (n uint64) {
		for shift := 0; shift < 64 && data != ""; shift += 7 {
			b := data[0]
			data = data[1:]
			n |= uint64(b&0x7f) << shift
			if b < 0x80 {
				return n
			}
		}
		bad = true
		return 0
	}
	text := func() string {
		n := number()
		if bad || n > uint64(len(data)) {
			bad = true
			return ""
		}
		s := data[:n]
		data = data[n:]
		return s
	}
	running := program()
	if text() != cacheVersion || running == "" || text() != running || inode == 0 || number() != inode {
		return nil, false
	}
	n := number()
	if bad || n > uint64(len(data)) {
		return nil, false
	}
	entries = make([]entry, n)
	for i := range entries {
		entries[i] = entry{
			path: text(), Known: Known{Digest: text(), Recipe: text()},
			print: fingerprint{Size: int64(number()), MTime: int64(number()), CTime: int64(number()), Inode: number()},
		}
		bad = bad || i > 0 && entries[i-1].path >= entries[i].path
	}
	return entries, !bad && data == ""
}

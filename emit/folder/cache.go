package folder

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"jsc/schema/parallel"
)

// Known is what a former build left at a path and nobody has touched since.
type Known struct {
	Digest string // as Digest has it
	Recipe string // as the build had it
}

// entry is a file's line in the cache.
type entry struct {
	Known
	print fingerprint
}

// cache remembers the files of one output folder as a build left them, as git's
// index does, so that the next one need neither read nor make them. It is a
// help, never a proof: what is wrong with it makes it empty.
type cache struct {
	entries map[string]entry
	written int64 // when, in Unix nanoseconds
}

// cacheFrom is from how many files on a cache is kept: fewer are read faster
// than it is.
const cacheFrom = 256

// maxCache is the most bytes of a cache that are read: some three million files.
const maxCache = 512 << 20

// Known is what a former build left at a path of the output folder, where
// nobody has touched it since. What was changed when the cache was written, or
// later, could be changed again without a trace: it is not known.
func (f *Folder) Known(name string) (Known, bool) {
	e, ok := f.cache.entries[name]
	if !ok || e.print.Inode == 0 || f.survey == nil || f.survey.files[name] != e.print || max(e.print.CTime, e.print.MTime) >= f.cache.written {
		return Known{}, false
	}
	return e.Known, true
}

// knownManifest is the manifest of the build that the cache is of, where its
// file is known; else nil.
func (f *Folder) knownManifest() *manifest {
	k, ok := f.Known(manifestPath)
	if !ok {
		return nil
	}
	m := &manifest{lock: filepath.Base(f.place.Lock), digest: k.Digest, files: make(map[string]string, len(f.cache.entries))}
	for name, e := range f.cache.entries {
		if name != manifestPath {
			m.files[name] = e.Digest
		}
	}
	return m
}

// cacheVersion is in the first line of every cache.
const cacheVersion = "jsc cache 1\n"

// cachePath is the cache's file for one output folder, in the cache's; "" for
// none. A branch may bring the cache's folder, and the hidden one that it is in,
// as links to elsewhere.
func (f *Folder) cachePath() string {
	if f.place.Cache == "" || refuseLinks(f.place.Cache, filepath.Dir(filepath.Dir(f.place.Cache))) != nil {
		return ""
	}
	out, err := realPath(f.place.Out)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(out + "\n" + filepath.Base(f.place.Lock)))
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
func (f *Folder) readCache() cache {
	none := cache{}
	name := f.cachePath()
	if name == "" {
		return none
	}
	root, err := os.OpenRoot(f.place.Cache)
	if err != nil {
		return none
	}
	defer root.Close()
	// Looked at before it is opened: to open a named pipe waits for a writer.
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxCache {
		return none
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return none
	}
	print := fingerprintOf(info)
	entries, ok := decodeCache(data, print.Inode)
	if !ok {
		return none
	}
	return cache{entries: entries, written: print.MTime}
}

// writeCache replaces the cache by what a commit left. That it cannot is no
// error: the next build takes longer.
func (c *commit) writeCache() {
	name := c.cachePath()
	if name == "" || len(c.files) < cacheFrom || !hasFingerprints {
		return
	}
	entries := make([]entry, len(c.files))
	var unchanged atomic.Int64
	parallel.Do(len(c.files), func(i int) {
		file := c.files[i]
		e := entry{Known: Known{c.found[i].digest, file.Recipe}}
		if c.found[i].state == same {
			e.print = c.survey.files[file.Path]
			if k, ok := c.Known(file.Path); ok && k == e.Known {
				unchanged.Add(1)
			}
		} else {
			e.print = c.arrived(i)
		}
		entries[i] = e
	})
	if int(unchanged.Load()) < len(c.files) || len(c.cache.entries) != len(c.files) {
		_ = storeCache(c.place.Cache, name, func(inode uint64) []byte { return encodeCache(c.files, entries, inode) })
	}
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
func encodeCache(files []File, entries []entry, inode uint64) []byte {
	var b []byte
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	text(cacheVersion)
	text(program())
	b = binary.AppendUvarint(b, inode)
	b = binary.AppendUvarint(b, uint64(len(files)))
	for i, file := range files {
		e := entries[i]
		digest, _ := hex.DecodeString(e.Digest)
		text(file.Path)
		text(string(digest))
		text(e.Recipe)
		for _, n := range []uint64{uint64(e.print.Size), uint64(e.print.MTime), uint64(e.print.CTime), e.print.Inode} {
			b = binary.AppendUvarint(b, n)
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decodeCache reads what encodeCache wrote, if it was this program, and into the
// file of that inode.
func decodeCache(data []byte, inode uint64) (entries map[string]entry, ok bool) {
	if len(data) < sha256.Size {
		return nil, false
	}
	b, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(b); !bytes.Equal(want[:], sum) {
		return nil, false
	}
	bad := false
	number := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			bad = true
			return 0
		}
		b = b[size:]
		return n
	}
	text := func() string {
		n := number()
		if bad || n > uint64(len(b)) {
			bad = true
			return ""
		}
		s := string(b[:n])
		b = b[n:]
		return s
	}
	running := program()
	if text() != cacheVersion || running == "" || text() != running || inode == 0 || number() != inode {
		return nil, false
	}
	n := number()
	if bad || n > uint64(len(b)) {
		return nil, false
	}
	entries = make(map[string]entry, n)
	for range n {
		name := text()
		e := entry{Known: Known{Digest: hex.EncodeToString([]byte(text())), Recipe: text()}}
		e.print = fingerprint{Size: int64(number()), MTime: int64(number()), CTime: int64(number()), Inode: number()}
		entries[name] = e
	}
	return entries, !bad && len(b) == 0
}

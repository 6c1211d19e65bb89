package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
)

// Place says where a topology's state is.
type Place struct {
	Out  string // the output folder; need not exist
	Lock string // the lock; its folder must exist, the lock need not
	// Cache is a folder for what builds remember of output folders; it need not
	// exist, and "" is none.
	Cache string
}

// View is the whole state of an output folder and its lock at one moment. An
// interrupted build is seen as finished, though nothing is changed on disk.
type View struct {
	out     *disk    // nil while there is no output folder
	hold    *os.File // shared file lock of the output folder
	staged  map[string]string
	removed map[string]bool
	lock    lockState

	listOnce sync.Once
	paths    []string // once listed
	listed   error
}

// Read opens the state for reading, without writing anything anywhere. While a
// build writes, Read waits for it, having called waiting (which may be nil) with
// the path it waits for; ctx ends the wait. Until Close, no build will write
// into the folder.
//
// Paths are refused as Open does.
func Read(ctx context.Context, place Place, waiting func(path string)) (*View, error) {
	l, err := openLockFile(place.Lock, nil)
	if err != nil {
		return nil, err
	}
	defer l.dir.close()
	for {
		v, again, err := read(ctx, place, l, waiting)
		if err != nil {
			return nil, err
		}
		if !again {
			return v, nil
		}
	}
}

// read is Read's one attempt; again is true when an output folder appeared while
// we saw none. The view is never nil.
func read(ctx context.Context, place Place, l *lockFile, waiting func(string)) (v *View, again bool, err error) {
	v = &View{}
	if err = place.refuseOdd(l); err == nil {
		again, err = v.open(ctx, place, l, waiting)
	}
	if err != nil || again {
		v.Close()
	}
	return v, again, err
}

func (v *View) open(ctx context.Context, place Place, l *lockFile, waiting func(string)) (again bool, err error) {
	out, err := openDisk(place.Out, nil)
	if errors.Is(err, fs.ErrNotExist) {
		if err := v.load(place, l); err != nil {
			return false, err
		}
		_, err := os.Lstat(place.Out)
		return err == nil, nil
	}
	if err != nil {
		return false, fmt.Errorf("open the output folder: %w", err)
	}
	v.out = out
	v.hold, err = v.out.hold(ctx, shared, waiting)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return false, err
	}
	return false, v.load(place, l)
}

// hold takes the file lock of the folder itself: readers share it, a build that
// writes has it alone. So a reader needs no file of its own.
func (d *disk) hold(ctx context.Context, mode lockMode, waiting func(string)) (*os.File, error) {
	file, err := d.root.Open(".")
	if err != nil {
		return nil, d.wrap("open", ".", err)
	}
	if err := flock(ctx, file, d.name, mode, waiting); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// load reads the lock, and the journal if there is one.
func (v *View) load(place Place, l *lockFile) (err error) {
	v.lock, err = l.read()
	if err != nil || v.out == nil {
		return err
	}
	lockPath, err := l.pathFrom(place.Out)
	if err != nil {
		return err
	}
	j, err := readJournal(v.out, lockPath)
	if err != nil || j == nil {
		return err
	}
	staged, err := j.staged(v.out)
	if err != nil {
		return err
	}
	v.staged, v.removed = map[string]string{}, map[string]bool{}
	for _, p := range j.Write {
		if !staged[p.Path] {
			continue
		}
		v.staged[p.Path] = stagedFile(p.Staged)
		if p.Folder {
			delete(v.staged, p.Path)
			if err := v.stagedBelow(p.Path, stagedFile(p.Staged)); err != nil {
				return err
			}
		}
	}
	for _, r := range j.Remove {
		if data, err := v.out.read(r.Path); err == nil && Digest(data) == r.SHA256 {
			v.removed[r.Path] = true
		}
	}
	if j.Lock.Old != j.Lock.New && v.lock.digest() == j.Lock.Old {
		v.lock.data, err = v.out.read(stagedLock)
		v.lock.exists = true
	}
	return err
}

// stagedBelow finds the files of a staged folder.
func (v *View) stagedBelow(name, staged string) error {
	entries, err := v.out.list(staged)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name, staged := name+"/"+entry.Name(), staged+"/"+entry.Name()
		if !entry.IsDir() {
			v.staged[name] = staged
		} else if err := v.stagedBelow(name, staged); err != nil {
			return err
		}
	}
	return nil
}

// Interrupted reports whether a build was interrupted here and is not finished.
func (v *View) Interrupted() bool { return v.staged != nil }

// Lock returns the lock's bytes; exists is false when there is no lock.
func (v *View) Lock() (data []byte, exists bool) { return v.lock.data, v.lock.exists }

// ReadFile returns the bytes of a file of the output folder by its
// slash-separated path. The error is fs.ErrNotExist when there is none, and an
// OddError for what is no regular file.
func (v *View) ReadFile(name string) ([]byte, error) {
	if staged, ok := v.staged[name]; ok {
		return v.out.read(staged)
	}
	if v.out == nil || v.removed[name] {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return v.out.read(name)
}

// ReadDigest is ReadFile of a large file and Digest of what it holds, which takes
// no longer.
func (v *View) ReadDigest(name string) (data []byte, digest string, err error) {
	if v.out == nil || v.Interrupted() {
		data, err = v.ReadFile(name)
		return data, Digest(data), err
	}
	return v.out.readDigest(name)
}

// Paths returns the slash-separated path of everything in the output folder that
// is no folder, sorted: also what jsc did not make, and symbolic links. Folders
// with a manifest of their own that MayNest, another build's, and those that are
// Apart are passed over. They are found out at the first call.
func (v *View) Paths() ([]string, error) {
	v.listOnce.Do(func() { v.paths, v.listed = v.list() })
	return slices.Clone(v.paths), v.listed
}

// list finds out what Paths returns.
func (v *View) list() ([]string, error) {
	if v.out == nil {
		return nil, nil
	}
	seen, err := v.out.surveyed(false)
	if err != nil {
		return nil, err
	}
	names := slices.Grow(slices.Collect(maps.Keys(seen.odd)), len(seen.files)+len(v.staged))
	for _, f := range seen.files {
		names = append(names, f.path)
	}
	names = slices.AppendSeq(names, maps.Keys(v.staged))
	names = slices.DeleteFunc(names, func(name string) bool { return v.removed[name] })
	slices.Sort(names)
	return slices.Compact(names), nil
}

// manifest returns the folder's manifest, nil when there is none; the very one
// that was read before, if any, when it is the same.
func (v *View) manifest(before *manifest) (*manifest, error) {
	data, err := v.ReadFile(manifestPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if before != nil && before.digest == Digest(data) {
		return before, nil
	}
	if r := conflicting(v.out.name, data); r != nil {
		return nil, r
	}
	m, err := parseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used: %w", v.out.shown(manifestPath), err)
	}
	return m, nil
}

// Refused says why no build goes on from the folder of a place; nil where it may.
func (v *View) Refused(place Place) *Refusal {
	data, err := v.ReadFile(manifestPath)
	if err != nil {
		return nil // there is nothing to build on, or it is told as what it is
	}
	return Refused(place, data)
}

// Close ends the view. It is safe to call twice.
func (v *View) Close() {
	v.release()
	if v.out != nil {
		v.out.close()
	}
}

// release lets builds write again.
func (v *View) release() {
	if v.hold != nil {
		v.hold.Close()
		v.hold = nil
	}
}

package folder

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"jsc/schema/parallel"
)

// File is one file that a build makes.
type File struct {
	Path string // slash-separated, relative to the output folder, one that Made accepts
	Data []byte
}

// Summary says what Commit did, by paths, sorted.
type Summary struct {
	Written []string // new, or changed
	Removed []string // made by the last build, not by this one
	Kept    []string // not touched: the same bytes were there
	Left    []string // as Removed, but somebody changed them since: not touched
}

// Commit makes the output folder hold the files, manifest.json among them, and
// the lock hold lockData, as one change. An error returned before that moment
// leaves both as they were; after it, the next Open or Commit finishes what
// Commit could not. Files that are the same already are not touched.
//
// What the last build made and this one does not is removed, with folders that
// are empty then. Files that jsc did not make stay. In a folder without a
// manifest no file is replaced by another: Commit refuses, as it does for a
// path under another build's folder or a symbolic link. Where there is a
// manifest, the folder is jsc's, and a path that jsc makes is too: after a git
// merge the manifest may know less than the folder holds.
//
// Commit waits for readers, as Open does for builds.
func (f *Folder) Commit(ctx context.Context, files []File, lockData []byte) (Summary, error) {
	files = slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	if err := checkFiles(files); err != nil {
		return Summary{}, err
	}
	c := &commit{Folder: f, files: files, lockData: lockData, dirs: map[string]error{}}
	made, err := f.makeOut()
	if err == nil {
		err = c.run(ctx)
	}
	if err != nil && !c.decided {
		for _, dir := range slices.Backward(made) {
			_ = f.step.do("remove", dir, func() error { return os.Remove(dir) }) // fails where it is not empty
		}
		return Summary{}, err
	}
	if err != nil {
		return Summary{}, fmt.Errorf("%w; the next build finishes this one", err)
	}
	return c.summary, nil
}

// checkFiles refuses what would be a mistake of the caller.
func checkFiles(files []File) error {
	hasManifest := false
	for i, file := range files {
		if !Made(file.Path) {
			return fmt.Errorf("%q has no form of a file that jsc makes", file.Path)
		}
		if i > 0 && files[i-1].Path == file.Path {
			return fmt.Errorf("%s is made twice", file.Path)
		}
		hasManifest = hasManifest || file.Path == manifestPath
	}
	if !hasManifest {
		return fmt.Errorf("a build without %s cannot be followed by another", manifestPath)
	}
	return nil
}

// makeOut makes the output folder and those above it, and returns those it made,
// outermost first.
func (f *Folder) makeOut() (made []string, err error) {
	var missing []string
	for dir := filepath.Clean(f.place.Out); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		if err := f.step.do("mkdir", dir, func() error { return os.Mkdir(dir, 0o755) }); err != nil && !errors.Is(err, fs.ErrExist) {
			return made, fmt.Errorf("make the output folder: %w", err)
		}
		made = append(made, dir)
		if err := f.step.do("sync", filepath.Dir(dir), func() error { return syncDir(filepath.Dir(dir)) }); err != nil {
			return made, fmt.Errorf("make the output folder: %w", err)
		}
	}
	return made, nil
}

func syncDir(name string) error {
	d, err := openDisk(name, nil)
	if err != nil {
		return err
	}
	defer d.close()
	return d.syncOne(".")
}

// commit is one run of Commit.
type commit struct {
	*Folder
	files    []File
	lockData []byte

	out     *disk
	old     *manifest        // nil when the folder was never built
	dirs    map[string]error // what checkDir found
	write   []File
	journal journal
	summary Summary
	decided bool // the journal counts: there is no way back
}

func (c *commit) run(ctx context.Context) (err error) {
	if err := refuseLinks(c.place.Out, c.lockFile.dir.name); err != nil {
		return err
	}
	c.out, err = openDisk(c.place.Out, c.step)
	if err != nil {
		return fmt.Errorf("open the output folder: %w", err)
	}
	defer c.out.close()
	hold, err := c.out.hold(ctx, exclusive, c.waiting)
	if err != nil {
		return err
	}
	defer hold.Close()
	if err := c.recover(c.out); err != nil {
		return err
	}
	if err := errors.Join(c.checkLock(), c.compare()); err != nil {
		return err
	}
	if len(c.journal.Write) == 0 && len(c.journal.Remove) == 0 {
		return c.CommitLock(c.lockData)
	}
	if err := c.checkWritable(); err != nil {
		return err
	}
	if err := c.stage(); err != nil {
		return errors.Join(err, removeStage(c.out))
	}
	if err := writeJournal(c.out, &c.journal); err != nil {
		return errors.Join(err, removeStage(c.out))
	}
	c.decided = true
	if _, err = c.journal.follow(c.out, c.lockFile); err == nil {
		c.lockDigest = c.journal.Lock.New
	}
	return err
}

// compare finds what differs on disk from what is to be there.
func (c *commit) compare() error {
	v := View{out: c.out, parsed: c.View.parsed}
	var err error
	c.old, err = v.manifest()
	if err != nil {
		return err
	}
	if err := c.checkOwner(c.old); err != nil {
		return err
	}
	found, err := c.look()
	if err != nil {
		return err
	}
	var foreign []string
	for i, file := range c.files {
		switch {
		case found[i] == same:
			c.summary.Kept = append(c.summary.Kept, file.Path)
		case found[i] == differs && c.old == nil:
			foreign = append(foreign, file.Path)
		default:
			c.write = append(c.write, file)
			c.journal.Write = append(c.journal.Write, file.Path)
			c.summary.Written = append(c.summary.Written, file.Path)
		}
	}
	if len(foreign) > 0 {
		return fmt.Errorf("%s has no %s, and holds other content at %s: choose another output folder, or remove them",
			c.place.Out, manifestPath, listed(foreign))
	}
	return c.compareRemoved()
}

// state is what is on disk at a file's path.
type state int

const (
	missing state = iota
	differs
	same
)

// look reads what is there now, on all processors: tens of thousands of small
// files are most of the work of a build that changes nothing.
func (c *commit) look() ([]state, error) {
	for _, file := range c.files {
		if err := c.checkDir(path.Dir(file.Path)); err != nil {
			return nil, err
		}
	}
	found := make([]state, len(c.files))
	errs := make([]error, len(c.files))
	parallel.Do(len(c.files), func(i int) { found[i], errs[i] = c.stateOf(c.files[i]) })
	for _, err := range errs {
		if err != nil {
			return nil, err // the first says enough: often all have the same cause
		}
	}
	return found, nil
}

func (c *commit) stateOf(file File) (state, error) {
	info, err := c.out.regular(file.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing, nil
	case err != nil:
		return missing, err
	case info.Size() != int64(len(file.Data)):
		return differs, nil
	}
	data, err := c.out.root.ReadFile(file.Path)
	if err == nil && bytes.Equal(data, file.Data) {
		return same, nil
	}
	return differs, c.out.wrap("read", file.Path, err)
}

// checkDir refuses a folder, or one above it, that is none, or another build's.
func (c *commit) checkDir(dir string) error {
	if dir == "." {
		return nil
	}
	if err, known := c.dirs[dir]; known {
		return err
	}
	err := c.checkDir(path.Dir(dir))
	if err == nil {
		err = c.checkOneDir(dir)
	}
	c.dirs[dir] = err
	return err
}

func (c *commit) checkOneDir(dir string) error {
	info, err := c.out.root.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return c.out.wrap("read", dir, err)
	case !info.IsDir():
		return fmt.Errorf("%s is %s, not a folder", c.out.shown(dir), kindOr(info.Mode(), "a file"))
	}
	nested, err := c.out.exists(dir + "/" + manifestPath)
	if nested {
		return fmt.Errorf("%s has a %s of its own: it is another build's", c.out.shown(dir), manifestPath)
	}
	return err
}

// compareRemoved finds what the last build made and this one does not.
func (c *commit) compareRemoved() error {
	if c.old == nil {
		return nil
	}
	wanted := make(map[string]bool, len(c.files))
	for _, file := range c.files {
		wanted[file.Path] = true
	}
	for name, digest := range c.old.files {
		if wanted[name] {
			continue
		}
		if c.checkDir(path.Dir(name)) != nil {
			continue // not ours by now
		}
		switch data, err := c.out.read(name); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil || Digest(data) != digest:
			c.summary.Left = append(c.summary.Left, name)
		default:
			c.journal.Remove = append(c.journal.Remove, removal{name, digest})
			c.summary.Removed = append(c.summary.Removed, name)
		}
	}
	slices.Sort(c.summary.Left)
	slices.Sort(c.summary.Removed)
	slices.SortFunc(c.journal.Remove, func(a, b removal) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// checkWritable finds what the journal could not do for want of permission,
// before there is one.
func (c *commit) checkWritable() error {
	if err := c.lockFile.dir.writable("."); err != nil {
		return err
	}
	checked := map[string]bool{}
	for _, name := range slices.Concat(c.summary.Written, c.summary.Removed) {
		for dir := path.Dir(name); !checked[dir]; dir = path.Dir(dir) {
			if err := c.out.writable(dir); err != nil {
				return err
			}
			checked[dir] = true
		}
	}
	return nil
}

// stage writes what is new beside what is old.
func (c *commit) stage() error {
	if err := c.out.mkdir(stagePath); err != nil {
		return err
	}
	staged := []string{stagedLock}
	if err := c.out.write(stagedLock, c.lockData); err != nil {
		return err
	}
	for i, file := range c.write {
		if err := c.out.write(stagedFile(i), file.Data); err != nil {
			return err
		}
		staged = append(staged, stagedFile(i))
	}
	lockPath, err := c.lockFile.pathFrom(c.place.Out)
	if err != nil {
		return err
	}
	c.journal.Lock = lockChange{Path: lockPath, Old: c.lockDigest, New: Digest(c.lockData)}
	return c.out.sync(append(staged, stagePath))
}

// listed names a few of many.
func listed(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

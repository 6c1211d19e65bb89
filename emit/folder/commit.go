package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jsc/schema/parallel"
)

// File is one file that a build makes.
type File struct {
	Path string // slash-separated, relative to the output folder, one that Made accepts
	Data []byte
	// Make makes Data where that is nil, in room if that is large enough. It is
	// called at most once, from any goroutine, and not at all for a file whose
	// Recipe is that of Known; the manifest's after all others.
	Make func(room []byte) ([]byte, error)
	// Pieces, if any, makes the same as Make, in room too, but hands it over piece by
	// piece, each good until take returns, whose errors end it. It returns the room.
	// It is called where all is to be written, so that a large file is never held whole.
	Pieces func(room []byte, take func(piece []byte) error) ([]byte, error)
	// Sum, if any, tells the digest of what Make makes, for less: where that is
	// known to lie there, Make is not called.
	Sum func() string
	// Recipe, if any, is what Known gives for the file from now on.
	Recipe string
	Digest *string // if any, becomes the digest of the file's bytes
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
	if !slices.IsSortedFunc(files, byPath) {
		files = slices.SortedFunc(slices.Values(files), byPath)
	}
	if err := errors.Join(checkFiles(files), readable(f.place.Lock, len(lockData))); err != nil {
		return Summary{}, err
	}
	c := &commit{Folder: f, files: files, lockData: lockData}
	made, err := f.makeOut()
	if err == nil {
		err = c.run(ctx)
		f.survey, f.cache, f.made = nil, cache{}, nil
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

func byPath(a, b File) int { return strings.Compare(a.Path, b.Path) }

// checkFiles refuses what would be a mistake of the caller.
func checkFiles(files []File) error {
	if _, found := slices.BinarySearchFunc(files, File{Path: manifestPath}, byPath); !found {
		return fmt.Errorf("a build without %s cannot be followed by another", manifestPath)
	}
	return parallel.Try(len(files), func(i int) error {
		switch name := files[i].Path; {
		case !Made(name):
			return fmt.Errorf("%q has no form of a file that jsc makes", name)
		case i > 0 && files[i-1].Path == name:
			return fmt.Errorf("%s is made twice", name)
		case files[i].Data == nil && files[i].Make == nil:
			return fmt.Errorf("%s is of nothing", name)
		}
		return nil
	})
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
	old     *manifest // nil when the folder was never built
	was     []was     // by index of files
	found   []found   // likewise
	stage   *stage    // nil before anything could be staged
	journal journal
	summary Summary
	decided bool // the journal counts: there is no way back
}

// was is what is known of a file's path before the file is made.
type was struct {
	there bool        // a regular file is
	print fingerprint // of that
	Known             // likewise, where it is known
}

// found is what became of a file.
type found struct {
	state  state
	digest string
	print  fingerprint // of a file that was staged, as it was there
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
	defer func() { c.stage.close() }()
	hold, err := c.out.hold(ctx, exclusive, c.waiting)
	if err != nil {
		return err
	}
	defer hold.Close()
	if err := c.recover(c.out); err != nil {
		return err
	}
	if err := c.prepare(ctx); err != nil {
		return errors.Join(err, c.stage.drop())
	}
	if len(c.journal.Write) == 0 && len(c.journal.Remove) == 0 {
		if err := c.stage.drop(); err != nil {
			return err
		}
		c.writeCache()
		return c.CommitLock(c.lockData)
	}
	if err := c.before(); err != nil {
		return errors.Join(err, c.stage.drop())
	}
	if err := writeJournal(c.out, &c.journal); err != nil {
		return errors.Join(err, c.stage.drop())
	}
	c.decided = true
	_, err = c.journal.follow(c.out, c.lockFile, c.writeCache)
	if err == nil {
		c.lockWas = lockState{c.lockData, true}
	}
	return err
}

// prepare finds what differs on disk from what is to be there, and stages it.
func (c *commit) prepare(ctx context.Context) (err error) {
	if err := c.checkLock(); err != nil {
		return err
	}
	if c.survey == nil {
		if c.survey, err = c.out.survey(); err != nil {
			return err
		}
		c.recognize()
	}
	if c.old, err = c.manifestNow(); err != nil {
		return err
	}
	if c.cache.entries != nil && c.old != c.made {
		// Known told of another build's files.
		return fmt.Errorf("%s was changed meanwhile; run the command again", c.out.shown(manifestPath))
	}
	c.lookUp()
	if err := errors.Join(c.checkOwner(c.old), c.checkPaths()); err != nil {
		return err
	}
	if err := c.makeFiles(ctx); err != nil {
		return err
	}
	var foreign []string
	for i, file := range c.files {
		switch c.found[i].state {
		case same:
			c.summary.Kept = append(c.summary.Kept, file.Path)
		case foreignFile:
			foreign = append(foreign, file.Path)
		default:
			c.summary.Written = append(c.summary.Written, file.Path)
		}
	}
	if len(foreign) > 0 {
		return fmt.Errorf("%s has no %s, and holds other content at %s: choose another output folder, or remove them",
			c.place.Out, manifestPath, listed(foreign))
	}
	c.journal.Write = c.stage.placings(c.files, c.found)
	if err := c.compareRemoved(); err != nil || len(c.journal.Write) == 0 && len(c.journal.Remove) == 0 {
		return err
	}
	if err := c.checkWritable(); err != nil {
		return err
	}
	if c.journal.Lock.New == "" { // it stays
		digest := c.lockWas.digest()
		c.journal.Lock.Old, c.journal.Lock.New = digest, digest
	}
	if c.journal.Lock.Path, err = c.lockFile.pathFrom(c.place.Out); err != nil {
		return err
	}
	c.journal.lock = &lockStates{c.lockWas, c.lockData}
	return c.stage.finish(c.found)
}

// manifestNow is the folder's manifest, which is not read where its file is known.
func (c *commit) manifestNow() (*manifest, error) {
	if c.made != nil && c.made.print.Inode != 0 {
		if info, err := c.out.root.Lstat(manifestPath); err == nil && fingerprintOf(info) == c.made.print {
			return c.made, nil
		}
	}
	v := View{out: c.out}
	return v.manifest(c.made)
}

func (c *commit) path(i int) string { return c.files[i].Path }

// lookUp finds what is known of each file.
func (c *commit) lookUp() {
	c.was = make([]was, len(c.files))
	meet(len(c.files), len(c.survey.files), c.path, c.survey.path, func(i, j int) {
		c.was[i].there, c.was[i].print = true, c.survey.files[j].print
	})
	meet(len(c.files), len(c.cache.entries), c.path, c.cache.path, func(i, j int) {
		if e := c.cache.entries[j]; e.known {
			c.was[i].Known = e.Known
		}
	})
}

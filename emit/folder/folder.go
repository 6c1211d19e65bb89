// Package folder owns the output folder and the lock on disk: what a build
// makes becomes visible as one, at whatever moment the process dies.
//
// A commit stages what changed inside the output folder, then writes a journal
// of the renames and removals that are left: from that moment the new state
// counts. Whoever comes next follows a journal that was left behind (Open), or
// looks through it (Read). Two file locks, both released by death, keep builds
// of one lock, and writers and readers of one folder, apart.
//
// It refuses to touch what jsc did not make: paths of no form that jsc writes,
// symbolic links, another build's folder, files that somebody changed. It knows
// nothing of what the files hold, save the manifest's paths and digests.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
)

// Folder is an output folder and its lock, opened for writing. Its View is the
// state as Open found it.
type Folder struct {
	*View
	// Before, if any, is called when nothing refuses a change of the lock any more,
	// and before it counts: what must be there first is made then. Its error
	// refuses the change.
	Before func() error

	place    Place
	step     step
	waiting  func(path string)
	held     *os.File // file lock over the topology's state
	lockFile *lockFile
	lockWas  lockState // as it was found, or committed
	recovery Recovery
	survey   *survey   // of the output folder, as Open found it; nil when there was none
	made     *manifest // likewise
	cache    cache
}

// Recovery says what Open had to mend.
type Recovery struct {
	Finished bool // a build was interrupted; its folder is now as it meant it
	LockKept bool // but not the lock, which somebody changed after the interruption
}

// Open opens the state for writing, and finishes what an interrupted build left.
// It holds <lock>.lck until Close, so that builds and changes of keys follow
// one another. While another process holds it, Open calls waiting (which may be
// nil) with the path it waits for, and waits; ctx ends the wait.
//
// The output folder and those between it and the lock's folder must be no
// symbolic links; the lock, and what builds have beside it, only regular files. A folder whose manifest names another
// lock is refused, as is a manifest that cannot be read.
func Open(ctx context.Context, place Place, waiting func(path string)) (*Folder, error) {
	return open(ctx, place, waiting, nil)
}

// OpenAfter is Open for who has looked ahead.
func OpenAfter(ctx context.Context, ahead Ahead, place Place, waiting func(path string)) (*Folder, error) {
	return openAfter(ctx, ahead, place, waiting, nil)
}

func open(ctx context.Context, place Place, waiting func(string), s step) (*Folder, error) {
	return openAfter(ctx, Ahead{}, place, waiting, s)
}

func openAfter(ctx context.Context, ahead Ahead, place Place, waiting func(string), s step) (*Folder, error) {
	f := &Folder{View: &View{}, place: place, step: s, waiting: waiting}
	if err := f.open(ctx, ahead); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Folder) open(ctx context.Context, ahead Ahead) (err error) {
	f.lockFile, err = openLockFile(f.place.Lock, f.step)
	if err != nil {
		return err
	}
	f.lockFile.last = ahead.Lock
	if err := f.place.refuseOdd(f.lockFile); err != nil {
		return err
	}
	f.held, err = holdFile(ctx, f.place.Lock+".lck", f.waiting)
	if err != nil {
		return err
	}
	if err := f.settle(ctx); err != nil {
		return err
	}
	if err := f.lockFile.removeNext(); err != nil {
		return err
	}
	for again := true; again; {
		if f.View, again, err = read(ctx, f.place, f.lockFile, f.waiting); err != nil {
			return err
		}
	}
	f.View.release() // or Commit would wait for ourselves
	if f.View.out != nil {
		if f.survey, f.cache = ahead.survey, ahead.cache; !ahead.isOf(f.View.out) {
			if f.survey, err = f.View.out.survey(); err != nil {
				return err
			}
			f.cache = f.place.readCache()
		}
		f.recognize()
		f.made = f.knownManifest()
	}
	if f.made == nil {
		if f.made, err = f.View.manifest(nil); err != nil {
			return err
		}
	}
	f.lockWas = f.View.lock
	return f.checkOwner(f.made)
}

// settle brings the output folder to rest, alone: an interrupted build is
// finished, or what it staged is dropped.
func (f *Folder) settle(ctx context.Context) error {
	out, err := openDisk(f.place.Out, f.step)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the output folder: %w", err)
	}
	defer out.close()
	hold, err := out.hold(ctx, exclusive, f.waiting)
	if err != nil {
		return err
	}
	defer hold.Close()
	return f.recover(out)
}

func (f *Folder) recover(out *disk) error {
	lockPath, err := f.lockFile.pathFrom(f.place.Out)
	if err != nil {
		return err
	}
	j, err := readJournal(out, lockPath)
	switch {
	case err != nil:
		return err
	case j == nil:
		return removeStage(out)
	}
	f.survey = nil
	f.recovery.LockKept, err = j.follow(out, f.lockFile, func() {})
	if err != nil {
		return fmt.Errorf("finish the interrupted build: %w", err)
	}
	f.recovery.Finished = true
	return nil
}

// Foreign returns the paths, sorted, of files that were there at Open and that the
// folder's manifest does not list: what jsc did not make, or makes no more and
// found changed.
func (f *Folder) Foreign() []string {
	if f.survey == nil {
		return nil
	}
	ours := make([]bool, len(f.survey.files))
	names := slices.Collect(maps.Keys(f.survey.odd))
	if f.made != nil {
		meet(len(ours), len(f.made.files), f.survey.path, f.made.path, func(i, _ int) { ours[i] = true })
		names = slices.DeleteFunc(names, f.made.lists)
	}
	for i, file := range f.survey.files {
		if !ours[i] && (f.made == nil || file.path != manifestPath) {
			names = append(names, file.path)
		}
	}
	slices.Sort(names)
	return names
}

// Empty reports that there was no file in the output folder at Open, or no folder.
func (f *Folder) Empty() bool {
	return f.survey == nil || len(f.survey.files) == 0 && len(f.survey.odd) == 0
}

// Recovery returns what Open had to mend.
func (f *Folder) Recovery() Recovery { return f.recovery }

// CommitLock replaces the lock alone by data, in one step; nothing is written
// when it holds the same bytes. It is an error if somebody changed the lock since
// Open.
func (f *Folder) CommitLock(data []byte) error {
	if err := errors.Join(readable(f.place.Lock, len(data)), f.checkLock()); err != nil || f.lockWas.equal(lockState{data, true}) {
		return err
	}
	if err := f.before(); err != nil {
		return err
	}
	if err := f.lockFile.install(data); err != nil {
		return errors.Join(err, f.lockFile.removeNext())
	}
	f.lockWas = lockState{data, true}
	return nil
}

// before calls Before.
func (f *Folder) before() error {
	if f.Before == nil {
		return nil
	}
	return f.Before()
}

// checkLock refuses a lock that an editor or git changed while we were at work,
// as what is to be committed was made without knowing.
func (f *Folder) checkLock() error {
	now, err := f.lockFile.read()
	if err == nil && !now.equal(f.lockWas) {
		err = fmt.Errorf("%s was changed meanwhile; run the command again", f.place.Lock)
	}
	return err
}

// Close releases the folder. It is safe to call twice.
func (f *Folder) Close() {
	f.View.Close()
	if f.lockFile != nil {
		f.lockFile.dir.close()
	}
	if f.held != nil {
		f.held.Close()
		f.held = nil
	}
}

// checkOwner refuses a folder that was made from another lock; m is nil for one
// that was never built.
func (f *Folder) checkOwner(m *manifest) error {
	if m == nil {
		return nil
	}
	if r := otherLock(f.place, m.lock); r != nil {
		return r
	}
	return nil
}

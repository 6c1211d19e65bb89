package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"

	"jsc/schema/parallel"
)

// Where a commit is prepared, inside the output folder.
const (
	stagePath   = ".jsc-stage"
	journalPath = stagePath + "/journal.json"
	journalNew  = stagePath + "/journal.new"
	stagedLock  = stagePath + "/lock"
)

// stagedFile is where a new file, or folder, lies until it is renamed to its
// place.
func stagedFile(number int) string { return stagePath + "/" + strconv.Itoa(number) }

// journal lists what is left to do once everything is staged. As long as it is
// there, the state is the new one, wherever its files lie; it can be followed
// again from the start any number of times.
type journal struct {
	Format int        `json:"format"`
	Stage  uint64     `json:"stage"` // inode of the stage folder, see readJournal
	Lock   lockChange `json:"lock"`
	Write  []placing  `json:"write"`
	Remove []removal  `json:"remove"` // what the last build made and this one does not

	written int64       // when, in Unix nanoseconds; 0 for one that was read
	lock    *lockStates // what Lock has the digests of; nil for one that was read
}

// lockStates are the lock before and after.
type lockStates struct {
	old lockState
	new []byte
}

// lockChange is the lock's digests before and after, "" where there is none.
type lockChange struct {
	Path string `json:"path"` // relative to the output folder
	Old  string `json:"old"`
	New  string `json:"new"`
}

// placing is one rename: of a file, or of a folder that was not there, with all
// that is in it. A first build so has a few renames, not one a file.
type placing struct {
	Path   string `json:"path"`
	Staged int    `json:"staged"` // it lies at stagedFile of that number
	Folder bool   `json:"folder,omitempty"`
}

type removal struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

const journalFormat = 2

// readJournal returns the journal in the folder, nil when there is none. It may
// come from a hostile branch, and is followed only if it was written in this
// very folder: git and archives do not restore inodes. Otherwise files staged in
// a branch would be shown to check, while others were deployed.
func readJournal(d *disk, lockPath string) (*journal, error) {
	stage, err := d.root.Lstat(stagePath)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !stage.IsDir() {
		return nil, nil
	}
	if err != nil {
		return nil, d.wrap("read", stagePath, err)
	}
	data, err := d.read(journalPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var j journal
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&j)
	}
	if err == nil {
		err = j.valid(inode(stage), lockPath)
	}
	if err != nil {
		return nil, fmt.Errorf("an interrupted build left %s, which cannot be followed: %w; remove %s, then build",
			d.shown(journalPath), err, d.shown(stagePath))
	}
	return &j, nil
}

func (j *journal) valid(stage uint64, lockPath string) error {
	switch {
	case j.Format != journalFormat:
		return fmt.Errorf("its format is %d, this jsc knows %d", j.Format, journalFormat)
	case stage == 0 || j.Stage != stage:
		return errors.New("it was written in another folder")
	case j.Lock.Path != lockPath:
		return fmt.Errorf("it belongs to the lock %s, not %s", j.Lock.Path, lockPath)
	}
	for _, p := range j.Write {
		if !Made(p.Path) && !(p.Folder && madeFolder(p.Path)) {
			return fmt.Errorf("it lists %q, which is no file that jsc makes", p.Path)
		}
	}
	for _, r := range j.Remove {
		if !Made(r.Path) {
			return fmt.Errorf("it lists %q, which is no file that jsc makes", r.Path)
		}
	}
	return nil
}

// writeJournal makes j last. Its rename is the moment at which the state changes.
func writeJournal(d *disk, j *journal) error {
	stage, err := d.root.Lstat(stagePath)
	if err != nil {
		return d.wrap("read", stagePath, err)
	}
	j.Format, j.Stage = journalFormat, inode(stage)
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	print, err := d.writeFile(journalNew, data)
	if err != nil {
		return err
	}
	j.written = print.MTime
	if err := d.sync([]string{journalNew, stagePath, "."}); err != nil {
		return err
	}
	return d.rename(journalNew, journalPath)
}

// staged returns which of j.Write are not yet in their place.
func (j *journal) staged(d *disk) (map[string]bool, error) {
	entries, err := d.list(stagePath)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(entries))
	for _, entry := range entries {
		there[entry.Name()] = true
	}
	staged := map[string]bool{}
	for _, p := range j.Write {
		if there[path.Base(stagedFile(p.Staged))] {
			staged[p.Path] = true
		}
	}
	return staged, nil
}

// follow does what j lists, lock included, and removes it. What is done already
// is passed over. lockKept says that the lock was left as it is, because it is
// neither what it was nor what j makes of it: somebody else changed it since.
// placed is called once the files are in their places, beside the rest.
func (j *journal) follow(d *disk, l *lockFile, placed func()) (lockKept bool, err error) {
	touched, err := j.place(d)
	if err != nil {
		return false, err
	}
	parallel.Do(2, func(i int) {
		if i == 0 {
			lockKept, err = j.end(d, l, touched)
		} else {
			placed()
		}
	})
	return lockKept, err
}

// place does what j lists, save for the lock, and returns the folders in which
// something has changed.
func (j *journal) place(d *disk) (touched map[string]bool, err error) {
	touched = map[string]bool{}
	if err := d.sync([]string{stagePath}); err != nil {
		return nil, err
	}
	touch := func(name string) {
		for dir := path.Dir(name); dir != "." && !touched[dir]; dir = path.Dir(dir) {
			touched[dir] = true
		}
	}
	staged, err := j.staged(d)
	if err != nil {
		return nil, err
	}
	for _, p := range j.Write {
		if dir := path.Dir(p.Path); !touched[dir] {
			if err := d.mkdir(dir); err != nil {
				return nil, err
			}
		}
		touch(p.Path)
		if !staged[p.Path] {
			continue
		}
		if err := d.place(stagedFile(p.Staged), p.Path); err != nil {
			return nil, err
		}
	}
	for _, r := range j.Remove {
		touch(r.Path)
		if err := removeMade(d, r); err != nil {
			return nil, err
		}
	}
	return touched, removeEmpty(d, j.Remove, touched)
}

// end installs the lock, makes all last, and removes j.
func (j *journal) end(d *disk, l *lockFile, touched map[string]bool) (lockKept bool, err error) {
	lockKept, err = j.followLock(d, l)
	if err != nil {
		return false, err
	}
	names := []string{"."}
	for dir := range touched {
		names = append(names, dir)
	}
	if err := d.sync(names); err != nil {
		return false, err
	}
	if err := d.remove(journalPath); err != nil {
		return false, err
	}
	_ = removeStage(d) // nothing depends on it now, and the next build tries again
	return lockKept, nil
}

func (j *journal) followLock(d *disk, l *lockFile) (kept bool, err error) {
	now, err := l.read()
	if err != nil {
		return false, err
	}
	if j.lock != nil && now.equal(j.lock.old) {
		if j.Lock.Old == j.Lock.New {
			return false, nil
		}
		return false, l.install(j.lock.new)
	}
	switch now.digest() {
	case j.Lock.New:
		return false, nil
	case j.Lock.Old:
	default:
		return true, nil
	}
	staged, err := d.read(stagedLock)
	if err != nil {
		return false, err
	}
	return false, l.install(staged)
}

// removeMade removes a file if its bytes are those that jsc made.
func removeMade(d *disk, r removal) error {
	data, err := d.read(r.Path)
	if err != nil || Digest(data) != r.SHA256 {
		return nil // gone, or somebody else's by now
	}
	return d.remove(r.Path)
}

// removeEmpty removes the folders that held removed files and hold nothing now,
// and takes them out of touched.
func removeEmpty(d *disk, removed []removal, touched map[string]bool) error {
	for _, r := range removed {
		for dir := path.Dir(r.Path); dir != "."; dir = path.Dir(dir) {
			entries, err := d.list(dir)
			if err != nil {
				return err
			}
			if len(entries) > 0 {
				break
			}
			if err := d.remove(dir); err != nil {
				return err
			}
			delete(touched, dir)
		}
	}
	return nil
}

// removeStage removes what is staged, in any order: without a journal it means
// nothing.
func removeStage(d *disk) error {
	if there, err := d.exists(stagePath); err != nil || !there {
		return err
	}
	return d.wrap("remove", stagePath, d.step.do("remove", stagePath, func() error { return d.root.RemoveAll(stagePath) }))
}

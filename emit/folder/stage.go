package folder

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// stage is where a commit prepares what is new, beside what is old. A file of a
// folder that is not there yet is prepared within a staged one, which takes its
// place as a whole.
type stage struct {
	out    *disk
	made   func() error // makes the stage's folder, and opens it, once
	in     dir          // that folder
	opened bool
	locked bool      // the lock is staged
	places []place   // by index of files
	whole  []placing // the folders that are staged whole

	mu      sync.Mutex
	writers []*writer // that were made
}

// place is where a file is staged.
type place struct {
	whole int    // the index of its folder among those that are staged whole; -1: in none
	name  string // within that
}

// path is the place's, from the output folder.
func (s *stage) path(i int) string {
	p := s.places[i]
	if s.alone(i) {
		return stagedFile(i)
	}
	return stagedFile(s.whole[p.whole].Staged) + "/" + p.name
}

// newStage plans for a commit's files; nothing is written yet.
func newStage(c *commit) *stage {
	s := &stage{out: c.out, places: make([]place, len(c.files))}
	s.made = sync.OnceValue(func() error {
		if err := s.out.writable("."); err != nil {
			return err
		}
		out, err := s.out.dir()
		if err != nil {
			return err
		}
		defer out.close()
		s.in, err = s.out.makeIn(out, ".", stagePath)
		s.opened = err == nil
		return err
	})
	var in, top string // of the file before
	for i, file := range c.files {
		s.places[i].whole = -1
		if c.was[i].there {
			continue
		}
		if dir := path.Dir(file.Path); dir != in {
			in, top = dir, missingFolder(c.survey, dir)
		}
		if top == "" {
			continue
		}
		if n := len(s.whole); n == 0 || s.whole[n-1].Path != top {
			s.whole = append(s.whole, placing{Path: top, Staged: len(c.files) + n, Folder: true})
		}
		s.places[i] = place{len(s.whole) - 1, file.Path[len(top)+1:]}
	}
	return s
}

// missingFolder is the uppermost of a folder and those above it that is not there;
// "" when all are.
func missingFolder(seen *survey, dir string) (top string) {
	for ; dir != "." && !seen.hasDir(dir); dir = path.Dir(dir) {
		top = dir
	}
	return top
}

// alone reports that the i-th file comes to its place by a rename of its own.
func (s *stage) alone(i int) bool { return s.places[i].whole < 0 }

// writer writes one file after the other. It goes from folder to folder of the
// stage, which it makes, so that files of one folder cost no more than themselves.
type writer struct {
	stage *stage
	at    []entered // the folders that lead to the last file, from the stage's
	room  []byte    // for files while they are made and written
}

// writer makes a writer, for one goroutine.
func (s *stage) writer() *writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &writer{stage: s}
	s.writers = append(s.writers, w)
	return w
}

// mostRoom is how much is kept for the next files.
const mostRoom = 1 << 20

// makes makes a file, which is good until the next one is made.
func (w *writer) makes(file *File) ([]byte, error) {
	data, err := file.Make(w.room[:0])
	if cap(data) <= mostRoom {
		w.room = data
	}
	return data, err
}

// write stages the i-th file, and returns what it is then.
func (w *writer) write(i int, data []byte) (print fingerprint, err error) {
	return w.writeBy(i, func(write func([]byte) error) error { return write(data) })
}

// writeBy is write of what by writes.
func (w *writer) writeBy(i int, by func(write func([]byte) error) error) (print fingerprint, err error) {
	if err := w.stage.made(); err != nil {
		return print, err
	}
	staged := w.stage.path(i)
	in, err := w.enter(staged)
	if err != nil {
		return print, err
	}
	return w.stage.out.writeBy(in, path.Base(staged), staged, by)
}

// enter opens the folder that a staged file is to be in.
func (w *writer) enter(staged string) (dir, error) {
	n := 0
	for n < len(w.at) && strings.HasPrefix(staged, w.at[n].path) {
		n++
	}
	w.leave(n)
	in, end := w.stage.in, len(stagePath+"/")
	if n > 0 {
		in, end = w.at[n-1].dir, len(w.at[n-1].path)
	}
	for {
		part, _, more := strings.Cut(staged[end:], "/")
		if !more {
			return in, nil
		}
		end += len(part)
		next, err := w.stage.out.makeSub(in, part, staged[:end])
		if err != nil {
			return dir{}, err
		}
		end++
		w.at, in = append(w.at, entered{staged[:end], next}), next
	}
}

// leave closes all but n folders.
func (w *writer) leave(n int) {
	for _, e := range w.at[n:] {
		e.dir.close()
	}
	w.at = w.at[:n]
}

// placings are the renames that bring what was staged to its place.
func (s *stage) placings(files []File, found []found) []placing {
	all := slices.Clone(s.whole)
	for i, file := range files {
		if found[i].state != same && s.alone(i) {
			all = append(all, placing{Path: file.Path, Staged: i})
		}
	}
	slices.SortFunc(all, func(a, b placing) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// writeLock stages the lock.
func (s *stage) writeLock(lock []byte) error {
	if err := s.made(); err != nil {
		return err
	}
	_, err := s.out.writeIn(s.in, path.Base(stagedLock), stagedLock, lock)
	s.locked = err == nil
	return err
}

// finish makes all that is staged last.
func (s *stage) finish(found []found) error {
	if err := s.made(); err != nil {
		return err
	}
	names := s.written(found)
	if s.locked {
		names = append(names, stagedLock)
	}
	return s.out.sync(append(names, stagePath))
}

// written are the staged files and their folders, sorted; of more than are synced
// one by one, not all.
func (s *stage) written(found []found) []string {
	names := map[string]bool{}
	for i := 0; i < len(found) && len(names) <= fewFiles; i++ {
		if found[i].state == same {
			continue
		}
		for name := s.path(i); name != stagePath; name = path.Dir(name) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// drop removes all that was staged.
func (s *stage) drop() error {
	if s == nil {
		return nil
	}
	return removeStage(s.out)
}

// leave ends the use of the writers.
func (s *stage) leave() {
	for _, w := range s.writers {
		w.leave(0)
	}
	s.writers = nil
}

// close ends the use of the stage's folder.
func (s *stage) close() {
	if s != nil && s.opened {
		s.in.close()
	}
}

package folder

import (
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
	made   func() error // makes the stage's folder, once
	places []string     // by index of files: where it is staged
	whole  []placing    // the folders that are staged whole
	within []bool       // by index of files: it is in one of those

	mu     sync.Mutex
	staged []string
}

// newStage plans for files, sorted by path; nothing is written yet.
func newStage(out *disk, seen *survey, files []File) *stage {
	s := &stage{out: out, places: make([]string, len(files)), within: make([]bool, len(files))}
	s.made = sync.OnceValue(func() error {
		if err := out.writable("."); err != nil {
			return err
		}
		return out.mkdir(stagePath)
	})
	number := len(files)
	for i, file := range files {
		top := missingFolder(seen, file.Path)
		if top == "" {
			s.places[i] = stagedFile(i)
			continue
		}
		if n := len(s.whole); n == 0 || s.whole[n-1].Path != top {
			s.whole = append(s.whole, placing{Path: top, Staged: number, Folder: true})
			number++
		}
		s.within[i] = true
		s.places[i] = stagedFile(s.whole[len(s.whole)-1].Staged) + strings.TrimPrefix(file.Path, top)
	}
	return s
}

// missingFolder is the uppermost folder of a file that is not there; "" when
// all are.
func missingFolder(seen *survey, name string) (top string) {
	for dir := path.Dir(name); dir != "." && !seen.dirs[dir]; dir = path.Dir(dir) {
		top = dir
	}
	return top
}

// folders makes those that are staged whole, and those within.
func (s *stage) folders() error {
	if len(s.whole) == 0 {
		return nil
	}
	if err := s.made(); err != nil {
		return err
	}
	last := ""
	for i, place := range s.places {
		dir := path.Dir(place)
		if !s.within[i] || dir == last {
			continue
		}
		last = dir
		if err := s.out.mkdir(dir); err != nil {
			return err
		}
		s.staged = append(s.staged, dir)
	}
	return nil
}

// write stages the i-th file. It may be called from several goroutines.
func (s *stage) write(i int, data []byte) error {
	if err := s.made(); err != nil {
		return err
	}
	if err := s.out.write(s.places[i], data); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staged = append(s.staged, s.places[i])
	return nil
}

// placings are the renames that bring what was staged to its place.
func (s *stage) placings(files []File, found []found) []placing {
	all := slices.Clone(s.whole)
	for i, file := range files {
		if found[i].state != same && !s.within[i] {
			all = append(all, placing{Path: file.Path, Staged: i})
		}
	}
	slices.SortFunc(all, func(a, b placing) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// finish stages the lock, and makes all that is staged last.
func (s *stage) finish(lock []byte) error {
	if err := s.made(); err != nil {
		return err
	}
	if err := s.out.write(stagedLock, lock); err != nil {
		return err
	}
	slices.Sort(s.staged) // for tests that count steps
	return s.out.sync(append(s.staged, stagedLock, stagePath))
}

// drop removes all that was staged.
func (s *stage) drop() error {
	if s == nil {
		return nil
	}
	return removeStage(s.out)
}

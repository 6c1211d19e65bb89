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
	places []place      // by index of files
	whole  []placing    // the folders that are staged whole
	disks  []*disk      // of those, once made

	mu     sync.Mutex
	staged []string
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

// newStage plans for files, sorted by path; nothing is written yet.
func newStage(out *disk, seen *survey, files []File) *stage {
	s := &stage{out: out, places: make([]place, len(files))}
	s.made = sync.OnceValue(func() error {
		if err := out.writable("."); err != nil {
			return err
		}
		return out.mkdir(stagePath)
	})
	for i, file := range files {
		top := missingFolder(seen, file.Path)
		if top == "" {
			s.places[i] = place{whole: -1}
			continue
		}
		if n := len(s.whole); n == 0 || s.whole[n-1].Path != top {
			s.whole = append(s.whole, placing{Path: top, Staged: len(files) + n, Folder: true})
		}
		s.places[i] = place{len(s.whole) - 1, strings.TrimPrefix(file.Path, top+"/")}
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
	for _, p := range s.whole {
		staged := stagedFile(p.Staged)
		if err := s.out.makeOne(staged); err != nil {
			return err
		}
		disk, err := s.out.sub(staged)
		if err != nil {
			return err
		}
		s.disks = append(s.disks, disk)
		s.staged = append(s.staged, staged)
	}
	made := map[place]bool{}
	for _, p := range s.places {
		if p.whole >= 0 {
			if err := s.foldersOf(p, made); err != nil {
				return err
			}
		}
	}
	return nil
}

// foldersOf makes the folders between one that is staged whole and a place in it.
func (s *stage) foldersOf(p place, made map[place]bool) error {
	dir := place{p.whole, path.Dir(p.name)}
	if dir.name == "." || made[dir] {
		return nil
	}
	made[dir] = true
	if err := s.foldersOf(dir, made); err != nil {
		return err
	}
	s.staged = append(s.staged, stagedFile(s.whole[dir.whole].Staged)+"/"+dir.name)
	return s.disks[dir.whole].makeOne(dir.name)
}

// alone reports that the i-th file comes to its place by a rename of its own.
func (s *stage) alone(i int) bool { return s.places[i].whole < 0 }

// write stages the i-th file, and returns what it is then. It may be called from
// several goroutines.
func (s *stage) write(i int, data []byte) (print fingerprint, err error) {
	if err := s.made(); err != nil {
		return print, err
	}
	if p := s.places[i]; s.alone(i) {
		print, err = s.out.writeFile(stagedFile(i), data)
	} else {
		print, err = s.disks[p.whole].writeFile(p.name, data)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staged = append(s.staged, s.path(i))
	return print, err
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

// finish stages the lock, and makes all that is staged last.
func (s *stage) finish(lock []byte) error {
	if err := s.made(); err != nil {
		return err
	}
	if err := s.out.write(stagedLock, lock); err != nil {
		return err
	}
	s.close()
	slices.Sort(s.staged) // for tests that count steps
	return s.out.sync(append(s.staged, stagedLock, stagePath))
}

// drop removes all that was staged.
func (s *stage) drop() error {
	if s == nil {
		return nil
	}
	s.close()
	return removeStage(s.out)
}

// close ends the use of the folders.
func (s *stage) close() {
	for _, d := range s.disks {
		d.close()
	}
	s.disks = nil
}

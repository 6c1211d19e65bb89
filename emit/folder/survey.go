package folder

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"jsc/schema/parallel"
)

// survey is what was in an output folder at one moment, without what is Apart and
// what is in another build's.
type survey struct {
	files []seen                 // regular files, sorted by path
	dirs  []string               // folders, another build's too, each with a slash at its end; sorted
	odd   map[string]fs.FileMode // what is neither a regular file nor a folder
}

// seen is a regular file as it was.
type seen struct {
	path  string
	print fingerprint
}

// fingerprint changes whenever a file does, as far as its file system tells: a
// program may set a file's mtime, but not its ctime.
type fingerprint struct {
	Size         int64
	MTime, CTime int64 // Unix nanoseconds; 0: unknown
	Inode        uint64
}

func (s *survey) path(i int) string { return s.files[i].path }

// hasFile reports whether a regular file was at a path.
func (s *survey) hasFile(name string) bool {
	_, found := slices.BinarySearchFunc(s.files, name, func(f seen, name string) int { return strings.Compare(f.path, name) })
	return found
}

// hasDir reports whether a folder was at a path.
func (s *survey) hasDir(name string) bool {
	_, found := slices.BinarySearch(s.dirs, name+"/")
	return found
}

// branch is a folder and what is below it.
type branch struct {
	path  string // "", or with a slash at its end
	items []item // sorted by name
	subs  []branch
}

// item is what stands in a folder. A folder's name has a slash at its end, so that
// what is in it sorts among its neighbours as it does among all paths.
type item struct {
	name  string
	kind  fs.FileMode
	print fingerprint
}

// dirent is what a folder lists, with its kind where it lists that too.
type dirent struct {
	name  string
	kind  fs.FileMode
	known bool
}

// survey looks at everything.
func (d *disk) survey() (*survey, error) { return d.surveyed(true) }

// surveyed is survey; without prints there are no fingerprints, and most of what
// there is needs not be looked at.
func (d *disk) surveyed(prints bool) (*survey, error) {
	in, err := d.dir()
	if err != nil {
		return nil, err
	}
	defer in.close()
	var all branch
	if err := d.walk(in, &all, prints); err != nil {
		return nil, err
	}
	files, dirs := all.count()
	s := &survey{files: make([]seen, 0, files), dirs: make([]string, 0, dirs), odd: map[string]fs.FileMode{}}
	s.add(&all)
	return s, nil
}

// walk looks at what is in a folder.
func (d *disk) walk(in dir, b *branch, prints bool) error {
	entries, err := in.entries()
	if err != nil {
		return d.wrap("read", b.path, err)
	}
	b.items = make([]item, len(entries))
	err = each(len(entries), func(i int) error {
		e := entries[i]
		if e.known && !prints {
			b.items[i] = item{name: e.name, kind: e.kind}
			return nil
		}
		kind, print, err := in.look(e.name)
		b.items[i] = item{e.name, kind, print}
		if errors.Is(err, fs.ErrNotExist) {
			b.items[i].name = "" // gone since
			return nil
		}
		return d.wrap("read", b.path+e.name, err)
	})
	if err != nil {
		return err
	}
	b.items = slices.DeleteFunc(b.items, func(it item) bool {
		return it.name == "" || it.kind.IsDir() && Apart(b.path+it.name)
	})
	if b.anotherBuilds() {
		b.items = nil
	}
	for i := range b.items {
		if it := &b.items[i]; it.kind.IsDir() {
			it.name += "/"
		}
	}
	slices.SortFunc(b.items, func(a, b item) int { return strings.Compare(a.name, b.name) })
	for _, it := range b.items {
		if it.kind.IsDir() {
			b.subs = append(b.subs, branch{path: b.path + it.name})
		}
	}
	return each(len(b.subs), func(i int) error {
		sub := &b.subs[i]
		below, err := in.sub(strings.TrimSuffix(sub.path[len(b.path):], "/"))
		if err != nil {
			return d.wrap("read", sub.path, err)
		}
		defer below.close()
		return d.walk(below, sub, prints)
	})
}

// anotherBuilds reports that a folder has a manifest of its own.
func (b *branch) anotherBuilds() bool {
	return b.path != "" && MayNest(b.path) &&
		slices.ContainsFunc(b.items, func(it item) bool { return it.name == manifestPath && it.kind.IsRegular() })
}

// each is parallel.Try where there is enough to do.
func each(n int, work func(i int) error) error {
	if n >= 64 {
		return parallel.Try(n, work)
	}
	for i := range n {
		if err := work(i); err != nil {
			return err
		}
	}
	return nil
}

// count returns how many files and folders there are at most.
func (b *branch) count() (files, dirs int) {
	files, dirs = len(b.items)-len(b.subs), 1
	for i := range b.subs {
		f, d := b.subs[i].count()
		files, dirs = files+f, dirs+d
	}
	return files, dirs
}

// add adds all of a branch, in order.
func (s *survey) add(b *branch) {
	if b.path != "" {
		s.dirs = append(s.dirs, b.path)
	}
	subs := b.subs
	for _, it := range b.items {
		switch {
		case it.kind.IsDir():
			s.add(&subs[0])
			subs = subs[1:]
		case it.kind.IsRegular():
			s.files = append(s.files, seen{b.path + it.name, it.print})
		default:
			s.odd[b.path+it.name] = it.kind
		}
	}
}

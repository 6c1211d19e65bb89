package folder

import (
	"io/fs"
	"maps"
	"path"
	"slices"

	"jsc/schema/parallel"
)

// survey is what was in an output folder at one moment. Folders whose name
// begins with a dot are passed over, and what is in another build's.
type survey struct {
	files map[string]fingerprint // regular files
	odd   map[string]fs.FileMode // what is neither a regular file nor a folder
	dirs  map[string]bool        // folders, another build's too
}

// fingerprint changes whenever a file does, as far as its file system tells: a
// program may set a file's mtime, but not its ctime.
type fingerprint struct {
	Size         int64
	MTime, CTime int64 // Unix nanoseconds; 0: unknown
	Inode        uint64
}

// listing is what one folder holds.
type listing struct {
	files map[string]fingerprint
	odd   map[string]fs.FileMode
	dirs  []string
}

// survey looks at everything, on all processors: tens of thousands of small
// files are most of the work of a build that changes nothing.
func (d *disk) survey() (*survey, error) {
	s := &survey{files: map[string]fingerprint{}, odd: map[string]fs.FileMode{}, dirs: map[string]bool{}}
	for level := []string{"."}; len(level) > 0; {
		found := make([]listing, len(level))
		err := parallel.Try(len(level), func(i int) (err error) {
			found[i], err = d.look(level[i])
			return err
		})
		if err != nil {
			return nil, err
		}
		var next []string
		for i, dir := range level {
			s.dirs[dir] = true
			if _, own := found[i].files[path.Join(dir, manifestPath)]; own && MayNest(dir) {
				continue // another build's
			}
			maps.Copy(s.files, found[i].files)
			maps.Copy(s.odd, found[i].odd)
			next = append(next, found[i].dirs...)
		}
		level = next
	}
	return s, nil
}

// look lists one folder.
func (d *disk) look(dir string) (listing, error) {
	file, err := d.root.Open(dir)
	if err != nil {
		return listing{}, d.wrap("read", dir, err)
	}
	defer file.Close()
	entries, err := file.ReadDir(-1)
	if err != nil {
		return listing{}, d.wrap("read", dir, err)
	}
	l := listing{files: make(map[string]fingerprint, len(entries))}
	for _, entry := range entries {
		name := entry.Name()
		if dir != "." {
			name = dir + "/" + name
		}
		switch {
		case entry.IsDir():
			if entry.Name()[0] != '.' {
				l.dirs = append(l.dirs, name)
			}
			continue
		case entry.Type().IsRegular():
			info, err := entry.Info()
			if err != nil {
				return listing{}, d.wrap("read", name, err)
			}
			l.files[name] = fingerprintOf(info)
			continue
		}
		if l.odd == nil {
			l.odd = map[string]fs.FileMode{}
		}
		l.odd[name] = entry.Type()
	}
	slices.Sort(l.dirs)
	return l, nil
}

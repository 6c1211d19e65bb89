package folder

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"jsc/schema/parallel"
)

// makeFiles makes each file, compares it with what is there, and stages it where
// it is another; on all processors, and one after the other in memory. The
// manifest comes last, as it knows the others' digests.
func (c *commit) makeFiles(ctx context.Context) error {
	c.found = make([]found, len(c.files))
	c.stage = newStage(c.out, c.survey, c.files)
	last := slices.IndexFunc(c.files, func(f File) bool { return f.Path == manifestPath })
	one := func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		c.found[i], err = c.make(i)
		if tell := c.files[i].Tell; tell != nil && err == nil {
			tell(c.found[i].digest)
		}
		return err
	}
	if err := c.stage.folders(); err != nil {
		return err
	}
	err := parallel.Try(len(c.files), func(i int) error {
		if i == last {
			return nil
		}
		return one(i)
	})
	if err != nil {
		return err
	}
	return one(last)
}

// state is what is on disk at a file's path.
type state int

const (
	missing state = iota
	differs
	same
	foreignFile // differs, and the folder is not jsc's
)

func (c *commit) make(i int) (found, error) {
	file := c.files[i]
	seen, there := c.survey.files[file.Path]
	k, known := c.Known(file.Path)
	if known && file.Recipe != "" && file.Recipe == k.Recipe {
		return found{state: same, digest: k.Digest}, nil
	}
	data := file.Data
	if data == nil {
		var err error
		if data, err = file.Make(); err != nil {
			return found{}, err
		}
	}
	f := found{digest: Digest(data)}
	switch {
	case known && k.Digest == f.digest:
		f.state = same
		return f, nil
	case there && seen.Size == int64(len(data)):
		was, err := c.out.read(file.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			there = false // since it was seen
		case err != nil:
			return found{}, err
		case bytes.Equal(was, data):
			f.state = same
			return f, nil
		}
	}
	if there {
		f.state = differs
		if c.old == nil {
			f.state = foreignFile
			return f, nil
		}
	}
	var err error
	f.print, err = c.stage.write(i, data)
	return f, err
}

// checkPaths refuses files where something else is, or another build's folder.
func (c *commit) checkPaths() error {
	checked := map[string]error{}
	for _, file := range c.files {
		if err := c.checkDir(path.Dir(file.Path), checked); err != nil {
			return err
		}
		if mode, odd := c.survey.odd[file.Path]; odd {
			return c.out.notRegular(file.Path, mode)
		}
		if c.survey.dirs[file.Path] {
			return c.out.notRegular(file.Path, fs.ModeDir)
		}
	}
	return nil
}

// checkDir refuses a folder, or one above it, that is none, or another build's.
func (c *commit) checkDir(dir string, checked map[string]error) error {
	if dir == "." {
		return nil
	}
	if err, known := checked[dir]; known {
		return err
	}
	err := c.checkDir(path.Dir(dir), checked)
	if err == nil {
		err = c.checkOneDir(dir)
	}
	checked[dir] = err
	return err
}

func (c *commit) checkOneDir(dir string) error {
	if mode, odd := c.survey.odd[dir]; odd {
		return fmt.Errorf("%s is %s, not a folder", c.out.shown(dir), kindOf(mode))
	}
	if _, file := c.survey.files[dir]; file {
		return fmt.Errorf("%s is a file, not a folder", c.out.shown(dir))
	}
	return nil
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
	checked := map[string]error{}
	for name, digest := range c.old.files {
		if wanted[name] {
			continue
		}
		if c.checkDir(path.Dir(name), checked) != nil {
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

// listed names a few of many.
func listed(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"jsc/schema/parallel"
)

// makeFiles makes each file, compares it with what is there, and stages it where
// it is another; on all processors, and one after the other in memory: large ones
// first, so that no processor has one to make when the others are done. The
// manifest comes last, as it knows the others' digests, and beside it the lock.
func (c *commit) makeFiles(ctx context.Context) error {
	c.found = make([]found, len(c.files))
	c.stage = newStage(c)
	order, last := c.order()
	if len(c.stage.whole) > 0 {
		if err := c.stage.made(); err != nil {
			return err // before any file is made for nothing
		}
	}
	run := func(w *writer, i int) (err error) {
		if err = ctx.Err(); err != nil {
			return err
		}
		c.found[i], err = c.make(i, w)
		if digest := c.files[i].Digest; digest != nil && err == nil {
			*digest = c.found[i].digest
		}
		return err
	}
	defer c.stage.leave()
	err := parallel.TryWith(len(order), c.stage.writer, func(w *writer, at int) error { return run(w, order[at]) })
	if err != nil {
		return err
	}
	return parallel.Try(2, func(i int) error {
		if i == 0 {
			return run(c.stage.writer(), last)
		}
		return c.stageLock()
	})
}

// order is in which order files are made, by index, and the manifest after them.
func (c *commit) order() (order []int, last int) {
	order = make([]int, 0, len(c.files))
	for _, large := range [...]bool{true, false} {
		for i := range c.files {
			if file := &c.files[i]; file.Path == manifestPath {
				last = i
			} else if large == (file.Pieces != nil) {
				order = append(order, i)
			}
		}
	}
	return order, last
}

// stageLock finds how the lock changes, and stages the new one.
func (c *commit) stageLock() error {
	if c.lockWas.equal(lockState{c.lockData, true}) {
		return nil
	}
	c.journal.Lock.Old, c.journal.Lock.New = c.lockWas.digest(), Digest(c.lockData)
	return c.stage.writeLock(c.lockData)
}

// state is what is on disk at a file's path.
type state int

const (
	other state = iota // nothing, or other bytes
	same
	foreignFile // other bytes, and the folder is not jsc's
)

func (c *commit) make(i int, w *writer) (found, error) {
	file, was := &c.files[i], c.was[i]
	if file.Recipe != "" && file.Recipe == was.Recipe {
		return found{state: same, digest: was.Digest}, nil
	}
	if file.Sum != nil && was.Digest != "" && c.othersAreSame(i) && file.Sum() == was.Digest {
		return found{state: same, digest: was.Digest}, nil
	}
	if file.Pieces != nil && (!was.there || was.Digest != "") {
		return c.stream(i, w)
	}
	data := file.Data
	if data == nil {
		var err error
		if data, err = w.makes(file); err != nil {
			return found{}, err
		}
	}
	if err := readable(c.out.shown(file.Path), len(data)); err != nil {
		return found{}, err
	}
	f := found{digest: Digest(data)}
	switch {
	case was.Digest == f.digest:
		f.state = same
		return f, nil
	case was.Digest != "": // other bytes
	case was.there && was.print.Size == int64(len(data)):
		old, err := c.out.read(file.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			was.there = false // since it was seen
		case err != nil:
			return found{}, err
		case bytes.Equal(old, data):
			f.state = same
			return f, nil
		}
	}
	if was.there && c.old == nil {
		f.state = foreignFile
		return f, nil
	}
	var err error
	f.print, err = w.write(i, data)
	return f, err
}

// othersAreSame reports that all files but the i-th are as they were: what lists
// their digests may be too.
func (c *commit) othersAreSame(i int) bool {
	for j, f := range c.found {
		if j != i && f.state != same {
			return false
		}
	}
	return true
}

// checkPaths refuses files where something else is, or another build's folder. Of
// what is there as a regular file, the folders are folders.
func (c *commit) checkPaths() error {
	checked := map[string]error{}
	for i, file := range c.files {
		if c.was[i].there {
			continue
		}
		if err := c.checkDir(path.Dir(file.Path), checked); err != nil {
			return err
		}
		if mode, odd := c.survey.odd[file.Path]; odd {
			return c.out.notRegular(file.Path, mode)
		}
		if c.survey.hasDir(file.Path) {
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
	if c.survey.hasFile(dir) {
		return fmt.Errorf("%s is a file, not a folder", c.out.shown(dir))
	}
	return nil
}

// compareRemoved finds what the last build made and this one does not.
func (c *commit) compareRemoved() error {
	if c.old == nil {
		return nil
	}
	wanted := make([]bool, len(c.old.files))
	meet(len(c.files), len(wanted), c.path, c.old.path, func(_, i int) { wanted[i] = true })
	checked := map[string]error{}
	for i, e := range c.old.files {
		if wanted[i] {
			continue
		}
		name, digest := e.path, e.Digest
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
	return nil
}

// checkWritable finds what the journal could not do for want of permission,
// before there is one.
func (c *commit) checkWritable() error {
	if err := c.lockFile.dir.writable("."); err != nil {
		return err
	}
	checked := map[string]bool{}
	var names []string
	for _, p := range c.journal.Write {
		names = append(names, p.Path)
	}
	for _, name := range append(names, c.summary.Removed...) {
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

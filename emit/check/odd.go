package check

import (
	"errors"
	"path"

	"jsc/emit/folder"
	"jsc/schema/diag"
)

// oddity is what stands where a file, or a folder of files, belongs.
type oddity struct {
	path string
	says string // what it is, as in: is a symbolic link, not a regular file
}

// oddityOf finds what keeps a file from being read, where err is why; nil where
// the file is read, is not there, or the disk fails. files are what is in the
// folder and no folder.
func oddityOf(files map[string]bool, name string, err error) *oddity {
	if o := noFolder(files, name); o != nil {
		return o
	}
	var odd *folder.OddError
	if errors.As(err, &odd) {
		return &oddity{name, odd.Says}
	}
	return nil
}

// noFolder finds what is no folder on the way to a file: also a symbolic link to
// one, behind which other files may stand than those that are judged.
func noFolder(files map[string]bool, name string) *oddity {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if files[at] {
			return &oddity{at, "is not a folder, and files of a build belong into it"}
		}
	}
	return nil
}

// oddity is oddityOf a file of the folder.
func (c *checker) oddity(name string, err error) *oddity { return oddityOf(c.files, name, err) }

// judgeFolders tells of what is no folder on the way to tokens, before anything
// is said of tokens that are not there.
func (c *checker) judgeFolders() {
	for name := range c.byPath {
		if o := noFolder(c.files, name); o != nil {
			c.tellOdd(name, o)
		}
	}
}

// tellOdd tells of what stands in a file's place, once.
func (c *checker) tellOdd(name string, o *oddity) {
	d := diag.New("artifact-tampered", c.file(o.path), o.path+" "+o.says)
	c.tell(diag.WithHint(d, "Find out who put it there and remove it; then run jsc build, which makes what belongs there."), o.path)
	c.told[name] = true
}

// tellTokenFile tells of what stands in the place of a file that may hold tokens;
// copies of these are judged as when it is missing.
func (c *checker) tellTokenFile(name string, o *oddity) {
	if _, known := c.byPath[name]; known || mayHoldTokens(name) {
		c.tellOdd(name, o)
		delete(c.files, name)
		return
	}
	c.tell(diag.New("artifact-foreign", c.file(name), name), name)
}

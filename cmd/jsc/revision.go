package main

import (
	"errors"
	"io/fs"

	"jsc/emit"
	"jsc/emit/folder"
)

// revisionFlag is a flag that names a revision. An empty name is refused: it comes
// of a variable that is not set, and nothing would be compared with.
type revisionFlag struct{ *string }

// String is the revision's name.
func (f revisionFlag) String() string {
	if f.string == nil {
		return ""
	}
	return *f.string
}

// Set takes the name.
func (f revisionFlag) Set(name string) error {
	if name == "" {
		return errors.New("it names no revision")
	}
	*f.string = name
	return nil
}

// Type is the word for the flag's value in help.
func (revisionFlag) Type() string { return "string" }

// treeFolder is an output folder at a revision. It is read as the one on disk:
// what another build made below it is passed over.
type treeFolder struct{ fs.FS }

// Paths are the paths of all files, sorted.
func (f treeFolder) Paths() ([]string, error) {
	var paths []string
	err := fs.WalkDir(f.FS, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !e.IsDir():
			paths = append(paths, name)
		case name != "." && (folder.Apart(name) || f.another(name)):
			return fs.SkipDir
		}
		return nil
	})
	return paths, err
}

func (f treeFolder) another(dir string) bool {
	info, err := fs.Stat(f.FS, dir+"/"+emit.ManifestPath)
	return err == nil && info.Mode().IsRegular() && folder.MayNest(dir)
}

// ReadFile is a file's bytes.
func (f treeFolder) ReadFile(name string) ([]byte, error) { return fs.ReadFile(f.FS, name) }

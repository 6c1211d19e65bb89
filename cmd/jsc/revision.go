package main

import (
	"io/fs"

	"jsc/emit"
	"jsc/emit/folder"
)

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

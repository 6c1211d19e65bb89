package check

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/schema/diag"
)

// State is a lock and an output folder at one moment.
type State struct {
	Lock   []byte // nil when there is none
	Folder Folder
}

// Untouched compares a state with the base's where only the base's branch is
// built (docs/security.md C7): lock and output folder must be the base's to the byte. What
// no build makes is passed over, tokens excepted. lockPath and out are the names
// that findings have.
func Untouched(head, base State, lockPath, out string) (hcl.Diagnostics, error) {
	u := &untouched{lockPath: lockPath, out: out, head: map[string]bool{}, base: map[string]bool{}, told: map[string]bool{}}
	is, err := readIf(head.Folder, emit.ManifestPath)
	if err != nil && oddityOf(nil, emit.ManifestPath, err) == nil {
		return nil, err
	}
	was, err := readIf(base.Folder, emit.ManifestPath)
	if err != nil {
		return nil, err
	}
	if diags := converted(head.Lock, lockPath, is, out); diags != nil && converted(base.Lock, lockPath, was, out) == nil {
		return diag.Sort(diags), nil
	}
	if (head.Lock == nil) != (base.Lock == nil) || !bytes.Equal(head.Lock, base.Lock) {
		u.tell(hcl.Range{Filename: lockPath}, lockPath)
	}
	if err := errors.Join(list(head.Folder, u.head), list(base.Folder, u.base)); err != nil {
		return nil, err
	}
	names := maps.Clone(u.head)
	maps.Copy(names, u.base)
	listed, err := listedIn(base.Folder)
	if err != nil {
		return nil, err
	}
	for name := range names {
		if err := u.compare(name, head.Folder, base.Folder, listed[name]); err != nil {
			return nil, err
		}
	}
	return diag.Sort(u.diags), nil
}

type untouched struct {
	lockPath, out string
	head, base    map[string]bool // which files there are
	told          map[string]bool // what is odd
	diags         hcl.Diagnostics
}

func (u *untouched) tell(at hcl.Range, name string) {
	d := diag.New("artifact-tampered", at, fmt.Sprintf("%s is not the base's, which alone is built", name))
	u.diags = append(u.diags, diag.WithHint(d, "Take the base's: git checkout REV -- PATH. The build on the base's branch makes it anew."))
}

func (u *untouched) compare(name string, head, base Folder, listed bool) error {
	is, err := readIf(head, name)
	odd := oddityOf(u.head, name, err)
	if err != nil && odd == nil {
		return err
	}
	var was []byte
	if u.base[name] {
		if was, err = readIf(base, name); err != nil {
			return err
		}
	}
	made := listed || name == emit.ManifestPath
	switch {
	case odd == nil && (is == nil) == (was == nil) && bytes.Equal(is, was):
	case was == nil && path.Ext(name) == ".jwt":
		u.diags = append(u.diags, diag.New("artifact-foreign", u.file(name), name))
	case made && odd == nil:
		u.tell(u.file(name), name)
	case made && !u.told[odd.path]:
		u.told[odd.path] = true
		u.tell(u.file(odd.path), odd.path)
	}
	return nil
}

// file is the place of a file of the folder as a whole.
func (u *untouched) file(name string) hcl.Range {
	return hcl.Range{Filename: filepath.ToSlash(filepath.Join(u.out, filepath.FromSlash(name)))}
}

// list adds the paths of a folder's files.
func list(f Folder, to map[string]bool) error {
	paths, err := f.Paths()
	for _, p := range paths {
		to[p] = true
	}
	return err
}

// readIf is a file's bytes, nil when there is none.
func readIf(f Folder, name string) ([]byte, error) {
	data, err := f.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if data == nil {
		data = []byte{}
	}
	return data, err
}

// listedIn are the paths that a folder's manifest lists.
func listedIn(f Folder) (map[string]bool, error) {
	data, err := readIf(f, emit.ManifestPath)
	if err != nil || data == nil {
		return nil, err
	}
	m, err := emit.ParseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("read the base's manifest: %w", err)
	}
	listed := map[string]bool{}
	for _, a := range m.Artifacts {
		listed[a.Path] = true
	}
	return listed, nil
}

package check

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
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
	u := &untouched{lockPath: lockPath, out: out}
	is, err := readIf(head.Folder, emit.ManifestPath)
	if err != nil {
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
	names := map[string]bool{}
	for _, f := range []Folder{head.Folder, base.Folder} {
		paths, err := f.Paths()
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			names[p] = true
		}
	}
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
	diags         hcl.Diagnostics
}

func (u *untouched) tell(at hcl.Range, name string) {
	d := diag.New("artifact-tampered", at, fmt.Sprintf("%s is not the base's, which alone is built", name))
	u.diags = append(u.diags, diag.WithHint(d, "Take the base's: git checkout REV -- PATH. The build on the base's branch makes it anew."))
}

func (u *untouched) compare(name string, head, base Folder, listed bool) error {
	is, err := readIf(head, name)
	if err != nil {
		return err
	}
	was, err := readIf(base, name)
	if err != nil {
		return err
	}
	at := hcl.Range{Filename: filepath.ToSlash(filepath.Join(u.out, filepath.FromSlash(name)))}
	switch {
	case (is == nil) == (was == nil) && bytes.Equal(is, was):
	case was == nil && path.Ext(name) == ".jwt":
		u.diags = append(u.diags, diag.New("artifact-foreign", at, name))
	case listed || name == emit.ManifestPath:
		u.tell(at, name)
	}
	return nil
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

package main

import (
	"fmt"
	"slices"
	"strings"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/keys"
)

// output is the output folder that a build is to leave, beside what is there
// already.
type output struct {
	state   *folder.Folder
	layout  *emit.Layout
	recipes []string // by index of the layout's artifacts
	held    []string // likewise, the digest of files that a former build made of the same recipe, else ""
	digests []string // likewise, as they become known
}

// newOutput finds what need not be made anew.
func newOutput(state *folder.Folder, layout *emit.Layout) (*output, error) {
	n := len(layout.Artifacts)
	recipes, err := layout.Recipes()
	if err != nil {
		return nil, err
	}
	o := &output{state: state, layout: layout, recipes: recipes, held: make([]string, n), digests: make([]string, n)}
	paths := make([]string, n)
	for i := range paths {
		paths[i] = layout.Artifacts[i].Path
	}
	known := state.Known(paths)
	for i, k := range known {
		if o.recipes[i] != "" && o.recipes[i] == k.Recipe {
			o.held[i] = k.Digest
		}
	}
	for i, k := range known {
		if a := &layout.Artifacts[i]; o.held[i] == "" && k.Digest != "" && a.Takes(o.kept) {
			o.take(a, k.Digest)
		}
	}
	return o, nil
}

// take takes tokens from the file of a former build, which must hold the very
// bytes that the build made.
func (o *output) take(a *emit.Artifact, want string) {
	if data, digest, err := o.state.ReadDigest(a.Path); err == nil && digest == want {
		a.Take(data, o.kept)
	}
}

// tokens are those whose text is needed.
func (o *output) tokens() []*emit.Token {
	var all []*emit.Token
	for i := range o.layout.Artifacts {
		if o.held[i] == "" {
			all = append(all, o.layout.Artifacts[i].Missing()...)
		}
	}
	return all
}

// holds returns the digest of a file that need not be made; "" of any other.
func (o *output) holds(path string) string {
	if i := o.layout.Find(path); i >= 0 {
		return o.held[i]
	}
	return ""
}

// kept reports that a file holds the token's text as it is to be.
func (o *output) kept(t *emit.Token) bool { return o.holds(t.Path()) != "" }

// read returns a file of the folder. A token that is kept is not looked at any
// further, so its file must hold the very bytes that the former build made: it
// may have been edited since the folder was opened.
func (o *output) read(name string) ([]byte, error) {
	data, err := o.state.ReadFile(name)
	if want := o.holds(name); err == nil && want != "" && folder.Digest(data) != want {
		return nil, fmt.Errorf("%s was changed meanwhile", name)
	}
	return data, err
}

// files are what is to be in the folder. Each is scanned when it is made.
func (o *output) files(ring *keys.Ring) []folder.File {
	scanned := func(path string, data []byte, err error) ([]byte, error) {
		if err == nil {
			err = ring.Scan(data)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", path, err)
		}
		return data, nil
	}
	pieces := func(path string, take func([]byte) error) func([]byte) error {
		scan := ring.ScanPieces()
		return func(piece []byte) error {
			if err := scan(piece); err != nil {
				return fmt.Errorf("write %s: %w", path, err)
			}
			return take(piece)
		}
	}
	files := make([]folder.File, 0, len(o.layout.Artifacts)+1)
	for i := range o.layout.Artifacts {
		a := &o.layout.Artifacts[i]
		file := folder.File{
			Path: a.Path, Recipe: o.recipes[i], Digest: &o.digests[i],
			Make: func(room []byte) ([]byte, error) {
				data, err := a.MakeIn(room)
				return scanned(a.Path, data, err)
			},
		}
		if a.IsLarge() {
			file.Pieces = func(room []byte, take func([]byte) error) ([]byte, error) {
				return a.MakePieces(room, pieces(a.Path, take))
			}
		}
		files = append(files, file)
	}
	at, _ := slices.BinarySearchFunc(files, emit.ManifestPath, func(f folder.File, path string) int { return strings.Compare(f.Path, path) })
	return slices.Insert(files, at, folder.File{
		Path: emit.ManifestPath,
		Sum:  func() string { return o.layout.ManifestDigest(o.digests) },
		Make: func([]byte) ([]byte, error) { return scanned(emit.ManifestPath, o.layout.Manifest(o.digests), nil) },
		Pieces: func(room []byte, take func([]byte) error) ([]byte, error) {
			return room, o.layout.ManifestPieces(o.digests, pieces(emit.ManifestPath, take))
		},
	})
}

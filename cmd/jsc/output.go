package main

import (
	"fmt"

	"jsc/emit"
	"jsc/emit/folder"
)

// output is the output folder that a build is to leave, beside what is there
// already.
type output struct {
	state   *folder.Folder
	layout  *emit.Layout
	recipes []string          // by index of the layout's artifacts
	digests []string          // likewise, as they become known
	held    map[string]string // of files that a former build made of the same recipe, the digest by path
}

// newOutput finds what need not be made anew.
func newOutput(state *folder.Folder, layout *emit.Layout) (*output, error) {
	n := len(layout.Artifacts)
	recipes, err := layout.Recipes()
	if err != nil {
		return nil, err
	}
	o := &output{state: state, layout: layout, recipes: recipes, digests: make([]string, n), held: make(map[string]string, n)}
	for i, a := range layout.Artifacts {
		if known, ok := state.Known(a.Path); ok && o.recipes[i] != "" && o.recipes[i] == known.Recipe {
			o.held[a.Path] = known.Digest
		}
	}
	return o, nil
}

// tokens are those whose text is needed.
func (o *output) tokens() []*emit.Token {
	var all []*emit.Token
	for _, a := range o.layout.Artifacts {
		if o.held[a.Path] == "" {
			all = append(all, a.Tokens...)
		}
	}
	return all
}

// kept reports that a file holds the token's text as it is to be.
func (o *output) kept(t *emit.Token) bool { return o.held[t.Path()] != "" }

// read returns a file of the folder. A token that is kept is not looked at any
// further, so its file must hold the very bytes that the former build made: it
// may have been edited since the folder was opened.
func (o *output) read(name string) ([]byte, error) {
	data, err := o.state.ReadFile(name)
	if want := o.held[name]; err == nil && want != "" && folder.Digest(data) != want {
		return nil, fmt.Errorf("%s was changed meanwhile", name)
	}
	return data, err
}

// files are what is to be in the folder. Each is scanned when it is made.
func (o *output) files(scan func([]byte) error) []folder.File {
	scanned := func(path string, data []byte, err error) ([]byte, error) {
		if err == nil {
			err = scan(data)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", path, err)
		}
		return data, nil
	}
	var files []folder.File
	for i := range o.layout.Artifacts {
		a := &o.layout.Artifacts[i]
		files = append(files, folder.File{
			Path: a.Path, Recipe: o.recipes[i], Tell: func(digest string) { o.digests[i] = digest },
			Make: func() ([]byte, error) {
				data, err := a.Make()
				return scanned(a.Path, data, err)
			},
		})
	}
	return append(files, folder.File{Path: emit.ManifestPath, Make: func() ([]byte, error) {
		return scanned(emit.ManifestPath, o.layout.Manifest(o.digests), nil)
	}})
}

package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// located are the formats whose readers look for files from the working folder,
// as of a repository's top: they set findings beside the lines. Text and json
// name files from the topology's root.
var located = map[string]bool{"github": true, "sarif": true, "junit": true}

// locate gives findings the files' names that a format's readers look for, and
// the source by those names. The findings that are given stay as they are.
func (pr *project) locate(format diag.Format, diags hcl.Diagnostics, source func(string) []byte) (hcl.Diagnostics, func(string) []byte) {
	if !located[format.Name] {
		return diags, source
	}
	shown := map[string]string{} // by the name from the working folder
	at := func(r hcl.Range) hcl.Range {
		if r.Filename != "" {
			name := pr.fromHere(r.Filename)
			shown[name], r.Filename = r.Filename, name
		}
		return r
	}
	out := make(hcl.Diagnostics, len(diags))
	for i, d := range diags {
		moved := *d
		if d.Subject != nil {
			moved.Subject = at(*d.Subject).Ptr()
		}
		if x := diag.Of(d); x != nil {
			extra := *x
			extra.Notes = make([]diag.Note, len(x.Notes))
			for j, n := range x.Notes {
				extra.Notes[j] = diag.Note{Range: at(n.Range), Text: n.Text}
			}
			moved.Extra = &extra
		}
		out[i] = &moved
	}
	return out, func(name string) []byte {
		if s, ok := shown[name]; ok {
			name = s
		}
		return source(name)
	}
}

// fromHere is a file's name from the working folder, of one that findings name;
// what is no file of the tree, as at a revision, keeps its name.
func (pr *project) fromHere(shown string) string {
	if shown == pr.said || shown == pr.lock || slices.Contains(pr.varFiles, shown) || strings.HasPrefix(shown, filepath.ToSlash(pr.out)+"/") {
		return below(shown)
	}
	if _, err := pr.tree.Lstat(filepath.FromSlash(path.Join(pr.dir, shown))); err == nil {
		return below(filepath.Join(pr.root, shown))
	}
	return shown
}

// below is a path without what a reader of findings would trip over: a leading
// "./", and the working folder before a path in it.
func below(name string) string {
	if filepath.IsAbs(name) {
		if here, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(here, name); err == nil && filepath.IsLocal(rel) {
				name = rel
			}
		}
	}
	return filepath.ToSlash(filepath.Clean(name))
}

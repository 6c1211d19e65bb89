package folder

import (
	"path"
	"slices"
	"strings"
)

// forms are the paths of everything that jsc writes into an output folder.
// manifest.json, which comes with a git branch, is believed only as far as its
// paths have one of them (docs/security.md D6).
var forms = []string{
	"manifest.json",
	"operator.jwt",
	"operator.conf",
	"resolver.conf",
	"server.conf",
	"server-*.conf",
	"accounts/*.jwt",
	"accounts/*.json",
	"users/*/*.jwt",
	"activations/*.json",
	"activations/*/*.jwt",
	"activations/*/README.md",
	"jetstream/*/*.json",
	"jetstream/*/*/*.json",
	"resolver-dir/*.jwt",
}

const manifestPath = "manifest.json"

// Made reports whether the slash-separated path is one that jsc writes.
func Made(name string) bool { return safe(name) && matches(name, forms) }

// madeFolder reports whether the slash-separated path is one of a folder that
// jsc writes into.
func madeFolder(name string) bool { return safe(name) && matches(name, folderForms) }

// MayNest reports whether a folder below an output folder may be another build's,
// as an environment's is: one with a manifest of its own. None of those that jsc
// itself writes into is, or a manifest there would hide what else is there.
func MayNest(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return top != "." && !madeFolder(top)
}

// Apart reports whether a folder in an output folder is none of the output: what a
// build stages, and a git repository's own. A branch can bring neither to others;
// any other hidden folder it can.
func Apart(name string) bool { return name == stagePath || name == ".git" }

// folderForms are the folders of forms.
var folderForms = func() []string {
	var all []string
	for _, form := range forms {
		for dir := path.Dir(form); dir != "."; dir = path.Dir(dir) {
			all = append(all, dir)
		}
	}
	return all
}()

func matches(name string, forms []string) bool {
	return slices.ContainsFunc(forms, func(form string) bool {
		// What a form begins with tells most names from it for less.
		star := strings.IndexByte(form, '*')
		if star < 0 {
			return name == form
		}
		if !strings.HasPrefix(name, form[:star]) {
			return false
		}
		ok, _ := path.Match(form, name)
		return ok
	})
}

// safe reports whether each part of a path is what jsc names files.
func safe(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || len(part) > 255 {
			return false
		}
	}
	for i := range len(name) {
		if !pathBytes[name[i]] {
			return false
		}
	}
	return true
}

// pathBytes are what docs/security.md D3 keeps in file names, and our own slash and dot.
var pathBytes = func() (all [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-%./" {
		all[c] = true
	}
	return all
}()

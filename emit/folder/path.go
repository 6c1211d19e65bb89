package folder

import (
	"path"
	"strings"
)

// forms are the paths of everything that jsc writes into an output folder.
// manifest.json, which comes with a git branch, is believed only as far as its
// paths have one of them (SECURITY D6).
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
func Made(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || len(part) > 255 {
			return false
		}
	}
	for i := range len(name) {
		if !isPathByte(name[i]) {
			return false
		}
	}
	for _, form := range forms {
		if ok, _ := path.Match(form, name); ok {
			return true
		}
	}
	return false
}

// isPathByte holds what SECURITY D3 keeps in file names, and our own slash and dot.
func isPathByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_-%./", c) >= 0
}

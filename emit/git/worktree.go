package git

import (
	"os"
	"path/filepath"
)

// WorkTree finds the top of the work tree that an absolute path, free of links,
// lies in.
func WorkTree(path string) (top string, ok bool) {
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, true
		}
		if at == filepath.Dir(at) {
			return "", false
		}
	}
}

package check

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/schema/diag"
)

// converted tells of a lock and a manifest whose line ends are CRLF, which jsc
// writes nowhere: git made them when it checked the files out. Then no file is
// what a build wrote, and this alone says why.
func converted(lock []byte, lockPath string, manifest []byte, out string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	// The lock stands beside the topology, and so does the file that jsc init made.
	dir := filepath.Dir(lockPath)
	outDir := dir
	below, err := filepath.Rel(dir, out)
	if err != nil || !filepath.IsLocal(below) {
		outDir, below = filepath.Split(filepath.Clean(out))
	}
	for _, f := range []struct {
		data           []byte
		path, name     string
		attribute, dir string
	}{
		{lock, lockPath, "the lock", lockPattern(lockPath) + " -text", dir},
		{manifest, filepath.ToSlash(filepath.Join(out, emit.ManifestPath)), "the output folder", filepath.ToSlash(below) + "/** -text", outDir},
	} {
		if bytes.Contains(f.data, []byte("\r\n")) {
			d := diag.New("artifact-tampered", hcl.Range{Filename: f.path}, "the line ends of "+f.name+" were converted to CRLF, and every byte counts")
			diags = append(diags, diag.WithHint(d, "If git did it (core.autocrlf), add %q to %s, as jsc init does; then remove the files and restore them with git.",
				f.attribute, filepath.ToSlash(filepath.Join(f.dir, ".gitattributes"))))
		}
	}
	return diags
}

// lockPattern is what git knows a lock by: all locks, where it has their ending.
func lockPattern(path string) string {
	const ending = ".lock.json"
	if strings.HasSuffix(path, ending) {
		return "*" + ending
	}
	return filepath.Base(path)
}

package check

import (
	"bytes"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/schema/diag"
)

// converted tells of a lock and a manifest whose line ends are CRLF, which jsc
// writes nowhere: git made them when it checked the files out. Then no file is
// what a build wrote, and this alone says why.
func converted(lock []byte, lockPath string, manifest []byte, out string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, f := range []struct {
		data                  []byte
		path, name, attribute string
	}{
		{lock, lockPath, "the lock", "*.lock.json -text"},
		{manifest, filepath.ToSlash(filepath.Join(out, emit.ManifestPath)), "the output folder", "generated/** -text"},
	} {
		if bytes.Contains(f.data, []byte("\r\n")) {
			d := diag.New("artifact-tampered", hcl.Range{Filename: f.path}, "the line ends of "+f.name+" were converted to CRLF, and every byte counts")
			diags = append(diags, diag.WithHint(d, "If git did it (core.autocrlf), add %q to .gitattributes, as jsc init does; then remove the files and restore them with git.", f.attribute))
		}
	}
	return diags
}

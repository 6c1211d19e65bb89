package check

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// crlf is the tree as git checks it out with core.autocrlf.
func (tr *tree) crlf() *tree {
	c := tr.clone()
	c.lock = []byte(strings.ReplaceAll(string(tr.lock), "\n", "\r\n"))
	for name, text := range tr.folder {
		c.folder[name] = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return c
}

// Converted line ends are one mistake of the lock and one of the folder, said
// with the way out.
func TestConvertedLineEnds(t *testing.T) {
	clean := built(t)
	all := clean.crlf()
	folder, lock := all.clone(), all.clone()
	folder.lock, lock.folder = clean.lock, clean.folder
	const inLock, inFolder = "line ends of the lock", "line ends of the output folder"
	for _, c := range []struct {
		name string
		tree *tree
		says []string
	}{
		{"both", all, []string{inFolder, inLock}},
		{"the folder", folder, []string{inFolder}},
		{"the lock", lock, []string{inLock}},
	} {
		untouched, err := Untouched(State{c.tree.lock, c.tree.folder}, State{clean.lock, clean.folder}, "t.lock.json", "generated")
		if err != nil {
			t.Fatal(err)
		}
		for _, diags := range [][]string{summaries(run(t, c.tree.input()).Diagnostics), summaries(untouched)} {
			if len(diags) != len(c.says) {
				t.Fatalf("%s: %q", c.name, diags)
			}
			for i, want := range c.says {
				if !strings.Contains(diags[i], want) || !strings.Contains(diags[i], "-text") || !strings.Contains(diags[i], "[artifact-tampered]") {
					t.Errorf("%s: %q", c.name, diags[i])
				}
			}
		}
	}
	one := clean.clone()
	one.folder["accounts/A.jwt"] = all.folder["accounts/A.jwt"]
	if got := summaries(run(t, one.input()).Diagnostics); len(got) == 0 || !strings.Contains(got[0], "accounts/A.jwt") {
		t.Errorf("one file: %q", got)
	}
}

// What to add to .gitattributes is what git reads for these very files.
func TestAttributesOfLineEnds(t *testing.T) {
	for _, c := range []struct{ lock, out, says string }{
		{"t.lock.json", "generated", `"*.lock.json -text" to .gitattributes, "generated/** -text" to .gitattributes`},
		{"a/prod.lock.json", "a/generated/prod", `"*.lock.json -text" to a/.gitattributes, "generated/prod/** -text" to a/.gitattributes`},
		{"locks/t.json", "../elsewhere/", `"t.json -text" to locks/.gitattributes, "elsewhere/** -text" to ../.gitattributes`},
		{"t.lock.json", "/srv/out", `"*.lock.json -text" to .gitattributes, "out/** -text" to /srv/.gitattributes`},
	} {
		var hints []string
		for _, d := range converted([]byte("\r\n"), c.lock, []byte("\r\n"), c.out) {
			_, hint, _ := strings.Cut(diag.Of(d).Hint, "add ")
			hint, _, _ = strings.Cut(hint, ", as jsc init")
			hints = append(hints, hint)
		}
		if got := strings.Join(hints, ", "); got != c.says {
			t.Errorf("%s and %s: %s", c.lock, c.out, got)
		}
	}
}

// summaries are the findings, each as a person reads it.
func summaries(diags hcl.Diagnostics) []string {
	var all []string
	for _, d := range diags {
		all = append(all, says(hcl.Diagnostics{d}))
	}
	return all
}

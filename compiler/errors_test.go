package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

var severity = map[hcl.DiagnosticSeverity]string{hcl.DiagError: "ERROR", hcl.DiagWarning: "WARNING", diag.Info: "INFO"}

func mark(line int, severity, rule string) string {
	return fmt.Sprintf("%03d %s %s", line, severity, rule)
}

// marker is what a fixture says at the end of the line that a diagnostic
// begins on: # ERROR rule [rule…], # WARNING rule, # INFO rule, or several.
var marker = regexp.MustCompile(`# (ERROR|WARNING|INFO) ([a-z0-9 -]+)`)

// TestErrorFixtures holds every fixture against its markers: each diagnostic
// is marked, and each mark has its diagnostic, once.
func TestErrorFixtures(t *testing.T) {
	dir := filepath.Join("..", "testdata", "errors")
	files, err := filepath.Glob(filepath.Join(dir, "*.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".hcl"), func(t *testing.T) {
			t.Parallel()
			want := marks(t, file)
			config, diags := schema.Load(schema.Options{Tree: os.DirFS(dir), Path: filepath.Base(file)})
			_, more := compiler.Compile(config, nil)
			var got []string
			for _, d := range diag.Sort(append(diags, more...)) {
				line := 0
				if d.Subject != nil {
					line = d.Subject.Start.Line
				}
				got = append(got, mark(line, severity[d.Severity], diag.Of(d).Rule.Name))
			}
			sort.Strings(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("diagnostics (-marked +given):\n%s", diff)
			}
		})
	}
}

func marks(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, line := range strings.Split(string(data), "\n") {
		for _, m := range marker.FindAllStringSubmatch(line, -1) {
			for _, rule := range strings.Fields(m[2]) {
				out = append(out, mark(i+1, m[1], rule))
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("%s marks nothing", file)
	}
	sort.Strings(out)
	return out
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"jsc/compiler"
)

// TestExamples builds and proves every folder of examples/, once, or, where it
// has an env folder, for every environment: what people copy works as it is,
// says why it is warned of, and shows every kind of share.
func TestExamples(t *testing.T) {
	folders, err := filepath.Glob("../../examples/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	var shown sync.Map // kinds of shares
	t.Run("folders", func(t *testing.T) {
		for _, folder := range folders {
			t.Run(filepath.Base(folder), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
					t.Fatal(err)
				}
				for _, env := range environments(t, dir) {
					for _, kind := range provesExample(t, dir, env) {
						shown.Store(kind, true)
					}
				}
			})
		}
	})
	for _, k := range compiler.ShareKinds() {
		if _, ok := shown.Load(k.Name); !ok {
			t.Errorf("no example has a share of kind %s", k.Name)
		}
	}
}

// environments are the flags that choose each environment of a topology's
// folder; one without flags where it has none.
func environments(t *testing.T, dir string) [][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "env", "*.hclvars"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		return [][]string{nil}
	}
	var envs [][]string
	for _, file := range files {
		envs = append(envs, []string{"--env", strings.TrimSuffix(filepath.Base(file), ".hclvars")})
	}
	return envs
}

var warning = regexp.MustCompile(`(?m)^\S+: warning: .* \[([a-z0-9-]+)\]$`)

// provesExample builds a copy of an example, sees that a second build finds
// nothing to do, proves it, and returns its shares' kinds.
func provesExample(t *testing.T, dir string, env []string) []string {
	t.Helper()
	_, stderr := runs(t, append([]string{"build", dir, "--generate-keys"}, env...)...)
	text := sources(t, dir)
	for _, w := range warning.FindAllStringSubmatch(stderr, -1) {
		if !strings.Contains(text, w[1]) {
			t.Errorf("the example has a warning that its text does not explain:\n%s", w[0])
		}
	}
	runs(t, append([]string{"build", dir, "--locked"}, env...)...)

	stdout, _ := runs(t, append([]string{"verify", dir, "--format", "json", "--sample", "60"}, env...)...)
	var report struct {
		Rows []struct{ Share, Kind, Grant string }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("jsc verify --format json: %v\n%s", err, stdout)
	}
	var kinds []string
	for _, row := range report.Rows {
		kinds = append(kinds, row.Kind)
	}
	return kinds
}

// runs runs jsc in this process and demands that it succeeds.
func runs(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &err); code != exitDone {
		t.Fatalf("jsc %s exits %d:\n%s%s", strings.Join(args, " "), code, &out, &err)
	}
	return out.String(), err.String()
}

// sources is the text of a folder's topology.
func sources(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"jsc/emit"
	"jsc/emit/git"
	"jsc/emit/keys"
	"jsc/schema/diag"
)

//go:embed starter
var starterFiles embed.FS

// starter are the files that a new topology begins with. Those that are lists
// can be completed by hand where they are there already.
var starter = []struct {
	path, source string
	list         bool
}{
	{"topology.hcl", "starter/topology.hcl", false},
	{".gitignore", "starter/gitignore", true},
	{".gitattributes", "starter/gitattributes", true},
	{workflowPath, "starter/workflow.yml", false},
}

const workflowPath = ".github/workflows/jsc.yml"

func newInit(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented topology to begin with, .gitignore, .gitattributes and a CI workflow",
		Long: `Write a commented topology to begin with, .gitignore and .gitattributes for its
keys and its lock, and a workflow for GitHub that checks every pull request
without a key; GitHub wants that at the top of the repository. A file that is there already is named and left as it is, and no
topology is written beside another one.`,
		Example: "  jsc init\n  jsc init messaging",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("one DIR is taken, not %d", len(args))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := pathOf(args)
			if err := t.init(dir); err != nil {
				return fmt.Errorf("init %s: %w", dir, err)
			}
			return nil
		},
	}
}

func (t *terminal) init(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range starter {
		text, err := starterFiles.ReadFile(f.source)
		if err != nil {
			return err
		}
		other := ""
		if strings.HasSuffix(f.path, ".hcl") {
			if other, err = topologyIn(os.DirFS(dir), "."); err != nil {
				return err
			}
		}
		if other != "" && other != f.path {
			t.say("left     %s: %s is the topology here\n", f.path, diag.Sanitize(other))
			continue
		}
		path := f.path
		if path == workflowPath {
			if path, text, err = workflow(dir, text); err != nil {
				return err
			}
		}
		name := filepath.Join(dir, filepath.FromSlash(path))
		switch err := writeNew(name, text); {
		case errors.Is(err, fs.ErrExist):
			t.say("left     %s: it is there already\n", diag.Sanitize(path))
			if f.list {
				if err := t.missing(name, text); err != nil {
					return err
				}
			}
		case err != nil:
			return err
		default:
			t.say("written  %s\n", diag.Sanitize(path))
		}
	}
	t.say("\nNext:\n")
	if dir != "." {
		t.say("  cd %s\n", diag.Sanitize(dir))
	}
	t.say("  jsc build --generate-keys    make keys, sign tokens, write generated/\n")
	t.say("  jsc verify                   prove every share on a nats-server in this process\n")
	return nil
}

// workflow is where the workflow of a folder belongs, from there, and its text:
// GitHub runs those at the top of a repository alone.
func workflow(dir string, text []byte) (string, []byte, error) {
	at, err := filepath.Abs(dir)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	if err != nil {
		return "", nil, err
	}
	top, ok := git.WorkTree(at)
	if !ok {
		return workflowPath, text, nil // there is no repository yet
	}
	below, err := filepath.Rel(top, at)
	if err != nil || below == "." {
		return workflowPath, text, err
	}
	below = filepath.ToSlash(below)
	quoted, err := json.Marshal(below)
	up := strings.Repeat("../", strings.Count(below, "/")+1)
	name := strings.TrimSuffix(workflowPath, ".yml") + "-" + emit.FileName(strings.ReplaceAll(below, "/", "-")) + ".yml"
	return up + name, bytes.Replace(text, []byte("TOPOLOGY: ."), append([]byte("TOPOLOGY: "), quoted...), 1), err
}

// say writes a line of a summary.
func (t *terminal) say(format string, args ...any) {
	if !t.quiet {
		fmt.Fprintf(t.stdout, format, args...)
	}
}

// topologyIn names a file that makes the folder a topology; "" when there is
// none.
func topologyIn(tree fs.FS, dir string) (string, error) {
	entries, err := fs.ReadDir(tree, dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "#")
		if !hidden && (strings.HasSuffix(e.Name(), ".hcl") || strings.HasSuffix(e.Name(), ".hcl.json")) {
			return e.Name(), nil
		}
	}
	return "", nil
}

// writeNew writes a file that is not there yet, and its folder.
func writeNew(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return keys.WriteNew(name, text, 0o644)
}

// missing names the lines that a file lacks.
func (t *terminal) missing(name string, text []byte) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	has := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	var lacks []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "#") && !slices.Contains(has, line) {
			lacks = append(lacks, line)
		}
	}
	if len(lacks) > 0 {
		t.say("         add to it: %s\n", strings.Join(lacks, "\n                    "))
	}
	return nil
}

package main

import (
	"io/fs"
	"regexp"
	"testing"

	ctyyaml "github.com/zclconf/go-cty-yaml"
)

// TestStarterCommands: every jsc command that the starter's files name exists
// with its flags, and each command's example does too.
func TestStarterCommands(t *testing.T) {
	command := regexp.MustCompile(`(?m)^(?:#? +|.*'|.*run: )(jsc [^'\n]*)`)
	var lines []string
	err := fs.WalkDir(starterFiles, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := starterFiles.ReadFile(p)
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			lines = append(lines, m[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) < 8 {
		t.Errorf("only %d commands were found: %q", len(lines), lines)
	}
	for _, line := range lines {
		parses(t, commandLine(line)[1:])
	}
}

func TestStarterWorkflow(t *testing.T) {
	text, err := starterFiles.ReadFile("starter/workflow.yml")
	if err != nil {
		t.Fatal(err)
	}
	typ, err := ctyyaml.ImpliedType(text)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ctyyaml.Unmarshal(text, typ)
	if err != nil {
		t.Fatal(err)
	}
	steps := v.GetAttr("jobs").GetAttr("topology").GetAttr("steps")
	if n := steps.LengthInt(); n != 5 {
		t.Errorf("%d steps, not 5", n)
	}
}

package main

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	ctyyaml "github.com/zclconf/go-cty-yaml"
)

// TestStarterCommands: every jsc command that the starter's files name exists
// with its flags, and each command's example does too.
func TestStarterCommands(t *testing.T) {
	command := regexp.MustCompile(`(?m)^(?:#? +|.*'|.*run: )(jsc [^'\n]*)`)
	where := regexp.MustCompile(`\$\{\w+:\+([^}]*)\}`) // ${NAME:+what stands there where NAME is set}
	var lines []string
	err := fs.WalkDir(starterFiles, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := starterFiles.ReadFile(p)
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			lines = append(lines, where.ReplaceAllString(m[1], "$1"))
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
	var commands []string
	for it := v.GetAttr("jobs").GetAttr("topology").GetAttr("steps").ElementIterator(); it.Next(); {
		_, step := it.Element()
		if !step.Type().HasAttribute("run") {
			continue
		}
		if words := strings.Fields(step.GetAttr("run").AsString()); words[0] == "jsc" {
			commands = append(commands, words[1])
		}
	}
	if want := []string{"fmt", "lint", "check", "verify"}; !slices.Equal(commands, want) {
		t.Errorf("the workflow runs %q, not %q", commands, want)
	}
}

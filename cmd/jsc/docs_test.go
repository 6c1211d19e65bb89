package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// made are cobra's own commands.
var made = []string{"completion", "help"}

func TestEveryCommandHasHelp(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if slices.Contains(made, sub.Name()) {
				continue
			}
			if sub.Short == "" || !strings.Contains(sub.Example, sub.CommandPath()) {
				t.Errorf("%s: help has no summary, or no example that uses it", sub.CommandPath())
			}
			walk(sub)
		}
	}
	walk(newRoot(&terminal{}))
}

var commandRow = regexp.MustCompile("(?m)^\\| `jsc ([a-z]+)")

// readmeOf is the README, and the example that it shows.
func readmeOf(t *testing.T) (readme, example []byte) {
	t.Helper()
	for name, data := range map[string]*[]byte{"README.md": &readme, "examples/order-events/topology.hcl": &example} {
		var err error
		if *data, err = os.ReadFile("../../" + name); err != nil {
			t.Fatal(err)
		}
	}
	return readme, example
}

var (
	makeTold   = regexp.MustCompile("(?m)(?:^|`)make ([a-z][a-z/ -]*[a-z])")
	makeTarget = regexp.MustCompile("(?m)^([a-z][a-z/ -]*):")
)

// TestMakeTargets holds the documents to the Makefile: a target that has no rule
// is found by somebody whose bin/ is empty.
func TestMakeTargets(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, rule := range makeTarget.FindAllSubmatch(makefile, -1) {
		targets = append(targets, strings.Fields(string(rule[1]))...)
	}
	told := 0
	for _, page := range []string{"README.md", "docs/development.md", "docs/performance.md"} {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range makeTold.FindAllSubmatch(text, -1) {
			for _, target := range strings.Fields(string(line[1])) {
				told++
				if !slices.Contains(targets, target) {
					t.Errorf("%s tells of make %s, for which the Makefile has no rule", page, target)
				}
			}
		}
	}
	if told == 0 {
		t.Error("no document tells of a target")
	}
}

// TestREADME holds the README to the example, and to the commands and documents
// that there are.
func TestREADME(t *testing.T) {
	readme, example := readmeOf(t)
	if !bytes.Contains(readme, example) {
		t.Error("README.md does not show examples/order-events/topology.hcl as it is")
	}
	for _, pages := range []string{"*.md", "reference/*.md"} {
		found, err := filepath.Glob("../../docs/" + pages)
		if err != nil || len(found) == 0 {
			t.Fatal(pages, err)
		}
		for _, page := range found {
			if link := "](" + strings.TrimPrefix(filepath.ToSlash(page), "../../") + ") |"; !bytes.Contains(readme, []byte(link)) {
				t.Errorf("README.md's table of documents lacks %s", page)
			}
		}
	}
	told := map[string]bool{}
	for _, row := range commandRow.FindAllSubmatch(readme, -1) {
		told[string(row[1])] = true
	}
	for _, c := range newRoot(&terminal{}).Commands() {
		if !slices.Contains(made, c.Name()) && !told[c.Name()] {
			t.Errorf("README.md's table of commands lacks %s", c.Name())
		}
		delete(told, c.Name())
	}
	for name := range told {
		t.Errorf("README.md tells of a command %s that is not there", name)
	}
}

// TestREADMESample holds what the README shows of an error, of verify and of plan
// to what jsc says of the example: with a letter missing, as it is, and changed.
func TestREADMESample(t *testing.T) {
	readme, example := readmeOf(t)
	took := regexp.MustCompile(`[0-9.]+(ms|s)\n`)
	readme = took.ReplaceAll(readme, []byte("0s\n"))
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		edits []string
		args  []string
		code  int
	}{
		{[]string{"publish = [account.ACCTA.stream.ORDEREVENTS]", "publish = [account.ACCTA.stream.ORDEREVENT]"}, []string{"build"}, exitFailed},
		{nil, []string{"build", "--generate-keys", "--quiet"}, exitDone},
		{nil, []string{"verify"}, exitDone},
		{[]string{
			"access { publish = [account.ACCTA.stream.ORDEREVENTS] }", `publish { allow = ["retail.v1.order.created"] }`,
			"max_ack_pending = 100", "max_ack_pending = 10",
		}, []string{"plan"}, exitDone},
	} {
		if err := os.WriteFile("topology.hcl", []byte(strings.NewReplacer(c.edits...).Replace(string(example))), 0o600); err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		if code := run(append(c.args, "topology.hcl"), strings.NewReader(""), &said, &said); code != c.code {
			t.Fatalf("%q: exit code %d\n%s", c.args, code, &said)
		}
		if said.Len() == 0 {
			continue
		}
		if sample := "\n```\n" + string(took.ReplaceAll(said.Bytes(), []byte("0s\n"))) + "```\n"; !bytes.Contains(readme, []byte(sample)) {
			t.Errorf("README.md does not show of %q:\n%s", c.args, &said)
		}
	}
}

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelp: every command says what it does and has examples, all of which
// parse.
func TestHelp(t *testing.T) {
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.HasParent() && (cmd.Short == "" || cmd.Example == "") {
			t.Errorf("%s has no description or no example", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			args := commandLine(strings.TrimSpace(line))
			if args[0] != "jsc" {
				t.Errorf("%q, an example of %s, is no command of jsc", line, cmd.CommandPath())
				continue
			}
			if found := parses(t, args[1:]); found != "" && found != cmd.CommandPath() && !strings.HasPrefix(found, cmd.CommandPath()+" ") {
				t.Errorf("%q is an example of %s, not of %s", line, found, cmd.CommandPath())
			}
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(newRoot(&terminal{}))
}

// commandLine are the words of a command, up to what follows it: a note after
// two blanks, a pipe, a redirection.
func commandLine(line string) []string {
	line, _, _ = strings.Cut(line, "  ")
	words := strings.Fields(line)
	if i := slices.IndexFunc(words, func(w string) bool { return w == "|" || w == "<" || w == ">" }); i >= 0 {
		words = words[:i]
	}
	return words
}

// parses holds that a command line names a command, with flags that it has and
// as many arguments as it takes; it returns the command.
func parses(t *testing.T, args []string) string {
	t.Helper()
	root := newRoot(&terminal{})
	cmd, rest, err := root.Find(args)
	if err != nil || cmd == root {
		t.Errorf("jsc %s names no command: %v", strings.Join(args, " "), err)
		return ""
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("jsc %s: %v", strings.Join(args, " "), err)
		return ""
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("jsc %s: %v", strings.Join(args, " "), err)
	}
	return cmd.CommandPath()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"jsc/schema"
	"jsc/schema/diag"
)

// The exit codes.
const (
	exitDone    = 0 // nothing to say
	exitFailed  = 1 // a bad topology, or the operation failed
	exitUsage   = 2 // wrong usage
	exitDiffers = 3 // what is there is not what should be
	exitBug     = 4 // a bug in jsc
)

// exit is an error that has been told already; all that is left is its code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// usageError is a mistake in how jsc was called.
type usageError struct{ error }

// terminal is what a command talks to.
type terminal struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	raw            io.Writer                        // stdout that nothing guards: see diag.Guard
	lookup         func(name string) (string, bool) // in the environment
	color          string                           // "auto", "always", "never"
	quiet          bool
	debug          bool
	// whole says of a command that what it changes it changes as one: wherever it
	// ends, nothing is half done.
	whole bool
}

// run runs one command line and returns its exit code. Nothing else in jsc
// exits.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second one ends the process at once, which leaves all whole too
	t := &terminal{stdin: stdin, stdout: stdout, stderr: stderr, raw: stdout, lookup: os.LookupEnv}
	if t.inActions() {
		t.stdout, t.stderr = diag.Guard(stdout), diag.Guard(stderr)
	}
	defer func() {
		if p := recover(); p != nil {
			code = t.bug(p)
		}
	}()
	for _, arg := range args {
		if _, found := schema.FindSecret([]byte(arg)); found {
			return t.exitCode(usageError{errors.New("an argument holds a private seed, which others can see in lists of processes and shells keep; treat the key as lost, and name seeds' place with --keys")})
		}
	}
	root := newRoot(t)
	root.SetArgs(args)
	return t.exitCode(root.ExecuteContext(ctx))
}

// exitCode tells an error, unless that has been done, and gives its code.
func (t *terminal) exitCode(err error) int {
	var told exit
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &told):
		return int(told)
	case errors.As(err, &usage):
		fmt.Fprintf(t.stderr, "jsc: %s\n", diag.SanitizeLines(usage.Error()))
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(t.stderr, "jsc: interrupted%s\n", t.promise("; nothing is half done"))
		return exitFailed
	}
	fmt.Fprintf(t.stderr, "jsc: %s\n", diag.SanitizeLines(err.Error()))
	return exitFailed
}

// promise is text where a command that ends early leaves all whole, else "".
func (t *terminal) promise(text string) string {
	if t.whole {
		return text
	}
	return ""
}

// bug says that jsc itself went wrong. The value of a panic is not shown: it
// may hold what no log should.
func (t *terminal) bug(p any) int {
	b := diag.Caught(p)
	fmt.Fprintf(t.stderr, "jsc: %v.%s\nPlease report it with the command and `jsc version`.\n", b, t.promise(" Nothing was written by halves."))
	if t.debug {
		t.stderr.Write(b.Stack)
	}
	return exitBug
}

func (t *terminal) getenv(name string) string {
	v, _ := t.lookup(name)
	return v
}

func (t *terminal) inActions() bool { return t.getenv("GITHUB_ACTIONS") != "" }

// writeFindings writes findings in a format to stdout.
func (t *terminal) writeFindings(format diag.Format, found hcl.Diagnostics, o diag.Options) error {
	to := t.stdout
	if format.Commands {
		to = t.raw
	}
	o.Color, o.Version = t.colored(to), version
	return format.Write(to, found, o)
}

// colored reports whether to colour what goes to w.
func (t *terminal) colored(w io.Writer) bool {
	switch t.color {
	case "always":
		return true
	case "never":
		return false
	}
	return t.getenv("NO_COLOR") == "" && t.getenv("CI") == "" && isTerminal(w)
}

// lively reports whether to show progress on stderr.
func (t *terminal) lively() bool {
	return !t.quiet && t.getenv("CI") == "" && isTerminal(t.stderr)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// command is a row of the table of commands.
type command func(*terminal) *cobra.Command

// commands are all commands, in the order of help.
var commands = []command{
	newBuild, newPlan, newCheck, newLint, newVerify, newExplain, newGraph, newInit, newFmt, newKeys, newLock, newInspect, newVersion,
}

func newRoot(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:           "jsc",
		Short:         "Compile NATS account topologies",
		Long:          "jsc compiles HCL topologies of NATS accounts, JetStream streams, consumers and the\nshares between accounts to signed JWTs, server configs, activation bundles and\nJetStream JSON, and proves every share by booting nats-server.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	flags := root.PersistentFlags()
	flags.StringVar(&t.color, "color", "auto", "colour the output: auto, always or never")
	flags.BoolVarP(&t.quiet, "quiet", "q", false, "say nothing but errors")
	flags.BoolVar(&t.debug, "debug", false, "show where a bug in jsc happened")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := refuseEmpty(cmd); err != nil {
			return err
		}
		if t.color != "auto" && t.color != "always" && t.color != "never" {
			return usageError{fmt.Errorf("--color is auto, always or never, not %q", t.color)}
		}
		return nil
	}
	for _, c := range commands {
		root.AddCommand(c(t))
	}
	root.SetIn(t.stdin)
	root.SetOut(t.stdout) // before completion, which keeps it
	root.SetErr(t.stderr)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		exampleOfCobra(c)
	}
	asGroups(root)
	return root
}

// refuseEmpty refuses a flag that is given and has no value: that comes of a variable
// which is not set, and would pass for a flag that is not given.
func refuseEmpty(cmd *cobra.Command) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if err == nil && slices.Contains(values, "") {
			err = usageError{fmt.Errorf("--%s is given and empty, as by a variable that is not set; give a value, or leave it out", f.Name)}
		}
	})
	return err
}

// exampleOfCobra gives cobra's own commands the example that all others have.
func exampleOfCobra(c *cobra.Command) {
	switch c.Name() {
	case "help":
		c.Example = "  jsc help keys rotate"
	case "completion":
		c.Example = "  jsc completion bash > /etc/bash_completion.d/jsc"
		for _, shell := range c.Commands() {
			shell.Example = "  " + shell.CommandPath()
		}
	}
}

// asGroups makes a command that only holds others, and those below it, show
// its help, and refuse what is no command: cobra's own ones would exit 0.
func asGroups(c *cobra.Command) {
	if c.Name() == "help" {
		c.Args = func(help *cobra.Command, args []string) error {
			if found, _, err := help.Root().Find(args); err != nil || found == help.Root() && len(args) > 0 {
				return noCommand(help.Root(), args)
			}
			return nil
		}
		return
	}
	if !c.HasSubCommands() {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return noCommand(c, args)
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	for _, sub := range c.Commands() {
		asGroups(sub)
	}
}

func noCommand(group *cobra.Command, args []string) error {
	var names []string
	for _, c := range group.Commands() {
		names = append(names, c.Name())
	}
	path := group.CommandPath()
	if meant, ok := diag.Suggest(args[0], names); ok {
		return usageError{fmt.Errorf("there is no command \"%s %s\"; did you mean %q?", path, args[0], path+" "+meant)}
	}
	return usageError{fmt.Errorf("there is no command \"%s %s\"; see %s --help", path, args[0], path)}
}

// onePath takes at most one PATH; none is the working folder.
func onePath(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("one PATH is taken, not %d", len(args))}
	}
	return nil
}

func pathOf(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

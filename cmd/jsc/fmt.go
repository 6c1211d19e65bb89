package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"jsc/schema"
	"jsc/schema/diag"
)

// formatter is one run of fmt.
type formatter struct {
	*terminal
	check, diff, recursive bool
}

func newFmt(t *terminal) *cobra.Command {
	f := &formatter{terminal: t}
	cmd := &cobra.Command{
		Use:   "fmt [PATH…]",
		Short: "Give HCL files their canonical form",
		Long: `Give HCL files their canonical form: two spaces a level, "=" and comments of
neighbouring lines under each other. Only white space changes.

Of a folder the *.hcl and *.hclvars files in it are formatted, of its subfolders
with --recursive. Files in HCL's JSON syntax are left alone, and so is a file that
cannot be parsed. The names of files that changed are printed. Without a PATH it
is the working folder; - is from stdin to stdout.`,
		Example: `  jsc fmt                         format the working folder
  jsc fmt --check --recursive     change nothing; exit 3 where a file is not formatted
  jsc fmt --diff topology.hcl     show what would change, change nothing
  jsc fmt - < topology.hcl        from stdin to stdout`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.check, "check", false, "change nothing, name the files that are not formatted, and exit 3 if there are any")
	flags.BoolVar(&f.diff, "diff", false, "change nothing, show what would change")
	flags.BoolVar(&f.recursive, "recursive", false, "format subfolders too")
	return cmd
}

// text is a file that is not in its canonical form.
type text struct {
	name    string
	was, is []byte
}

func (f *formatter) run(ctx context.Context, args []string) error {
	if slices.Contains(args, "-") {
		if len(args) > 1 {
			return usageError{errors.New("- stands alone: stdin is formatted to stdout")}
		}
		return f.filter()
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	names, err := f.files(args)
	if err != nil {
		return err
	}
	// All is read before anything is written, so that a file that cannot be read
	// leaves all as they were.
	c := &compiled{config: &schema.Config{Sources: map[string][]byte{}}}
	var texts []text
	for _, name := range names {
		was, err := readRegular(name)
		if err != nil {
			return fmt.Errorf("format %s: %w", name, err)
		}
		if t := format(name, was, c); !bytes.Equal(t.was, t.is) {
			texts = append(texts, t)
		}
	}
	for _, t := range texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.settle(t); err != nil {
			return err
		}
	}
	return f.outcome(c, len(texts))
}

// filter formats stdin to stdout.
func (f *formatter) filter() error {
	was, err := io.ReadAll(f.stdin)
	if err != nil {
		return fmt.Errorf("read stdin: %w", err)
	}
	c := &compiled{config: &schema.Config{Sources: map[string][]byte{}}}
	t := format("-", was, c)
	changed := 0
	switch {
	case c.diags.HasErrors():
	case !f.check && !f.diff:
		_, err = f.raw.Write(t.is)
	case !bytes.Equal(t.was, t.is):
		changed = 1
		err = f.settle(t)
	}
	if err != nil {
		return err
	}
	return f.outcome(c, changed)
}

// format gives a text its form. What is wrong with it goes to c, and it stays
// as it is.
func format(name string, was []byte, c *compiled) text {
	is, diags := schema.Format(name, was)
	if diags.HasErrors() {
		c.diags = append(c.diags, diags...)
		c.config.Sources[name] = was
	}
	return text{name, was, is}
}

// settle writes a text that is not in its form, or says so.
func (f *formatter) settle(t text) error {
	if f.diff {
		name := diag.Sanitize(t.name)
		_, err := f.stdout.Write(diff.Diff(name, t.was, name, t.is))
		return err
	}
	if !f.check {
		if err := replace(t.name, t.is); err != nil {
			return fmt.Errorf("format %s: %w", t.name, err)
		}
	}
	if !f.quiet {
		fmt.Fprintln(f.stdout, diag.Sanitize(t.name))
	}
	return nil
}

// outcome tells what cannot be parsed. With --check a text that changes is a
// difference.
func (f *formatter) outcome(c *compiled, changed int) error {
	c.diags = diag.Sort(c.diags)
	if err := f.tell(c, hcl.DiagError); err != nil {
		return err
	}
	if f.check && changed > 0 {
		return exit(exitDiffers)
	}
	return nil
}

// files are the files that paths name, each once.
func (f *formatter) files(paths []string) ([]string, error) {
	var names []string
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			return nil, fmt.Errorf("format: %w", err)
		case info.IsDir():
			found, err := f.folder(p)
			if err != nil {
				return nil, fmt.Errorf("format %s: %w", p, err)
			}
			names = append(names, found...)
		case strings.HasSuffix(p, ".hcl.json"): // left alone, also where a hook names all files of a change
		case !isFormatted(p):
			return nil, usageError{fmt.Errorf("%s is not formatted: its name must end in .hcl or .hclvars", p)}
		default:
			names = append(names, filepath.Clean(p))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// folder are the files of a folder that are formatted. Hidden ones and those
// of editors are not, as they are not read as part of a topology either.
func (f *formatter) folder(top string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(top, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "#")
		switch {
		case e.IsDir() && p != top && (hidden || !f.recursive):
			return fs.SkipDir
		case e.Type().IsRegular() && !hidden && isFormatted(p):
			names = append(names, p)
		}
		return nil
	})
	return names, err
}

func isFormatted(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hclvars")
}

// readRegular reads a regular file. What replaces a file would replace a link
// by its target's text.
func readRegular(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	return os.ReadFile(name)
}

// replace gives a file other content, all at once and with its mode.
func replace(name string, data []byte) error {
	file, err := renameio.NewPendingFile(name, renameio.WithExistingPermissions(), renameio.WithTempDir(filepath.Dir(name)))
	if err != nil {
		return err
	}
	defer file.Cleanup()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

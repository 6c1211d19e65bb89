package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Level is a rule's severity as tables show it: with "(!)" where nothing can be
// said against it.
func (r *Rule) Level() string {
	if r.Fixed {
		return SeverityWord(r.Severity) + " (!)"
	}
	return SeverityWord(r.Severity)
}

// List writes every rule on a line: its name, its severity and why there is
// it. The error is w's.
func List(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rules {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.Name, r.Level(), r.Why)
	}
	return t.Flush()
}

// Explain writes all that the table has of a rule, for people. The error is
// w's.
func Explain(w io.Writer, r *Rule) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s\n\n%s\n%s\n", r.Name, r.Level(), r.Why, r.Mend)
	if r.Stricter != "" {
		fmt.Fprintf(&b, "Stricter than nats-server: %s\n", r.Stricter)
	}
	if r.Fixed {
		b.WriteString("It can be neither ignored nor lowered nor baselined.\n")
	}
	for _, e := range r.examples() {
		fmt.Fprintf(&b, "\n%s:\n\n", e.title)
		for line := range strings.Lines(e.text) {
			if line != "\n" {
				line = "  " + line
			}
			b.WriteString(line)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// examples are the rule's examples with their titles; empty where no topology
// can show it.
func (r *Rule) examples() []struct{ title, text string } {
	if r.Bad() == "" {
		return nil
	}
	return []struct{ title, text string }{{"Refused or warned of", r.Bad()}, {"Mended", r.Good()}}
}

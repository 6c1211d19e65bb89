package diff

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"jsc/schema/diag"
)

// Formats are the forms of a report.
var Formats = map[string]func(*Report, io.Writer) error{
	"text": (*Report).Text, "json": (*Report).JSON, "markdown": (*Report).Markdown,
}

// JSON writes the report indented. The error is w's.
func (r *Report) JSON(w io.Writer) error { return diag.WriteJSON(w, r) }

// signs are the actions in text.
var signs = map[Action]string{Add: "+", Alter: "~", Remove: "-"}

// summary is a report in one line.
func (r *Report) summary() string {
	if r.Empty() {
		return "Nothing changes."
	}
	if r.OutputMissing && len(r.Changes) == 0 {
		return "No token changes."
	}
	var words []string
	for _, i := range r.Impacts {
		words = append(words, string(i))
	}
	line := diag.Plural(len(r.Changes), "change")
	if len(words) > 0 {
		line += ": " + strings.Join(words, ", ")
	}
	if len(r.Breaks) > 0 {
		line += "; " + diag.Plural(len(r.Breaks), "break")
	}
	return line + "."
}

// Text writes the report for people. The error is w's.
func (r *Report) Text(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, o := range r.outline() {
		fmt.Fprintf(b, "%s\n", o.title)
		for _, it := range o.items {
			said := strings.TrimSpace(it.text + " " + diag.Sanitize(it.tail))
			parts := slices.DeleteFunc([]string{diag.Sanitize(it.code), said}, isEmpty)
			fmt.Fprintf(b, "  %s", strings.TrimSpace(it.sign+" "+strings.Join(parts, "  ")))
			b.WriteByte('\n')
			for _, line := range it.below {
				fmt.Fprintf(b, "      %s\n", diag.Sanitize(line))
			}
		}
		if o.more > 0 {
			fmt.Fprintf(b, "  … and %d more\n", o.more)
		}
		b.WriteByte('\n')
	}
	if len(r.Steps) > 0 {
		fmt.Fprintln(b, "To deploy")
		for i, s := range r.Steps {
			fmt.Fprintf(b, "  %d. %s\n", i+1, s)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "Against %s: %s\n", diag.Sanitize(r.Against), r.summary())
	return b.Flush()
}

// Markdown writes the report for a comment on a pull request. Whatever comes
// from the topology stands in code spans, where nothing is markup. The error is
// w's.
func (r *Report) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "**Against %s: %s**\n", code(r.Against), r.summary())
	for _, o := range r.outline() {
		fmt.Fprintf(b, "\n### %s\n\n", o.title)
		for _, it := range o.items {
			parts := slices.DeleteFunc([]string{"-", code(it.sign), code(it.code), it.text, code(it.tail)}, isEmpty)
			b.WriteString(strings.Join(parts, " "))
			b.WriteByte('\n')
			for _, line := range it.below {
				fmt.Fprintf(b, "  - %s\n", code(line))
			}
		}
		if o.more > 0 {
			fmt.Fprintf(b, "- … and %d more\n", o.more)
		}
	}
	if len(r.Steps) > 0 {
		fmt.Fprint(b, "\n### To deploy\n\n")
		for i, s := range r.Steps {
			fmt.Fprintf(b, "%d. %s", i+1, s.Text)
			for _, name := range s.Names {
				b.WriteString(" " + code(name))
			}
			b.WriteByte('\n')
		}
	}
	return b.Flush()
}

// String is the step as a line for people.
func (s Step) String() string {
	return diag.Sanitize(strings.TrimSpace(s.Text + " " + strings.Join(s.Names, ", ")))
}

func isEmpty(s string) bool { return s == "" }

// code is text as a code span of markdown: between more backticks than it holds
// in a row, with a space where it begins or ends in one.
func code(text string) string {
	if text = diag.Sanitize(text); text == "" {
		return ""
	}
	longest, run := 0, 0
	for _, r := range text {
		if r == '`' {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		text = " " + text + " "
	}
	return fence + text + fence
}

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

// titles are the kinds as sections of a report.
var titles = map[string]string{
	"operator": "Operator", "server": "Servers", "account": "Accounts", "user": "Users",
	"stream": "Streams", "consumer": "Consumers", "share": "Shares",
}

// most is how many lines of one sort a report for people has; json has all.
const most = 12

// outline is a report as sections of lines, which each format writes its way.
type outline struct {
	title string
	items []item
	more  int // how many are left out
}

// item is a line of a section, with lines below it. What stands in a topology
// is in code, tail and below; sign and text are jsc's own words.
type item struct {
	sign, code, text, tail string
	below                  []string
}

// outline puts the report into sections. A section shows so many items at most;
// those with a grave impact come first.
func (r *Report) outline() []outline {
	var out []outline
	add := func(title string, items []item) {
		if len(items) == 0 {
			return
		}
		o := outline{title: title, items: items}
		if len(items) > 4*most {
			o.items, o.more = items[:4*most], len(items)-4*most
		}
		out = append(out, o)
	}
	var breaks []item
	for _, b := range r.Breaks {
		breaks = append(breaks, item{code: b})
	}
	add("Breaks", breaks)
	for _, kind := range kindOrder {
		var items []item
		for _, ch := range r.Changes {
			if ch.Kind == kind {
				items = append(items, ch.item())
			}
		}
		add(titles[kind], items)
	}
	var subjects []item
	for _, s := range r.LocalSubjects {
		verb := "answered by"
		if s.Type == "stream" {
			verb = "sent by"
		}
		subjects = append(subjects, item{code: s.Account + "  " + s.Subject, text: verb, tail: s.From})
	}
	add("New local subjects", subjects)
	var revoked []item
	for _, x := range r.Revoked {
		what := x.Token
		if what == "" {
			what = x.ID
		}
		revoked = append(revoked, item{code: what, tail: x.Reason})
	}
	add("Revoked", revoked)
	var tokens []item
	for _, state := range []string{"made", "changed", "renewed", "reissued", "gone"} {
		n := 0
		for _, t := range r.Tokens {
			if t.State == state {
				n++
			}
		}
		if n > 0 {
			tokens = append(tokens, item{text: fmt.Sprintf("%d %s", n, state)})
		}
	}
	add("Tokens", tokens)
	var waiting []item
	for _, id := range r.Waiting {
		waiting = append(waiting, item{code: id, text: "signs from the next build on: servers must know it first"})
	}
	add("Operator signing keys that wait", waiting)
	return out
}

func (ch Change) item() item {
	below := ch.Details
	if len(below) > most {
		below = append(slices.Clone(below[:most]), fmt.Sprintf("… and %d more", len(ch.Details)-most))
	}
	it := item{sign: signs[ch.Action], code: ch.Name, below: below}
	var words []string
	for _, i := range ch.Impacts {
		if i != None {
			words = append(words, string(i))
		}
	}
	it.text = strings.Join(words, ", ")
	if len(ch.Why) > 0 {
		if it.text != "" {
			it.text += ": "
		}
		it.text += strings.Join(ch.Why, "; ")
	}
	return it
}

// summary is a report in one line.
func (r *Report) summary() string {
	if r.Empty() {
		return "Nothing changes."
	}
	var words []string
	for _, i := range r.Impacts {
		words = append(words, string(i))
	}
	line := plural(len(r.Changes), "change")
	if len(words) > 0 {
		line += ": " + strings.Join(words, ", ")
	}
	if len(r.Breaks) > 0 {
		line += "; " + plural(len(r.Breaks), "break")
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

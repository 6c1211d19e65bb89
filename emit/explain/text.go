package explain

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"jsc/emit/client"
	"jsc/schema/diag"
)

// Formats are the forms that an explanation can be written in.
var Formats = map[string]func(*Explanation, io.Writer) error{
	"text": (*Explanation).Text,
	"json": (*Explanation).JSON,
}

// JSON writes the explanation as an object of format_version 1.
func (x *Explanation) JSON(w io.Writer) error {
	return diag.WriteJSON(w, struct {
		FormatVersion int `json:"format_version"`
		*Explanation
	}{1, x})
}

// Text writes the explanation for people.
func (x *Explanation) Text(out io.Writer) error {
	w := &writer{Writer: bufio.NewWriter(out)}
	w.line(0, x.Address)
	w.line(0, x.Summary)
	if x.Description != "" {
		w.line(0, x.Description)
	}
	if x.At != "" {
		w.line(0, "declared at "+x.At)
	}
	if len(x.Facts) > 0 {
		w.line(0, "")
		w.facts(x.Facts)
	}
	for i := range x.Importers {
		w.importer(&x.Importers[i])
	}
	w.forUser(0, x.ForUser, x.Uses)
	w.uses(0, x.Uses)
	w.cautions(0, x.Cautions)
	return w.Flush()
}

// writer writes lines of text, each made safe to show.
type writer struct{ *bufio.Writer }

func (w *writer) line(depth int, text string) {
	if text != "" {
		w.WriteString(strings.Repeat("  ", depth) + diag.Sanitize(text))
	}
	w.WriteByte('\n')
}

// lines writes a text of several lines.
func (w *writer) lines(depth int, text string) {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		indent := len(line) - len(strings.TrimLeft(line, "\t"))
		w.line(depth+indent, strings.TrimLeft(line, "\t"))
	}
}

func (w *writer) facts(facts []Fact) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range facts {
		for i, v := range f.Values {
			name := ""
			if i == 0 {
				name = f.Name
			}
			fmt.Fprintf(t, "%s\t%s\n", name, diag.Sanitize(v))
		}
	}
	t.Flush()
}

func (w *writer) importer(i *Importer) {
	w.line(0, "")
	title := "To " + i.Account
	if i.External {
		title += ", somebody else's account"
	}
	w.line(0, title+":")
	if i.PublicKey != "" {
		line := "public key " + i.PublicKey
		if i.StandIn {
			line += " (" + standIn + ")"
		}
		w.line(1, line)
	}
	for _, g := range i.Grants {
		w.line(0, "")
		w.grant(&g)
	}
	if len(i.Settings) > 0 {
		w.line(0, "")
		w.line(1, "What clients must be told:")
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, s := range i.Settings {
			row := "    " + s.Name + "\t" + diag.Sanitize(s.Value)
			if s.Flag != "" {
				row += "\tnats " + s.Flag + ", nats.go " + s.Go
			}
			fmt.Fprintln(t, row)
		}
		t.Flush()
	}
	if len(i.Users) > 0 {
		w.line(0, "")
		w.line(1, "Users who may use it:")
		for _, u := range i.Users {
			line := u.Name
			if u.InboxPrefix != "" {
				line += ", with the inbox prefix " + u.InboxPrefix
			}
			w.line(2, line)
		}
	}
	w.forUser(1, i.ForUser, i.Uses)
	w.uses(1, i.Uses)
	if len(i.NSC) > 0 {
		w.line(0, "")
		w.line(1, "The same by hand, with nsc; leave out what another share has made:")
		for _, c := range i.NSC {
			w.line(2, c)
		}
	}
	w.cautions(1, i.Cautions)
}

// answeredHow is how a service answers, other than once, by its response type.
var answeredHow = map[string]string{"stream": "by a stream", "chunked": "in chunks"}

func (w *writer) grant(g *Grant) {
	line := fmt.Sprintf("%s: %s %s", g.Grant, g.Type, g.Subject)
	if how := answeredHow[g.Response]; how != "" {
		line += ", answered " + how
	}
	w.line(1, line)
	if g.Local != g.Subject {
		w.line(2, "seen as "+g.Local)
	}
	if g.Export != g.Subject {
		w.line(2, "served by the wider export "+g.Export)
	}
	why := g.Why
	if !g.Needed {
		why += " (some clients only)"
	}
	w.line(2, why)
}

func (w *writer) forUser(depth int, user string, uses []client.Use) {
	if user != "" && len(uses) > 0 {
		w.line(0, "")
		w.line(depth, "What clients run is for user "+quote(user)+".")
	}
}

func (w *writer) uses(depth int, uses []client.Use) {
	for _, u := range uses {
		w.line(0, "")
		w.line(depth, "To "+u.What+":")
		for _, text := range []string{u.CLI, u.HCL, u.Conf, u.JSON, u.Go} {
			if text != "" {
				w.lines(depth+1, text)
			}
		}
	}
}

func (w *writer) cautions(depth int, cautions []string) {
	if len(cautions) == 0 {
		return
	}
	w.line(0, "")
	w.line(depth, "Careful:")
	for _, c := range cautions {
		w.wrap(depth+1, c)
	}
}

// width is how wide sentences become, in characters.
const width = 96

// wrap writes a sentence as an item of a list, broken into lines.
func (w *writer) wrap(depth int, text string) {
	lead, line := "- ", ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			w.line(depth, lead+line)
			lead, line = "  ", ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	w.line(depth, lead+line)
}

package verify

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"jsc/schema/diag"
)

// Text writes the report for people: for each importer of a share a heading
// with its time, then a line a grant. The error is w's.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	for rows := r.Rows; len(rows) > 0; {
		n := 1
		for n < len(rows) && rows[n].sameImporter(&rows[0]) {
			n++
		}
		if err := textTable(out, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	if len(r.Rows) == 0 {
		fmt.Fprintf(out, "nothing to prove: no share, no import, no user with access; a server takes the rest (%s)\n", round(r.Duration))
		return out.Flush()
	}
	counts := r.counts()
	fmt.Fprintf(out, "%d ok, %d failed, %d unproven", counts[OK], counts[failed], counts[unproven])
	if n := counts[Elsewhere]; n > 0 {
		fmt.Fprintf(out, ", %d to be proved elsewhere", n)
	}
	fmt.Fprintf(out, " in %s\n", round(r.Duration))
	return out.Flush()
}

// textTable writes the rows of one importer.
func textTable(w io.Writer, rows []Row) error {
	var took time.Duration
	user := ""
	for i := range rows {
		took += rows[i].Duration
		user = max(user, rows[i].User)
	}
	first := &rows[0]
	heading := first.Share
	if first.Kind != "" {
		heading += " (" + first.Kind + ")"
	}
	heading += "  " + first.From + " -> " + first.To
	if first.Share == "" {
		heading = "account " + first.From
	}
	if user != "" {
		heading += " as " + user
	}
	fmt.Fprintf(w, "%s  %s\n", diag.Sanitize(heading), round(took))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := range rows {
		row := &rows[i]
		cells := []string{"", string(row.Result), row.Grant, string(row.Type), row.Subject}
		if row.Detail != "" {
			cells = append(cells, row.Detail)
		}
		for j, c := range cells {
			cells[j] = diag.Sanitize(c)
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

// round makes a duration short to read.
func round(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}

// counts are how many rows have each result.
func (r *Report) counts() map[Result]int {
	counts := make(map[Result]int)
	for i := range r.Rows {
		counts[r.Rows[i].Result]++
	}
	return counts
}

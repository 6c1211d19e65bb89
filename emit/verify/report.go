package verify

import (
	"strings"
	"time"

	"jsc/compiler"
)

// Result says how a proof ended.
type Result string

// The results.
const (
	OK       Result = "ok"
	failed   Result = "failed"
	unproven Result = "unproven" // could not be tried, since another failed
	// Elsewhere is of what only another party can prove: the exporter is external,
	// or the server itself sends what is imported. It fails nothing.
	Elsewhere Result = "elsewhere"
)

// Row is what was found of one grant of one importer; of an importer's users; of
// the accounts that a share is not for; of a stream that the server must take;
// or of what a user's access lists of its own account.
type Row struct {
	Share    string        `json:"share"` // "import/<name>" for an import without a share; "" within an account
	Kind     string        `json:"kind"`
	From     string        `json:"from"`
	To       string        `json:"to"`
	User     string        `json:"user,omitempty"` // of the topology, as whom it was tried; "" for a throw-away one
	Grant    string        `json:"grant"`          // the row in the table of kinds; of own access its list; "others", "users" and "neighbours" for who and what must be refused
	Type     compiler.Type `json:"type,omitempty"`
	Subject  string        `json:"subject,omitempty"`
	Local    string        `json:"local_subject,omitempty"`
	Result   Result        `json:"result"`
	Detail   string        `json:"detail,omitempty"`
	Duration time.Duration `json:"duration_ns"`
}

// Report is the outcome of a run.
type Report struct {
	Rows     []Row         `json:"rows"`
	Duration time.Duration `json:"duration_ns"`
}

// OK reports that everything was proved.
func (r *Report) OK() bool {
	for i := range r.Rows {
		if result := r.Rows[i].Result; result != OK && result != Elsewhere {
			return false
		}
	}
	return true
}

func newRow(g *compiler.Grant) *Row {
	row := &Row{From: g.From.Name, Grant: g.RowName(), Type: g.Type, Subject: g.Subject, Local: g.Local}
	if g.To != nil {
		row.To = g.To.Name
	}
	if g.Share != nil {
		row.Share, row.Kind = g.Share.Name, g.Share.Kind.Name
	} else {
		row.Share, row.Grant = "import/"+g.Name, "import"
	}
	return row
}

// rank orders results from the best to the worst.
var rank = map[Result]int{"": 0, Elsewhere: 1, OK: 2, unproven: 3, failed: 4}

// add counts one more proof of the row: the worst result stays. Several errors
// that are joined are told on one line.
func (r *Row) add(result Result, detail string, took time.Duration) {
	r.Duration += took
	if rank[result] > rank[r.Result] {
		r.Result, r.Detail = result, strings.ReplaceAll(detail, "\n", "; ")
	}
}

// sameImporter reports that two rows are of one share and one importer; of no
// share, of one account and one user of it.
func (r *Row) sameImporter(other *Row) bool {
	return r.Share == other.Share && r.From == other.From && r.To == other.To && (r.Share != "" || r.User == other.User)
}

// Package diag owns what jsc says about a user's mistakes: the table of rules
// (rules.go), the construction of a diagnostic from a row of that table, their
// order, and their rendering. It knows HCL's positions and nothing of NATS.
//
// A diagnostic is an hcl.Diagnostic whose Extra is an *Extra. Callers give a
// rule's name, the place, and the arguments of the row's wording; where what a
// rule refuses has many forms, the one argument is the whole message.
//
// # Wording
//
// A reader has one line, often far from the source: a log, an annotation, a
// test report. So:
//
//   - The message says what is wrong, in the words of the topology and of NATS:
//     the block, its name in double quotes, the value. It starts with a small
//     letter, is one line, has no full stop, and says neither "error" nor
//     "invalid": say what would be right.
//   - It states a fact and blames nobody: no "you", no "please", no "must have
//     forgotten".
//   - Why is one sentence about what happens otherwise, best what the server
//     does. It is not in the message: who knows needs no lesson, and
//     jsc lint --explain tells the rest.
//   - Mend is one sentence in the imperative that can be followed as it stands.
//     Where there are several ways out, the one to be preferred comes first. A
//     caller that knows better replaces it (WithHint): a near name, a number.
//   - The place is the smallest text that is wrong: the value, not the
//     attribute; the attribute, not the block. What is missing is missing in
//     the block's header.
//   - Another place that belongs to it (the first declaration, the other share)
//     is a note, with its own position, not a second diagnostic.
//   - One mistake is one diagnostic. What follows from one is not reported.
//   - A message that a family's instances share names the instance, so that
//     Sort can say which is the first and how many there are.
//   - No secret, ever: not the value that looked like one, not a part of it.
package diag

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// Info is the severity below hcl.DiagWarning: worth knowing, nothing to mend.
const Info hcl.DiagnosticSeverity = 3

// Rule is one row of the table: everything there is to say about one kind of
// mistake, whoever finds it.
type Rule struct {
	Name     string                 // the slug, as in "unknown-attribute"
	Severity hcl.DiagnosticSeverity // hcl.DiagError, hcl.DiagWarning or Info
	Message  string                 // fmt format of the summary, one line, no full stop
	Why      string                 // one sentence
	Mend     string                 // one sentence; the hint unless a caller has a better one
	Stricter string                 // one sentence: what nats-server takes of it all the same; "" when it takes nothing
	Fixed    bool                   // cannot be ignored, lowered or baselined
	Waivable bool                   // an error that stops no build where it is ignored

	apart bool // different texts at one place are different mistakes, never a family's
	noted bool // at one place, another first note is another mistake
}

// Extra is the Extra of every diagnostic that New makes.
type Extra struct {
	Rule  *Rule
	Notes []Note
	Hint  string // what to do
	More  int    // how many further instances of a family have the same mistake at the same place

	Instance string // the address of what it is about, where that is of a family; else ""
}

// Note points at another place that belongs to a mistake.
type Note struct {
	Range hcl.Range
	Text  string
}

// New makes the diagnostic of the named rule at a place, or, at the zero Range,
// of what stands nowhere; args fill the rule's
// Message. An unknown name is a bug in jsc and panics; a test holds every
// call's name and number of arguments against the table.
func New(rule string, at hcl.Range, args ...any) *hcl.Diagnostic {
	r := Lookup(rule)
	if r == nil {
		panic("diag: no rule " + rule)
	}
	d := &made{
		Diagnostic: hcl.Diagnostic{Severity: r.Severity, Summary: fmt.Sprintf(r.Message, args...)},
		extra:      Extra{Rule: r, Hint: r.Mend},
		at:         at,
	}
	d.Extra = &d.extra
	if at != (hcl.Range{}) {
		d.Subject = &d.at
	}
	return &d.Diagnostic
}

// made is a diagnostic in one piece with what it points to: there may be tens of
// thousands.
type made struct {
	hcl.Diagnostic
	extra Extra
	at    hcl.Range
}

// WithNote adds a note at another place to d and returns d.
func WithNote(d *hcl.Diagnostic, at hcl.Range, format string, args ...any) *hcl.Diagnostic {
	x := d.Extra.(*Extra)
	x.Notes = append(x.Notes, Note{Range: at, Text: fmt.Sprintf(format, args...)})
	return d
}

// WithInstance says which instance of a family d is about, and returns d; ""
// is none.
func WithInstance(d *hcl.Diagnostic, address string) *hcl.Diagnostic {
	d.Extra.(*Extra).Instance = address
	return d
}

// WithHint replaces what d says to do, and returns d.
func WithHint(d *hcl.Diagnostic, format string, args ...any) *hcl.Diagnostic {
	d.Extra.(*Extra).Hint = fmt.Sprintf(format, args...)
	return d
}

// Of returns d's Extra, or nil for a diagnostic that New did not make.
func Of(d *hcl.Diagnostic) *Extra {
	x, _ := d.Extra.(*Extra)
	return x
}

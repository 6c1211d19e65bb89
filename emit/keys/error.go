package keys

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// Error is a mistake about keys that has a row in the table of rules:
// key-missing, key-mismatch, key-wrong-type, key-in-tree, creds-in-tree.
// A machine's failure is an ordinary error.
type Error struct {
	Rule string // the rule's name
	ID   string // the entity, as in "account/ACCTA"; "" when it is about a file
	args []any
	hint string
}

// Diagnostic is the error as a diagnostic without a place, for rendering it
// like any other.
func (e *Error) Diagnostic() *hcl.Diagnostic {
	d := diag.New(e.Rule, hcl.Range{}, e.args...)
	d.Subject = nil
	if e.hint != "" {
		diag.WithHint(d, "%s", e.hint)
	}
	return d
}

// Error is the diagnostic's summary.
func (e *Error) Error() string { return e.Diagnostic().Summary }

// missing says that no source has the seed of id's pinned key.
func missing(id, public, tried string) *Error {
	return &Error{Rule: "key-missing", ID: id,
		args: []any{fmt.Sprintf("no source holds the seed of %s, %s; tried %s", id, public, tried)},
		hint: "Name the source that holds the seed with --keys; a pinned key is never made anew."}
}

// mismatch says that the seed found for id is another key's than the pinned
// one's, or even a key's of another role.
func mismatch(id, pinned, where, found string) *Error {
	if pinned[0] != found[0] {
		return &Error{Rule: "key-wrong-type", ID: id, args: []any{
			fmt.Sprintf("the seed of %s in %s", id, where), diag.Article(Role(pinned[0]).String()), diag.Article(Role(found[0]).String())}}
	}
	otherwise := "name the source that holds it with --keys"
	if strings.Contains(id, "/signing/") || strings.Contains(id, "/user/") { // no identity key
		otherwise = "replace the pin with jsc keys rotate"
	}
	return &Error{Rule: "key-mismatch", ID: id, args: []any{id, found, pinned},
		hint: fmt.Sprintf("Put the seed of the pinned key into %s, or %s.", where, otherwise)}
}

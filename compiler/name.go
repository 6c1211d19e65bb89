package compiler

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"jsc/schema"
	"jsc/schema/diag"
)

// maxName is how many bytes a name may have; longer ones make file names and
// subjects that systems refuse.
const maxName = 255

// names are the NATS names that are taken in one scope, and by whom.
type names = dict[schema.Entity]

// claim takes e's NATS name in a scope for what, as in "account". It reports a
// name that cannot be used or that is taken, and whether it was free. Two of
// one address the loader has reported; and where a name could not be worked out,
// nobody knows that it is taken.
func (p *pass) claim(taken *names, what string, e schema.Entity) bool {
	h := e.Header()
	if why := nameFault(h.Name); why != "" {
		p.add(diag.New("bad-name", h.LabelOrNameRange(), h.Name, why))
	}
	first, dup := taken.get(h.Name)
	if dup && (first.Header().Address() == h.Address() || first.Header().NameFailed() || h.NameFailed()) {
		return false
	}
	if dup {
		d := diag.New("duplicate-name", h.LabelOrNameRange(), what, h.Name)
		p.add(diag.WithNote(d, first.Header().LabelOrNameRange(), "%s %q is declared here first", what, h.Name))
		return false
	}
	taken.add(h.Name, e)
	return true
}

// nameFault says why a name cannot be used; "" for one that can. Characters
// that cannot be seen make two names look the same (docs/security.md D3).
func nameFault(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case len(name) > maxName:
		return "it is longer than 255 bytes"
	case !utf8.ValidString(name):
		return "it is not UTF-8"
	}
	return hiddenIn(name)
}

// hiddenIn says which character of a name cannot be seen; "" for none.
func hiddenIn(name string) string {
	for _, r := range name {
		if diag.HiddenInName(r) {
			return fmt.Sprintf("it holds the invisible character U+%04X", r)
		}
	}
	return ""
}

// quote writes a name the way messages do.
func quote(s string) string { return strconv.Quote(s) }

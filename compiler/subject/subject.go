// Package subject owns the algebra of NATS subjects: which are valid, which
// share a message (Overlap), which takes all that another takes (Contains),
// what a mapping may say, and an index that answers these questions against
// tens of thousands of subjects without comparing pairs.
//
// Rules are nats-server's (server/sublist.go): tokens are separated by ".",
// "*" is exactly one token, ">" one or more and only at the end; both are
// wildcards only where they are the whole token.
package subject

import (
	"errors"
	"strings"
)

// The wildcards.
const (
	Any  = "*" // exactly one token
	Rest = ">" // one or more tokens, as the last token
)

// Errors of Valid; each is the reason alone, to follow the subject's name.
var (
	errEmpty      = errors.New("it is empty")
	errEmptyToken = errors.New("a token between two dots is empty")
	errSpace      = errors.New("it holds white space")
	errRest       = errors.New("\">\" may only be the last token")
)

// Valid returns nil for a subject that may be subscribed to, else the reason
// why it may not.
func Valid(s string) error {
	if s == "" {
		return errEmpty
	}
	var found error // of the tokens so far; white space is said before it
	rested := false
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			switch s[i] {
			case ' ', '\t', '\r', '\n', '\f':
				return errSpace
			}
			continue
		}
		switch {
		case found != nil:
		case i == start:
			found = errEmptyToken
		case rested:
			found = errRest
		}
		rested = s[start:i] == Rest
		start = i + 1
	}
	return found
}

// Literal reports that s has no wildcard.
func Literal(s string) bool {
	for token := range strings.SplitSeq(s, ".") {
		if token == Any || token == Rest {
			return false
		}
	}
	return true
}

// Overlap reports that some literal subject matches both a and b. Both must
// be valid.
func Overlap(a, b string) bool {
	for a, b = differing(a, b); ; {
		ta, resta, morea := strings.Cut(a, ".")
		tb, restb, moreb := strings.Cut(b, ".")
		if ta == Rest || tb == Rest {
			return true
		}
		if ta != tb && ta != Any && tb != Any {
			return false
		}
		if morea != moreb {
			return false
		}
		if !morea {
			return true
		}
		a, b = resta, restb
	}
}

// Contains reports that every literal subject that matches narrow matches wide
// too; equal subjects contain each other. Both must be valid.
func Contains(wide, narrow string) bool {
	for wide, narrow = differing(wide, narrow); ; {
		tw, restw, morew := strings.Cut(wide, ".")
		tn, restn, moren := strings.Cut(narrow, ".")
		if tw == Rest {
			return true
		}
		if tn == Rest || tw != tn && tw != Any {
			return false
		}
		if morew != moren {
			return false
		}
		if !morew {
			return true
		}
		wide, narrow = restw, restn
	}
}

// differing is what is left of two subjects without the tokens, equal in both,
// that they begin with, but for the last: nothing needs to be known of these.
func differing(a, b string) (string, string) {
	token := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			break
		}
		if a[i] == '.' {
			token = i + 1
		}
	}
	return a[token:], b[token:]
}

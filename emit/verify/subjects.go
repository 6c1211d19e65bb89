package verify

import (
	"strings"

	"jsc/compiler"
)

// token is what a probe puts where a subject has a wildcard.
const token = "jsc"

// literal is a subject that matches the pattern: wildcards become a token.
func literal(pattern string) string { return fill(strings.Split(pattern, ".")) }

func fill(tokens []string) string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		if t == "*" || t == ">" {
			t = token
		}
		out[i] = t
	}
	return strings.Join(out, ".")
}

// common is a subject that matches both patterns; ok is false when none does.
func common(a, b string) (s string, ok bool) {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	var out []string
	for i := 0; ; i++ {
		switch {
		case i == len(x) && i == len(y):
			return fill(out), true
		case i < len(x) && x[i] == ">" && i < len(y):
			return fill(append(out, y[i:]...)), true
		case i < len(y) && y[i] == ">" && i < len(x):
			return fill(append(out, x[i:]...)), true
		case i >= len(x) || i >= len(y):
			return "", false
		case x[i] == "*":
			out = append(out, y[i])
		case y[i] == "*" || y[i] == x[i]:
			out = append(out, x[i])
		default:
			return "", false
		}
	}
}

// commonOf is a subject that matches one of each list; an empty list matches
// all.
func commonOf(a, b []string) (s string, ok bool) {
	if len(a) == 0 {
		a = []string{">"}
	}
	if len(b) == 0 {
		b = []string{">"}
	}
	for _, x := range a {
		for _, y := range b {
			if s, ok := common(x, y); ok {
				return s, true
			}
		}
	}
	return "", false
}

// ends are a literal subject of the exporter's and the one at which the
// importer sees it: in both a wildcard becomes the same token.
func ends(g *compiler.Grant) (there, here string) {
	there, here = g.Subject, g.ClientSubject()
	if strings.HasPrefix(there, "$JS.ACK.") {
		// Consumers listen for acks with all their five numbers only (ADR-15).
		const numbers = ".1.1.1.1.0"
		return strings.TrimSuffix(there, ".>") + numbers, strings.TrimSuffix(here, ".>") + numbers
	}
	return literal(there), literal(here)
}

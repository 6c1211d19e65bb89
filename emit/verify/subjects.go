package verify

import (
	"strings"

	"jsc/compiler"
	"jsc/compiler/subject"
)

// token is what a probe puts where a subject has a wildcard.
const token = "jsc"

// literal is a subject that matches the pattern: wildcards become a token.
func literal(pattern string) string {
	tokens := strings.Split(pattern, ".")
	for i, t := range tokens {
		if t == subject.Any || t == subject.Rest {
			tokens[i] = token
		}
	}
	return strings.Join(tokens, ".")
}

// common is a literal subject that matches both patterns; ok is false when none
// does.
func common(a, b string) (s string, ok bool) {
	both, ok := subject.Intersection(a, b)
	if !ok {
		return "", false
	}
	return literal(both), true
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

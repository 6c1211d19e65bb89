package schema

import (
	"regexp"

	"jsc/schema/diag"
)

// shortestSecret is the least length of what FindSecret finds.
const shortestSecret = len("-----BEGIN A NKEY SEED-----")

// credsBlock is the header of a block that holds a seed, or of the user JWT
// that stands before one in a .creds file (jwt's DecorateSeed and
// FormatUserConfig). A decorated activation token is no secret.
var credsBlock = regexp.MustCompile(`-----BEGIN (NATS USER JWT|[A-Z0-9]+ NKEY SEED)-----`)

// ageIdentity is a private key of age, which opens age: sources: of either type
// that age makes, and no sooner than it has 32 bytes, in bech32's characters.
var ageIdentity = regexp.MustCompile(`AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{52}`)

// FindSecret looks for what must never stand in a topology: a seed by its shape
// (see diag.FindSeed), the header of a creds block, or an age identity. It
// returns the offset of the first.
func FindSecret(data []byte) (offset int, ok bool) {
	offset, length := diag.FindSeed(data)
	ok = length > 0
	for _, shape := range []*regexp.Regexp{credsBlock, ageIdentity} {
		if found := shape.FindIndex(data); found != nil && (!ok || found[0] < offset) {
			offset, ok = found[0], true
		}
	}
	return offset, ok
}

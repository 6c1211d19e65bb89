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

// FindSecret looks for what must never stand in a topology: a seed by its shape
// (see diag.FindSeed), or the header of a creds block. It returns the offset of
// the first.
func FindSecret(data []byte) (offset int, ok bool) {
	seed, length := diag.FindSeed(data)
	if block := credsBlock.FindIndex(data); block != nil && (length == 0 || block[0] < seed) {
		return block[0], true
	}
	return seed, length > 0
}

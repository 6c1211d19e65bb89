package schema

import (
	"bytes"
	"regexp"
)

const (
	// seedLength is the length of a seed's text: two bytes of type, 32 of seed and
	// two of checksum in base32 (nkeys' EncodeSeed).
	seedLength = 58
	// cutSeedLength is the least length that still has the whole seed: the
	// checksum is cut off.
	cutSeedLength = 55
	// shortestSecret is the least length of what FindSecret finds.
	shortestSecret = len("-----BEGIN A NKEY SEED-----")
)

// credsBlock is the header of a block that holds a seed, or of the user JWT
// that stands before one in a .creds file (jwt's DecorateSeed and
// FormatUserConfig). A decorated activation token is no secret.
var credsBlock = regexp.MustCompile(`-----BEGIN (NATS USER JWT|[A-Z0-9]+ NKEY SEED)-----`)

// FindSecret looks for what must never stand in a topology: a seed by its
// shape, S, a type and 56 more base32 characters, whether or not its checksum
// is right, or there at all; or the header of a creds block. It returns the offset of the first.
func FindSecret(data []byte) (offset int, ok bool) {
	seed, found := findSeed(data)
	if block := credsBlock.FindIndex(data); block != nil && (!found || block[0] < seed) {
		return block[0], true
	}
	return seed, found
}

// findSeed looks through the runs of base32 characters. A run of a seed's
// length needs only its first two characters; in a longer one, where S and a
// type stand by chance, the two characters after them must be a seed's too.
func findSeed(data []byte) (int, bool) {
	for i := 0; i < len(data); {
		if !isBase32(data[i]) {
			i++
			continue
		}
		start := i
		for i < len(data) && isBase32(data[i]) {
			i++
		}
		run := data[start:i]
		switch {
		case len(run) < cutSeedLength:
		case len(run) < seedLength:
			if isSeedStart(run) && isFirstHalf(run) {
				return start, true
			}
		case len(run) == seedLength && isSeedStart(run):
			return start, true
		}
		for at := 0; at+seedLength <= len(run); at++ {
			if isSeedStart(run[at:]) && isFirstHalf(run[at:]) {
				return start + at, true
			}
		}
	}
	return 0, false
}

// isSeedStart knows the types of nkeys: operator, account, user, server (N),
// cluster, curve (X).
func isSeedStart(b []byte) bool {
	return b[0] == 'S' && bytes.IndexByte([]byte("OAUNCX"), b[1]) >= 0
}

// isFirstHalf knows how every seed goes on: the type's last three bits are 0, so
// that the third character is A and the fourth one of the alphabet's first half.
func isFirstHalf(b []byte) bool { return b[2] == 'A' && 'A' <= b[3] && b[3] <= 'P' }

func isBase32(c byte) bool {
	return 'A' <= c && c <= 'Z' || '2' <= c && c <= '7'
}

package schema

import "github.com/nats-io/nkeys"

// publicKeyLength is that of every public key: a prefix byte, 32 bytes of key
// and two of checksum, in base32.
const publicKeyLength = 56

// letters is base32's alphabet: the letter a key begins with is its role's.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// IsPublicKey reports whether text is the public key of a role, and one that
// everything accepts which reads it later: of the right length, without the
// line breaks that base32 skips, and none of the points of small order, for
// which anybody can sign.
func IsPublicKey(text string, role nkeys.PrefixByte) bool {
	return len(text) == publicKeyLength && text[0] == letters[role>>3] && nkeys.IsValidPublicKey(text)
}

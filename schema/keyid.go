package schema

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nkeys"
)

// ID joins parts to the ID of a key or a token, as the lock has it:
// "account/ACCTA/user/order-service". In each part a slash, a percent sign,
// control characters and bytes that are no UTF-8 are percent-encoded.
func ID(parts ...string) string {
	if !slices.ContainsFunc(parts, encodes) {
		return strings.Join(parts, "/")
	}
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		for j, r := range part {
			if !mustEncode(r, part[j:]) {
				b.WriteRune(r)
				continue
			}
			n := len(string(r))
			if r == invalidRune {
				n = 1
			}
			for k := range n {
				fmt.Fprintf(&b, "%%%02X", part[j+k])
			}
		}
	}
	return b.String()
}

// encodes reports that ID may have to encode something of a part.
func encodes(part string) bool {
	for i := range len(part) {
		if c := part[i]; c < 0x20 || c > 0x7e || c == '/' || c == '%' {
			return true
		}
	}
	return false
}

const invalidRune = '\uFFFD'

// mustEncode reports whether r, which rest begins with, cannot stand in an ID.
func mustEncode(r rune, rest string) bool {
	return r == '/' || r == '%' || r < 0x20 || 0x7f <= r && r <= 0x9f ||
		r == invalidRune && !strings.HasPrefix(rest, string(invalidRune))
}

// Keys tells the public key of an ID, as ID makes it, and whether it is
// pinned. An unpinned one has no key yet; see StandIn.
type Keys func(id string) (public string, pinned bool)

// PublicKey is the key of an ID: the one that keys has pinned, else its
// stand-in. A nil keys has pinned none.
func PublicKey(keys Keys, id string) string {
	if keys != nil {
		if pub, ok := keys(id); ok {
			return pub
		}
	}
	return StandIn(id)
}

// StandIn is the public key that stands for the key of an ID until one is
// pinned: well-formed, of the ID's role, derived from the ID alone, and of no
// use to anybody, since no seed of it is known. Nothing with a stand-in in it
// is ever written.
func StandIn(id string) string {
	sum := sha256.Sum256([]byte("jsc stand-in " + id))
	key, err := nkeys.Encode(role(id), sum[:])
	if err != nil {
		panic(err) // the prefix is one of three valid ones
	}
	return string(key)
}

// role is the kind of key that an ID names: a user's, an operator's, else an
// account's. Signing keys are of the kind of what they sign for.
func role(id string) nkeys.PrefixByte {
	parts := strings.Split(id, "/")
	switch {
	case parts[0] == "operator":
		return nkeys.PrefixByteOperator
	case len(parts) == 4 && parts[2] == "user":
		return nkeys.PrefixByteUser
	}
	return nkeys.PrefixByteAccount
}

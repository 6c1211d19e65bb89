// Package keys owns the custody of seeds. Nothing else in jsc sees one: other
// packages ask a Ring for a Signer by public key and get signatures.
//
// A Ring is an ordered list of sources (dir:, env:, file:, age:, exec:), opened
// by Open and read only when a key is first asked for. It refuses to use a seed
// that is not the pinned key's, a seed file that others can read or that git
// tracks, and to write creds where git would add them; it never overwrites a
// seed, but a revoked user's in its creds. Every type that holds a seed prints as [redacted].
package keys

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"

	"github.com/nats-io/nkeys"

	"jsc/schema"
)

// Signer signs with one key, wherever its seed is. Implementations are safe
// for concurrent use.
type Signer interface {
	// PublicKey is the key's nkey, as in "OA…".
	PublicKey() string
	// Sign returns the Ed25519 signature of data, 64 bytes; the same data gives
	// the same signature. It does not change or keep data.
	Sign(data []byte) ([]byte, error)
}

// Role is what a key is for: the first letter of its public key.
type Role byte

// The roles whose keys sign JWTs or are signed for.
const (
	Operator Role = 'O'
	Account  Role = 'A'
	User     Role = 'U'
)

var roles = []struct {
	role   Role
	name   string
	prefix nkeys.PrefixByte
}{
	{Operator, "operator", nkeys.PrefixByteOperator},
	{Account, "account", nkeys.PrefixByteAccount},
	{User, "user", nkeys.PrefixByteUser},
}

// String is the role's name in nkeys: "operator", "account", "user"; "" for
// any other Role.
func (r Role) String() string {
	for _, row := range roles {
		if row.role == r {
			return row.name
		}
	}
	return ""
}

// prefix is the role's nkeys prefix byte.
func (r Role) prefix() nkeys.PrefixByte {
	for _, row := range roles {
		if row.role == r {
			return row.prefix
		}
	}
	return nkeys.PrefixByteUnknown
}

// RoleOf returns the role of a public key; ok is false when it is no valid
// public key of an operator, an account or a user.
func RoleOf(publicKey string) (role Role, ok bool) {
	for _, row := range roles {
		if schema.IsPublicKey(publicKey, row.prefix) {
			return row.role, true
		}
	}
	return 0, false
}

// Key is a Signer whose seed is in this process. Its seed can only be stored
// (Ring.Store), written into creds (Ring.WriteCreds) or encrypted
// (Ring.ExportAge); printed in any way it is [redacted].
type Key struct {
	public string
	role   Role
	secret secret
}

// secret gives the private key: the 32 bytes of the seed, then the public key;
// nothing after wipe. It is a function because fmt calls no methods on
// unexported fields and follows pointers there (at %s, say), but prints a
// function as an address: so neither does a struct that holds a Key show it.
type secret func() *ed25519.PrivateKey

var errWiped = errors.New("the key's seed was wiped")

// Generate makes a new key from the system's randomness. An unknown role is a
// bug and panics.
func Generate(role Role) *Key {
	var raw [ed25519.SeedSize]byte
	rand.Read(raw[:]) // never fails: crypto/rand ends the process instead
	defer clear(raw[:])
	return newKey(role, raw[:])
}

// newKey makes a key of a role from a raw seed, which it does not keep.
func newKey(role Role, raw []byte) *Key {
	private := ed25519.NewKeyFromSeed(raw)
	public, err := nkeys.Encode(role.prefix(), private[ed25519.SeedSize:])
	if err != nil {
		panic("keys: no role " + string(rune(role)))
	}
	return &Key{public: string(public), role: role, secret: func() *ed25519.PrivateKey { return &private }}
}

// PublicKey is the key's nkey, as in "AB…".
func (k *Key) PublicKey() string { return k.public }

// Role is what the key is for.
func (k *Key) Role() Role { return k.role }

// Sign returns the Ed25519 signature of data. The private key was derived once,
// with the Key; nkeys' own KeyPair derives it anew at every signature.
func (k *Key) Sign(data []byte) ([]byte, error) {
	private := *k.secret()
	if len(private) == 0 {
		return nil, errWiped
	}
	return ed25519.Sign(private, data), nil
}

// wipe overwrites the seed; after it Sign fails. It must not run beside Sign.
func (k *Key) wipe() {
	private := k.secret()
	clear(*private)
	*private = nil
}

// seed is the seed in nkeys' text form, 58 characters; the caller clears it.
func (k *Key) seed() ([]byte, error) {
	private := *k.secret()
	if len(private) == 0 {
		return nil, errWiped
	}
	return nkeys.EncodeSeed(k.role.prefix(), private[:ed25519.SeedSize])
}

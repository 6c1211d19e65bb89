// Package lock owns the lock file: the public facts of a topology that a clock
// or randomness decided once (which key an entity has, when a token was issued,
// what was revoked) and that every later build reads instead of deciding anew.
//
// It reads and writes bytes and knows the file's format, the form of its IDs
// and how two branches' locks merge. It refuses whatever Encode could not have
// meant: a lock is never guessed at and never regenerated. It opens no file,
// reads no clock and holds no secret.
package lock

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// format is the only format that Parse reads and Encode writes.
const format = 1

// Lock is a lock file's content. Its maps are never nil when New, Parse, Clone
// or Merge made it.
type Lock struct {
	Keys    map[string]string     // key ID → public nkey
	Tokens  map[string]Token      // token ID → what was issued last
	Revoked map[string]Revocation // RevocationID or UserRevocationID → since when
	Retired map[string][]string   // key ID → public nkeys that never return, sorted
}

// Token is what was issued under a token ID. Times are Unix seconds.
type Token struct {
	IssuedAt int64  // the JWT's iat
	Subject  string // the JWT's sub, a public nkey; of an activation the grantee account's
	Expires  int64  // the JWT's exp, 0 for never
	Claims   string // "sha256:" and 64 hex digits: the digest of what was declared
}

// NoneYet is the Before of a Revocation that refuses no token: the user keeps a
// former token that outlives the one in its place (keep_old_tokens), and whatever
// ends the user some day has to last as long.
const NoneYet = 1

// New returns a lock that pins nothing.
func New() *Lock {
	return &Lock{
		Keys:    map[string]string{},
		Tokens:  map[string]Token{},
		Revoked: map[string]Revocation{},
		Retired: map[string][]string{},
	}
}

// Clone returns a copy that shares nothing with l.
func (l *Lock) Clone() *Lock {
	c := New()
	maps.Copy(c.Keys, l.Keys)
	maps.Copy(c.Tokens, l.Tokens)
	maps.Copy(c.Revoked, l.Revoked)
	for id, keys := range l.Retired {
		c.Retired[id] = slices.Clone(keys)
	}
	return c
}

// Equal reports whether l and other encode to the same bytes.
func (l *Lock) Equal(other *Lock) bool {
	return maps.Equal(l.Keys, other.Keys) &&
		maps.Equal(l.Tokens, other.Tokens) &&
		maps.Equal(l.Revoked, other.Revoked) &&
		maps.EqualFunc(l.Retired, other.Retired, func(a, b []string) bool {
			return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
		})
}

// Retire adds the public key to those that never return under the key ID.
func (l *Lock) Retire(keyID, publicKey string) {
	if i, found := slices.BinarySearch(l.Retired[keyID], publicKey); !found {
		l.Retired[keyID] = slices.Insert(l.Retired[keyID], i, publicKey)
	}
}

// Name returns the file name of the lock that belongs to a topology: x.lock.json
// for x.hcl and x.hcl.json, jsc.lock.json for a folder. The lock stands beside
// the file, or in the folder.
func Name(topologyPath string) string {
	base := filepath.Base(topologyPath)
	for _, ext := range []string{".hcl.json", ".hcl"} {
		if stem, ok := strings.CutSuffix(base, ext); ok && stem != "" {
			return stem + ".lock.json"
		}
	}
	return "jsc.lock.json"
}

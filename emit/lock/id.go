package lock

import (
	"strings"

	"github.com/nats-io/nkeys"

	"jsc/schema"
)

// OperatorID is the key and token ID of an operator.
func OperatorID(operator string) string { return schema.ID("operator", operator) }

// OperatorSigningKeyID is the key ID of an operator's signing key.
func OperatorSigningKeyID(operator, label string) string {
	return schema.ID("operator", operator, "signing", label)
}

// AccountID is the key and token ID of an account.
func AccountID(account string) string { return schema.ID("account", account) }

// SigningKeyID is the key ID of an account's signing key.
func SigningKeyID(account, label string) string {
	return schema.ID("account", account, "signing", label)
}

// UserID is the key and token ID of a user.
func UserID(account, user string) string { return schema.ID("account", account, "user", user) }

// ActivationID is the token ID of what lets account to use the export of
// account from; kind is "stream" or "service", subject the token's.
func ActivationID(from, kind, subject, to string) string {
	return schema.ID("activation", from, kind, subject, to)
}

// RevocationID is the ID of revoked activations. It is made of public keys, not
// of names: a renamed account must not shed what was revoked (docs/security.md B1).
func RevocationID(issuer, kind, subject, grantee string) string {
	return schema.ID(issuer, kind, subject, grantee)
}

// UserRevocationID is the ID of a revoked user, by public keys; user "*" is all
// users of the account.
func UserRevocationID(account, user string) string { return schema.ID(account, "user", user) }

// RevokeID is the ID under which the lock remembers when a revoke block
// without a time was first seen: by the account's key, what the block's user
// is, as for UserRevocationID, and the block's label.
func RevokeID(account, user, label string) string { return schema.ID(account, "user", user, label) }

// Parts is the inverse of schema.ID; ok is false for what that does not return,
// an empty part included.
func Parts(id string) (parts []string, ok bool) {
	return appendParts(make([]string, 0, mostParts), id)
}

// mostParts is how many parts an ID has at most.
const mostParts = 5

// appendParts appends the parts of id, as Parts gives them.
func appendParts(parts []string, id string) (all []string, ok bool) {
	for part := range strings.SplitSeq(id, "/") {
		parts = append(parts, part)
	}
	if strings.IndexByte(id, '%') < 0 && isPlain(id) {
		for _, part := range parts {
			if part == "" {
				return nil, false
			}
		}
		return parts, true
	}
	for i, part := range parts {
		decoded, ok := decodePart(part)
		if !ok || decoded == "" {
			return nil, false
		}
		parts[i] = decoded
	}
	// One name has one ID: an encoding that was not needed is refused too.
	return parts, schema.ID(parts...) == id
}

func decodePart(part string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(part); i++ {
		if part[i] != '%' {
			b.WriteByte(part[i])
			continue
		}
		if i+2 >= len(part) {
			return "", false
		}
		high, low := strings.IndexByte(upperHex, part[i+1]), strings.IndexByte(upperHex, part[i+2])
		if high < 0 || low < 0 {
			return "", false
		}
		b.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return b.String(), true
}

const upperHex = "0123456789ABCDEF"

// isPlain reports whether s is printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// form is a shape of ID: literal parts and, for any other part, what it must
// be. subject is the role of the public key that the ID's entry holds.
type form struct {
	parts   []string
	subject nkeys.PrefixByte
}

// Parts of a form that are no literals.
const (
	anyName    = "*"
	accountKey = "*A"
	userOrAll  = "*U|all" // a user key, or "*" for all users
	exportKind = "*stream|service"
)

var (
	keyForms = []form{
		{[]string{"account", anyName}, nkeys.PrefixByteAccount},
		{[]string{"account", anyName, "signing", anyName}, nkeys.PrefixByteAccount},
		{[]string{"account", anyName, "user", anyName}, nkeys.PrefixByteUser},
		{[]string{"operator", anyName}, nkeys.PrefixByteOperator},
		{[]string{"operator", anyName, "signing", anyName}, nkeys.PrefixByteOperator},
	}
	tokenForms = []form{
		{[]string{"account", anyName}, nkeys.PrefixByteAccount},
		{[]string{"account", anyName, "user", anyName}, nkeys.PrefixByteUser},
		{[]string{"activation", anyName, exportKind, anyName, anyName}, nkeys.PrefixByteAccount},
		{[]string{"operator", anyName}, nkeys.PrefixByteOperator},
	}
	revocationForms = []form{
		{[]string{accountKey, exportKind, anyName, accountKey}, nkeys.PrefixByteAccount},
		{[]string{accountKey, "user", userOrAll}, nkeys.PrefixByteUser},
		{[]string{accountKey, "user", userOrAll, anyName}, nkeys.PrefixByteUser},
	}
)

// Role returns which kind of nkey the key ID stands for; ok is false for what
// is no key ID.
func Role(keyID string) (role nkeys.PrefixByte, ok bool) {
	return match(keyForms, keyID)
}

func match(forms []form, id string) (subject nkeys.PrefixByte, ok bool) {
	var room [mostParts]string
	parts, ok := appendParts(room[:0], id)
	if !ok {
		return 0, false
	}
	for _, f := range forms {
		if f.matches(parts) {
			return f.subject, true
		}
	}
	return 0, false
}

func (f form) matches(parts []string) bool {
	if len(parts) != len(f.parts) {
		return false
	}
	for i, want := range f.parts {
		var ok bool
		switch want {
		case anyName:
			ok = true
		case accountKey:
			ok = schema.IsPublicKey(parts[i], nkeys.PrefixByteAccount)
		case userOrAll:
			ok = parts[i] == "*" || schema.IsPublicKey(parts[i], nkeys.PrefixByteUser)
		case exportKind:
			ok = parts[i] == "stream" || parts[i] == "service"
		default:
			ok = parts[i] == want
		}
		if !ok {
			return false
		}
	}
	return true
}

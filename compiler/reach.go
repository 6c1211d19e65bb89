package compiler

import (
	"strings"

	"jsc/compiler/subject"
)

// Internal names what of an account's streams a subject reaches, as in "the
// JetStream API"; "" when it reaches none of it.
func Internal(s string) string {
	first, _, _ := strings.Cut(s, ".")
	for _, i := range internal {
		wide, whole := strings.CutSuffix(i.prefix, ".")
		if whole && subject.Overlap(s, wide+"."+subject.Rest) || !whole && strings.HasPrefix(first, i.prefix) {
			return i.what
		}
	}
	return ""
}

// Effective are the permissions that servers hold the user to: those of its
// signing key's role or its own, or the account's defaults where these say
// nothing (server/accounts.go, buildInternalNkeyUser).
func (u *User) Effective() Permissions {
	p := u.Permissions
	if u.Scoped {
		p = u.SignedBy.Role.Permissions
	}
	if p.empty() && u.Account.Defaults != nil {
		return *u.Account.Defaults
	}
	return p
}

package compiler

import "jsc/schema"

// Role is what users of a scoped signing key may do.
type Role struct {
	Permissions Permissions
	Limits      UserLimits
}

// UserLimits are how and how much a user may connect. -1 is unlimited, an
// empty list is no limit.
type UserLimits struct {
	Subscriptions, Data, Payload int64
	Bearer                       bool // the token alone connects
	ProxyRequired                bool
	SourceNetworks               []string // CIDRs
	Times                        []schema.TimeRange
	Locale                       string
	ConnectionTypes              []string // sorted
}

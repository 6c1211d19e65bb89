package compiler

import (
	"time"

	"github.com/hashicorp/hcl/v2"
)

// Mapping maps the messages of a subject to destinations.
type Mapping struct {
	From string
	To   []Destination // in order of declaration
}

// Destination is where a mapping leads a part of its messages.
type Destination struct {
	Subject string
	Weight  int    // percent
	Cluster string // "" for all
}

// Revocation ends the tokens of a user, or of all, that were issued until a
// moment.
type Revocation struct {
	Label  string
	User   string    // a user's public key, or "*"
	Before time.Time // zero: when the lock first has it
	At     hcl.Range // where Before is said
}

// AuthCallout hands the account's connects to an authorization service.
type AuthCallout struct {
	Users           []string // public keys, sorted
	AllowedAccounts []string // public keys, sorted, or "*" alone
	XKey            string   // curve key; "" when requests are not encrypted
}

// Trace says where traces of messages with a trace parent go.
type Trace struct {
	Destination string
	Sampling    int // percent
}

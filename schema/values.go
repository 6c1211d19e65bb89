package schema

import "time"

// Duration is a span of time as nats-server keeps it: nanoseconds.
type Duration = time.Duration

// Size is a number of bytes.
type Size int64

// Limit is a number or a number of bytes; Unlimited is written "unlimited".
type Limit int64

// Unlimited is what NATS writes for a limit that is none.
const Unlimited Limit = -1

// Sampling is how many requests are measured: percent, 1 to 100, or
// samplingHeaders.
type Sampling int

// samplingHeaders, written "headers", measures those whose headers ask for it.
const samplingHeaders Sampling = -1

// Expiry is when something ends: a moment, or a span counted from when its
// token is issued. Exactly one of the two is set.
type Expiry struct {
	At    time.Time
	After time.Duration
}

// Subject is a NATS subject that has passed the loader's check: no empty
// token, no white space, ">" only as the last token.
type Subject string

// LabelOrRef is an attribute that takes a label (or a name, or a public key)
// as a string, or a reference.
type LabelOrRef struct {
	Text   string // "" when a reference was given
	Entity Entity // nil when a string was given
}

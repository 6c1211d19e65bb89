package compiler

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"jsc/schema/diag"
)

// Update says what nats-server does with a changed field of a stream or a
// consumer that exists (server/stream.go configUpdateCheckLocked,
// consumer.go checkNewConsumerConfig; tried on 2.15.2).
type Update string

// What may change.
const (
	Mutable   Update = "yes"
	Immutable Update = "no"
	OneWay    Update = "from false to true only"
	Identity  Update = "no: it is the name"
	// Ignored: the server takes the update and does nothing.
	Ignored Update = "no: the server ignores it"
	// Paused: the server ignores it too, and has a request of its own for it.
	Paused Update = "by nats consumer pause and resume"
)

// Field is one field of nats-server's StreamConfig or ConsumerConfig, C.
type Field[C any] struct {
	Name    string // in JSON
	Value   string // the row is about this value of the field alone; "" for the field
	Default string // in words
	Level   int    // the JetStream API level that it needs; 0 for the first
	Since   string // the server that has it, as in "2.11"; "" before 2.10
	Update  Update
	used    func(*C) bool // it is used; nil where every server has it
}

// StreamFields are the fields of a stream, in the server's order, and the
// values that only newer servers know.
var StreamFields = []Field[StreamConfig]{
	{Name: "name", Default: "the label", Update: Identity},
	{Name: "description", Default: "none", Update: Mutable},
	{Name: "subjects", Default: "the name, unless it has a mirror or sources", Update: Mutable},
	{Name: "retention", Default: "limits", Update: "between limits and interest"},
	{Name: "max_consumers", Default: "unlimited", Update: Mutable},
	{Name: "max_msgs", Default: "unlimited", Update: Mutable},
	{Name: "max_bytes", Default: "unlimited", Update: Mutable},
	{Name: "max_age", Default: "unlimited", Update: Mutable},
	{Name: "max_msgs_per_subject", Default: "unlimited", Update: Mutable},
	{Name: "max_msg_size", Default: "unlimited", Update: Mutable},
	{Name: "discard", Default: "old", Update: Mutable},
	{Name: "storage", Default: "file", Update: Immutable},
	{Name: "num_replicas", Default: "1", Update: "in a cluster, not during a move"},
	{Name: "no_ack", Default: "false", Update: Mutable},
	{Name: "duplicate_window", Default: "2m or max_age, whichever is less; none with a mirror or sources", Update: Mutable},
	{Name: "placement", Default: "none", Update: "yes: the stream moves"},
	{Name: "mirror", Default: "none", Update: "may only be removed"},
	{Name: "sources", Default: "none", Update: Mutable},
	{Name: "compression", Default: "none", Since: "2.10", Update: "yes: for new blocks",
		used: func(c *StreamConfig) bool { return c.Compression != "none" }},
	{Name: "first_seq", Default: "1", Since: "2.10", Update: Ignored,
		used: func(c *StreamConfig) bool { return c.FirstSeq > 0 }},
	{Name: "subject_transform", Default: "none", Since: "2.10", Update: Mutable,
		used: func(c *StreamConfig) bool { return c.SubjectTransform != nil }},
	{Name: "republish", Default: "none", Update: Mutable},
	{Name: "allow_direct", Default: "false", Update: Mutable},
	{Name: "mirror_direct", Default: "the origin's allow_direct, where the origin is in the same account", Update: Mutable},
	{Name: "discard_new_per_subject", Default: "false", Update: Mutable},
	{Name: "sealed", Default: "false", Update: OneWay},
	{Name: "deny_delete", Default: "false", Update: OneWay},
	{Name: "deny_purge", Default: "false", Update: OneWay},
	{Name: "allow_rollup_hdrs", Default: "false; true with subject_delete_marker_ttl or allow_msg_schedules", Update: Mutable},
	{Name: "consumer_limits", Default: "none", Since: "2.10", Update: "yes, unless a consumer exceeds it",
		used: func(c *StreamConfig) bool { return c.ConsumerLimits != ConsumerLimits{} }},
	{Name: "allow_msg_ttl", Default: "false; true with subject_delete_marker_ttl", Level: 1, Since: "2.11", Update: OneWay,
		used: func(c *StreamConfig) bool { return c.AllowMsgTTL && c.SubjectDeleteMarkerTTL == 0 }}, // else that implies it
	{Name: "subject_delete_marker_ttl", Default: "none", Level: 1, Since: "2.11", Update: Mutable,
		used: func(c *StreamConfig) bool { return c.SubjectDeleteMarkerTTL > 0 }},
	{Name: "allow_msg_counter", Default: "false", Level: 2, Since: "2.12", Update: Immutable,
		used: func(c *StreamConfig) bool { return c.AllowMsgCounter }},
	{Name: "allow_atomic", Default: "false", Level: 2, Since: "2.12", Update: Mutable,
		used: func(c *StreamConfig) bool { return c.AllowAtomic }},
	{Name: "allow_msg_schedules", Default: "false", Level: 2, Since: "2.12", Update: OneWay,
		used: func(c *StreamConfig) bool { return c.AllowMsgSchedules }},
	{Name: "persist_mode", Default: "default", Level: 2, Since: "2.12", Update: Immutable,
		used: func(c *StreamConfig) bool { return c.PersistMode != "" }},
	{Name: "allow_batched", Default: "false", Level: 4, Since: "2.14", Update: Mutable,
		used: func(c *StreamConfig) bool { return c.AllowBatched }},
	{Name: "metadata", Default: "none", Since: "2.10", Update: Mutable,
		used: func(c *StreamConfig) bool { return len(c.Metadata) > 0 }},
}

// newSources are what only newer servers know of a mirror or a source. Their
// levels are not asked for by the server that has the stream, but by the one
// that has the origin.
var newSources = []Field[StreamSource]{
	{Name: "subject_transform", Since: "2.10", used: func(s *StreamSource) bool { return len(s.SubjectTransforms) > 0 }},
	{Name: "consumer", Level: 4, Since: "2.14", used: func(s *StreamSource) bool { return s.Consumer != nil }},
}

// checkVersion reports what a stream and its consumers use that the least
// server of the deployment does not know.
func (p *pass) checkVersion(s *Stream) {
	least := p.t.Server.Version
	for _, f := range StreamFields {
		if !f.newer(&s.Config, least) {
			continue
		}
		if at, ok := siteOf(s.Src).at(f.Name); ok {
			p.add(diag.New("min-server-version", at, f.needs(siteOf(s.Src).attribute(f.Name), least)))
		}
	}
	for o := range s.origins() {
		for _, f := range newSources {
			if f.newer(o.StreamSource, least) {
				p.add(diag.New("min-server-version", o.src.Def(), f.needs(f.Name+" of a "+o.word(), least)))
			}
		}
	}
	for _, c := range s.Consumers {
		for _, f := range ConsumerFields {
			if !f.newer(&c.Config, least) {
				continue
			}
			if at, ok := siteOf(c.Src).at(f.Name); ok {
				p.add(diag.New("min-server-version", at, f.needs(f.Name, least)))
			}
		}
	}
}

// newer reports that c uses f and a server of version least does not know it.
func (f Field[C]) newer(c *C, least string) bool {
	return f.used != nil && f.used(c) && versionLess(least, f.Since)
}

func (f Field[C]) needs(name, least string) string {
	if f.Value != "" {
		name = fmt.Sprintf("%s = %q", name, f.Value)
	}
	return newerThan(name, f.Since, least)
}

// newerThan says that something needs a newer server than the least.
func newerThan(name, since, least string) string {
	return fmt.Sprintf("%s needs nats-server %s, and server.version is %s", name, since, least)
}

// versionLess compares the first two numbers of versions, as in "2.15"; both
// must have them.
func versionLess(a, b string) bool {
	ma, mb := majorMinor(a), majorMinor(b)
	return cmp.Or(cmp.Compare(ma[0], mb[0]), cmp.Compare(ma[1], mb[1])) < 0
}

func majorMinor(version string) (numbers [2]int) {
	for i, part := range strings.SplitN(version, ".", 3) {
		if i < len(numbers) {
			numbers[i], _ = strconv.Atoi(part) // compileServer has checked it
		}
	}
	return numbers
}

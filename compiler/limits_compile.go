package compiler

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

const unlimited = int64(schema.Unlimited)

// limit is an attribute's number; def when it is not set. least is the least
// number that is a limit to the server: 1 where it takes 0 for unlimited.
func (p *pass) limit(name string, attr schema.Attr[schema.Limit], def, least int64) int64 {
	if attr.Invalid() {
		return unlimited // the loader has said why
	}
	n := int64(attr.Or(schema.Limit(def)))
	if attr.IsSet() && n < least && n != unlimited {
		due := "at least " + strconv.FormatInt(least, 10) + " or \"unlimited\""
		p.add(diag.New("bad-value", attr.Range(), name, due, strconv.FormatInt(n, 10)))
		return unlimited // nothing is held against what is no limit
	}
	return n
}

// compileLimits makes an account's limits: what is not written is unlimited.
func (p *pass) compileLimits(src *schema.Limits) Limits {
	if src == nil {
		src = &schema.Limits{}
	}
	return Limits{
		Connections:     p.limit("connections", src.Connections, unlimited, 0),
		LeafNodes:       p.limit("leaf_nodes", src.LeafNodes, unlimited, 0),
		Subscriptions:   p.limit("subscriptions", src.Subscriptions, unlimited, 0),
		Data:            p.limit("data", src.Data, unlimited, 0),
		Payload:         p.limit("payload", src.Payload, unlimited, 0),
		Imports:         p.limit("imports", src.Imports, unlimited, 0),
		Exports:         p.limit("exports", src.Exports, unlimited, 0),
		WildcardExports: src.WildcardExports.Or(true),
		DisallowBearer:  src.DisallowBearer.Or(false),
	}
}

// compileJetStream makes an account's JetStream: flat, or in tiers. Limits
// outside of tiers are refused, since jwt's decoder zeroes them.
func (p *pass) compileJetStream(a *Account, src *schema.AccountJetStream) {
	if src == nil {
		return
	}
	if len(src.Tiers) == 0 {
		a.JetStream = &JetStream{JetStreamLimits: p.jetStreamLimits(&src.JetStreamLimits)}
		return
	}
	a.JetStream = &JetStream{}
	for _, at := range flatLimits(&src.JetStreamLimits) {
		p.add(diag.New("tier-and-flat-limits", at.where, a.Name, at.name))
	}
	var taken names
	for _, t := range src.Tiers {
		if !p.claim(&taken, "tier", t) {
			continue
		}
		replicas, ok := tierReplicas(t.Name)
		if !ok {
			p.add(diag.New("bad-value", t.LabelOrNameRange(), "a tier", "one of R1 to R5", quote(t.Name)))
			continue
		}
		a.JetStream.Tiers = append(a.JetStream.Tiers, Tier{Replicas: replicas, JetStreamLimits: p.jetStreamLimits(&t.JetStreamLimits)})
	}
	slices.SortFunc(a.JetStream.Tiers, func(x, y Tier) int { return x.Replicas - y.Replicas })
}

// tierReplicas reads "R1" to "R5", the only tiers that a stream can have
// (server/jetstream.go, tierName; a stream has at most 5 replicas).
func tierReplicas(name string) (int, bool) {
	if len(name) != 2 || name[0] != 'R' || name[1] < '1' || name[1] > '5' {
		return 0, false
	}
	return int(name[1] - '0'), true
}

// jetStreamLimits makes one set of limits. Disk alone means no memory, memory
// alone no disk, neither means all of the disk and no memory.
func (p *pass) jetStreamLimits(src *schema.JetStreamLimits) JetStreamLimits {
	disk := int64(0)
	if !src.Memory.IsSet() {
		disk = unlimited
	}
	l := JetStreamLimits{
		Memory:           p.limit("memory", src.Memory, 0, 0),
		Disk:             p.limit("disk", src.Disk, disk, 0),
		Streams:          p.limit("streams", src.Streams, unlimited, 1),
		Consumers:        p.limit("consumers", src.Consumers, unlimited, 1),
		MaxAckPending:    p.limit("max_ack_pending", src.MaxAckPending, unlimited, 1),
		MemoryMaxStream:  p.limit("memory_max_stream", src.MemoryMaxStream, unlimited, 1),
		DiskMaxStream:    p.limit("disk_max_stream", src.DiskMaxStream, unlimited, 1),
		MaxBytesRequired: src.MaxBytesRequired.Or(false),
	}
	if l.Memory == 0 && l.Disk == 0 && !src.Memory.Invalid() && !src.Disk.Invalid() {
		p.add(diag.New("bad-value", src.Disk.RangeOr(src.Memory.Range()), "memory or disk", "above 0", "0 in both, which turns JetStream off"))
	}
	return l
}

// flatLimit is a limit that is written outside of tiers.
type flatLimit struct {
	name  string
	where hcl.Range
}

func flatLimits(src *schema.JetStreamLimits) []flatLimit {
	var set []flatLimit
	for _, l := range []struct {
		name string
		attr schema.Attr[schema.Limit]
	}{
		{"memory", src.Memory}, {"disk", src.Disk}, {"streams", src.Streams}, {"consumers", src.Consumers},
		{"max_ack_pending", src.MaxAckPending}, {"memory_max_stream", src.MemoryMaxStream}, {"disk_max_stream", src.DiskMaxStream},
	} {
		if l.attr.IsSet() {
			set = append(set, flatLimit{l.name, l.attr.NameRange()})
		}
	}
	if src.MaxBytesRequired.IsSet() {
		set = append(set, flatLimit{"max_bytes_required", src.MaxBytesRequired.NameRange()})
	}
	return set
}

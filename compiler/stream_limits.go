package compiler

import (
	"fmt"
	"math"

	"jsc/schema"
	"jsc/schema/diag"
)

// reservation is what streams of one tier have taken so far.
type reservation struct {
	streams int64
	disk    int64 // bytes
	memory  int64
}

// checkStreamLimits holds the account's streams, in the order in which they are
// given, to its JetStream limits as the server counts them
// (server/jetstream.go checkBytesLimits, jetstream_api.go tieredReservation):
// a stream that sets max_bytes reserves them, once a replica under flat limits;
// one without needs room for a byte.
func (p *pass) checkStreamLimits(a *Account, streams []*Stream) {
	if len(streams) == 0 {
		return
	}
	if a.JetStream == nil {
		if a.External || a.System {
			return // its owner's to say, or refused by checkSystemAccount
		}
		s := streams[0]
		p.lacking(a, "jetstream", diag.New("account-without-jetstream", s.Src.Header().LabelOrNameRange(), "stream "+s.Config.Name, a.Name))
		return
	}
	var taken reservations
	for _, s := range streams {
		p.checkStreamLimit(a, s, &taken)
	}
}

// reservations are those of tiers, by their replicas; under flat limits the
// first is that of all.
type reservations [maxReplicas + 1]reservation

func (p *pass) checkStreamLimit(a *Account, s *Stream, taken *reservations) {
	c := &s.Config
	report := func(rule, text string, fields ...string) {
		if at, ok := siteOf(s.Src).at(fields...); ok {
			p.add(diag.New(rule, at, text))
		}
	}
	limits, ok := a.JetStream.limitsFor(c.Replicas)
	if !ok {
		report("stream-limits-account", fmt.Sprintf("account %s has no tier R%d, which stream %s needs", a.Name, c.Replicas, c.Name), "num_replicas")
		return
	}
	tier, copies := 0, int64(max(c.Replicas, 1))
	if len(a.JetStream.Tiers) > 0 {
		tier, copies = c.Replicas, 1
	}
	r := &taken[tier]
	if r.streams++; limits.Streams > 0 && r.streams > limits.Streams {
		report("stream-limits-account", fmt.Sprintf("account %s may have %d streams, and %s is one more", a.Name, limits.Streams, c.Name))
	}
	if limits.Consumers > 0 && c.MaxConsumers > limits.Consumers {
		report("stream-limits-account", fmt.Sprintf("max_consumers is %d, and account %s allows %d", c.MaxConsumers, a.Name, limits.Consumers), "max_consumers")
	}

	total, each, reserved := limits.Disk, limits.DiskMaxStream, &r.disk
	if c.Storage == "memory" {
		total, each, reserved = limits.Memory, limits.MemoryMaxStream, &r.memory
	}
	switch {
	case limits.MaxBytesRequired && c.MaxBytes <= 0:
		report("max-bytes-required", fmt.Sprintf("stream %s must set max_bytes, by account %s", c.Name, a.Name), "max_bytes")
	case each > 0 && c.MaxBytes > each:
		report("stream-limits-account", fmt.Sprintf("max_bytes is %s, and account %q allows %s a stream", schema.FormatSize(c.MaxBytes), a.Name, schema.FormatSize(each)), "max_bytes")
	case total == 0:
		report("stream-limits-account", fmt.Sprintf("account %s has no room for streams in %s", a.Name, storageWords[c.Storage]), "storage")
	case total > 0:
		need, have := times(max(c.MaxBytes, 1), copies), total-*reserved
		if need > have {
			report("stream-limits-account", fmt.Sprintf("stream %q takes %s of account %q, which has %s left of %s",
				c.Name, schema.FormatSize(need), a.Name, schema.FormatSize(have), schema.FormatSize(total)), "max_bytes")
		} else if c.MaxBytes > 0 {
			*reserved += need
		}
	}
}

var storageWords = map[string]string{"file": "files", "memory": "memory"}

// times stops at the largest number; both are at least 1.
func times(a, b int64) int64 {
	if b > math.MaxInt64/a {
		return math.MaxInt64
	}
	return a * b
}

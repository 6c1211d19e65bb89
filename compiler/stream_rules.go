package compiler

import (
	"fmt"
	"math"

	"jsc/compiler/subject"
	"jsc/schema"
)

// streamCheck is a stream under check.
type streamCheck struct {
	*Stream
	*StreamConfig
	clusterSize int
}

// ofMirror is what a mirror cannot have.
var ofMirror = []struct {
	field string
	set   func(c *StreamConfig) bool
}{
	{"first_seq", func(c *StreamConfig) bool { return c.FirstSeq > 0 }},
	{"allow_msg_counter", func(c *StreamConfig) bool { return c.AllowMsgCounter }},
	{"allow_atomic", func(c *StreamConfig) bool { return c.AllowAtomic }},
	{"allow_batched", func(c *StreamConfig) bool { return c.AllowBatched }},
	{"allow_msg_schedules", func(c *StreamConfig) bool { return c.AllowMsgSchedules }},
	{"subject_delete_marker_ttl", func(c *StreamConfig) bool { return c.SubjectDeleteMarkerTTL > 0 }},
}

// streamRules are the server's rules that a stream's own fields decide
// (server/stream.go checkStreamCfgLocked), with those of jsStreamCreateRequest.
// Rules over subjects, sources and limits are functions of their own.
var streamRules = append([]rule[streamCheck]{
	{"stream-name", nil, func(c streamCheck) []any {
		if _, bucket := c.Src.(*schema.Bucket); bucket {
			return nil // bucket-name says it
		}
		why := assetName(c.Name)
		if why != "" {
			return sentence("the stream name %q %s", c.Name, why)
		}
		return nil
	}},
	{"bad-name", nil, func(c streamCheck) []any {
		if _, bucket := c.Src.(*schema.Bucket); bucket {
			return nil // likewise
		}
		return hiddenName(c.Name)
	}},
	{"bad-value", []string{"description"}, func(c streamCheck) []any { return badDescription(c.Description) }},
	{"bad-value", []string{"metadata"}, func(c streamCheck) []any { return badMetadata(c.Metadata) }},
	{"bad-value", []string{"metadata"}, func(c streamCheck) []any { return reservedMetadata(c.Metadata) }},
	{"bad-value", []string{"max_consumers"}, func(c streamCheck) []any { return badLimit("max_consumers", c.MaxConsumers, math.MaxInt64) }},
	{"bad-value", []string{"max_msgs"}, func(c streamCheck) []any { return badLimit("max_msgs", c.MaxMsgs, math.MaxInt64) }},
	{"bad-value", []string{"max_bytes"}, func(c streamCheck) []any { return badLimit("max_bytes", c.MaxBytes, math.MaxInt64) }},
	{"bad-value", []string{"max_msgs_per_subject"}, func(c streamCheck) []any {
		return badLimit(c.word("max_msgs_per_subject"), c.MaxMsgsPerSubject, math.MaxInt64)
	}},
	{"bad-value", []string{"max_msg_size"}, func(c streamCheck) []any {
		return badLimit(c.word("max_msg_size"), c.MaxMsgSize, math.MaxInt32)
	}},
	{"bad-value", []string{"max_age"}, func(c streamCheck) []any { return badPeriod(c.word("max_age"), c.MaxAge, minPeriod) }},
	{"bad-value", []string{"duplicate_window", "max_age"}, func(c streamCheck) []any {
		if c.MaxAge == c.DuplicateWindow {
			return nil // the default, and max_age says it
		}
		return badPeriod("duplicate_window", c.DuplicateWindow, minPeriod)
	}},
	{"duplicate-window-over-max-age", []string{"duplicate_window", "max_age"}, func(c streamCheck) []any {
		if c.MaxAge >= minPeriod && c.DuplicateWindow > c.MaxAge {
			return sentence("duplicate_window is %v, longer than max_age, %v", schema.FormatDuration(c.DuplicateWindow), schema.FormatDuration(c.MaxAge))
		}
		return nil
	}},
	{"bad-value", []string{"subject_delete_marker_ttl"}, func(c streamCheck) []any {
		return badPeriod(c.word("subject_delete_marker_ttl"), c.SubjectDeleteMarkerTTL, 1e9)
	}},
	{"bad-value", []string{"consumer_limits.inactive_threshold"}, func(c streamCheck) []any {
		return badPeriod("inactive_threshold", c.ConsumerLimits.InactiveThreshold, 0)
	}},
	{"bad-value", []string{"consumer_limits.max_ack_pending"}, func(c streamCheck) []any {
		return badLimit("max_ack_pending", c.ConsumerLimits.MaxAckPending, math.MaxInt64)
	}},
	{"field-conflict", []string{"deny_purge", "allow_rollup_hdrs"}, func(c streamCheck) []any {
		if c.DenyPurge && c.AllowRollup {
			return []any{"deny_purge", "allow_rollup_hdrs"}
		}
		return nil
	}},
	{"field-conflict", []string{"allow_msg_counter", "discard"}, func(c streamCheck) []any {
		if c.AllowMsgCounter && c.Discard == "new" {
			return []any{"allow_msg_counter", `discard = "new"`}
		}
		return nil
	}},
	{"field-conflict", []string{"allow_msg_counter", "allow_msg_ttl"}, func(c streamCheck) []any {
		if c.AllowMsgCounter && c.AllowMsgTTL {
			return []any{"allow_msg_counter", "messages' own lifetimes"}
		}
		return nil
	}},
	{"field-conflict", []string{"allow_msg_counter", "allow_msg_schedules"}, func(c streamCheck) []any {
		if c.AllowMsgCounter && c.AllowMsgSchedules {
			return []any{"allow_msg_counter", "allow_msg_schedules"}
		}
		return nil
	}},
	{"field-conflict", []string{"allow_msg_counter", "retention"}, func(c streamCheck) []any {
		if c.AllowMsgCounter && c.Retention != "limits" {
			return []any{"allow_msg_counter", fmt.Sprintf("retention = %q", c.Retention)}
		}
		return nil
	}},
	{"discard-new-per-subject", []string{"discard_new_per_subject", "discard"}, func(c streamCheck) []any {
		if c.DiscardNewPerSubject && c.Discard != "new" {
			return sentence(`discard_new_per_subject needs discard = "new"`)
		}
		return nil
	}},
	{"discard-new-per-subject", []string{"discard_new_per_subject", "max_msgs_per_subject"}, func(c streamCheck) []any {
		if c.DiscardNewPerSubject && c.Discard == "new" && c.MaxMsgsPerSubject <= 0 {
			return sentence("discard_new_per_subject needs max_msgs_per_subject")
		}
		return nil
	}},
	{"field-conflict", []string{"allow_msg_schedules", "discard"}, func(c streamCheck) []any {
		if c.AllowMsgSchedules && c.Discard == "new" {
			return []any{"allow_msg_schedules", `discard = "new"`}
		}
		return nil
	}},
	{"field-conflict", []string{"allow_msg_schedules", "source"}, func(c streamCheck) []any {
		if c.AllowMsgSchedules && len(c.Sources) > 0 {
			return []any{"allow_msg_schedules", "source"}
		}
		return nil
	}},
	{"field-conflict", []string{"persist_mode", "storage"}, func(c streamCheck) []any {
		if c.PersistMode == "async" && c.Storage != "file" {
			return []any{`persist_mode = "async"`, `storage = "memory"`}
		}
		return nil
	}},
	{"field-conflict", []string{"persist_mode", "num_replicas"}, func(c streamCheck) []any {
		if c.PersistMode == "async" && c.Replicas > 1 {
			return []any{`persist_mode = "async"`, "num_replicas above 1"}
		}
		return nil
	}},
	{"field-conflict", []string{"persist_mode", "allow_atomic"}, func(c streamCheck) []any {
		if c.PersistMode == "async" && c.AllowAtomic {
			return []any{`persist_mode = "async"`, "allow_atomic"}
		}
		return nil
	}},
	{"mirror-with-subjects", []string{"subjects", "mirror"}, func(c streamCheck) []any {
		if c.Mirror != nil && len(c.Subjects) > 0 {
			return sentence("mirror %s cannot have subjects", c.Name)
		}
		return nil
	}},
	{"mirror-and-sources", []string{"source", "mirror"}, func(c streamCheck) []any {
		if c.Mirror != nil && len(c.Sources) > 0 {
			return sentence("stream %s has a mirror and sources", c.Name)
		}
		return nil
	}},
	{"field-requires", []string{"mirror_direct"}, func(c streamCheck) []any {
		if c.MirrorDirect && c.Mirror == nil {
			return []any{"mirror_direct", "a mirror"}
		}
		return nil
	}},
	{"bad-value", []string{"sealed"}, func(c streamCheck) []any {
		if c.Sealed {
			return []any{"sealed", "false when a stream is made", "true"}
		}
		return nil
	}},
	{"bad-value", []string{"placement.preferred", "placement"}, func(c streamCheck) []any {
		if c.Placement != nil && c.Placement.Preferred != "" {
			return []any{"preferred", "absent", "set: the server does not take it"}
		}
		return nil
	}},
	{"stream-replicas", []string{"num_replicas"}, func(c streamCheck) []any {
		word := c.word("num_replicas")
		switch {
		case c.Replicas < 0 || c.Replicas > maxReplicas:
			return sentence("%s must be from 0 to %d, not %d", word, maxReplicas, c.Replicas)
		case c.Replicas > c.clusterSize:
			return sentence("%s is %d, more than the cluster's size, %d", word, c.Replicas, c.clusterSize)
		}
		return nil
	}},
	{"republish-cycle", []string{"republish.dest", "republish"}, func(c streamCheck) []any {
		if c.Republish == nil {
			return nil
		}
		for _, s := range c.Subjects {
			if subject.Overlap(c.Republish.Dest, s) {
				return sentence("what stream %s republishes to %q it would store again: it stores %q", c.Name, c.Republish.Dest, s)
			}
		}
		return nil
	}},
	{"bad-mapping", []string{"republish.dest", "republish.src"}, func(c streamCheck) []any {
		if c.Republish == nil {
			return nil
		}
		err := subject.ValidMapping(c.Republish.Src, c.Republish.Dest)
		if err != nil {
			return sentence("%q cannot become %q: %v", c.Republish.Src, c.Republish.Dest, err)
		}
		return nil
	}},
	{"bad-mapping", []string{"subject_transform.dest", "subject_transform.src"}, func(c streamCheck) []any {
		if c.SubjectTransform == nil {
			return nil
		}
		t := *c.SubjectTransform
		err := subject.ValidMapping(t.Src, t.Dest)
		if err != nil {
			return sentence("%q cannot become %q: %v", wideIfEmpty(t.Src), t.Dest, err)
		}
		return nil
	}},
}, mirrorRules()...)

func mirrorRules() []rule[streamCheck] {
	var rules []rule[streamCheck]
	for _, k := range ofMirror {
		rules = append(rules, rule[streamCheck]{"field-conflict", []string{k.field, "mirror"}, func(c streamCheck) []any {
			if c.Mirror != nil && k.set(c.StreamConfig) {
				return []any{c.word(k.field), "mirror"}
			}
			return nil
		}})
	}
	return rules
}

// word is the attribute that sets a field of this stream.
func (c streamCheck) word(field string) string { return siteOf(c.Src).attribute(field) }

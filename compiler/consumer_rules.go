package compiler

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jsc/compiler/subject"
	"jsc/schema"
)

// consumerCheck is a consumer under check.
type consumerCheck struct {
	*Consumer
	*ConsumerConfig
	stream *StreamConfig
}

// ofPush are the fields that mean something to a push consumer only. The
// server refuses the first three for a pull consumer and ignores deliver_group.
var ofPush = []struct {
	field string
	set   func(c *ConsumerConfig) bool
}{
	{"rate_limit_bps", func(c *ConsumerConfig) bool { return c.RateLimitBPS > 0 }},
	{"idle_heartbeat", func(c *ConsumerConfig) bool { return c.IdleHeartbeat != 0 && c.AckPolicy != ackFlowControl }},
	{"flow_control", func(c *ConsumerConfig) bool { return c.FlowControl && c.AckPolicy != ackFlowControl }},
	{"deliver_group", func(c *ConsumerConfig) bool { return c.DeliverGroup != "" }},
}

// ofPull are those that mean something to a pull consumer only. For a push
// consumer the server refuses max_waiting and priority groups, and ignores the
// rest.
var ofPull = []struct {
	field string
	set   func(c *ConsumerConfig) bool
}{
	{"max_waiting", func(c *ConsumerConfig) bool { return c.MaxWaiting != 0 }},
	{"max_batch", func(c *ConsumerConfig) bool { return c.MaxBatch != 0 }},
	{"max_expires", func(c *ConsumerConfig) bool { return c.MaxExpires != 0 }},
	{"max_bytes", func(c *ConsumerConfig) bool { return c.MaxBytes != 0 }},
	{"priority_policy", func(c *ConsumerConfig) bool { return c.PriorityPolicy != "" }},
}

// ofAckFlowControl are the fields that ack_policy flow_control excludes. The
// server takes deliver_group, and a stream that is to copy then gets nothing.
var ofAckFlowControl = []struct {
	field string
	set   func(c *ConsumerConfig) bool
}{
	{"ack_wait", func(c *ConsumerConfig) bool { return c.AckWait != 0 }},
	{"backoff", func(c *ConsumerConfig) bool { return len(c.Backoff) > 0 }},
	{"max_deliver", func(c *ConsumerConfig) bool { return c.MaxDeliver > 0 }},
	{"deliver_group", func(c *ConsumerConfig) bool { return c.Push() && c.DeliverGroup != "" }},
}

// starts says which start field each deliver_policy needs; the others are
// refused with it.
var starts = []struct {
	field, policy string
	set           func(c *ConsumerConfig) bool
}{
	{"opt_start_seq", "by_start_sequence", func(c *ConsumerConfig) bool { return c.OptStartSeq > 0 }},
	{"opt_start_time", "by_start_time", func(c *ConsumerConfig) bool { return c.OptStartTime != nil }},
}

var groupName = regexp.MustCompile(`^[a-zA-Z0-9/_=-]{1,16}$`) // server/consumer.go validGroupName

// consumerRules are the server's rules for a consumer and its stream
// (server/consumer.go checkConsumerCfg). Rules over several consumers and over
// filters are functions of their own.
var consumerRules = slices.Concat([]rule[consumerCheck]{
	{"consumer-name", nil, func(c consumerCheck) []any {
		why := assetName(c.Name)
		if why != "" {
			return sentence("the consumer name %q %s", c.Name, why)
		}
		return nil
	}},
	{"bad-name", nil, func(c consumerCheck) []any { return hiddenName(c.Name) }},
	{"bad-value", []string{"description"}, func(c consumerCheck) []any { return badDescription(c.Description) }},
	{"bad-value", []string{"metadata"}, func(c consumerCheck) []any { return badMetadata(c.Metadata) }},
	{"bad-value", []string{"metadata"}, func(c consumerCheck) []any { return reservedMetadata(c.Metadata) }},
	{"bad-value", []string{"direct"}, func(c consumerCheck) []any {
		if c.Direct {
			return []any{"direct", "left to the server", "true"}
		}
		return nil
	}},
	{"bad-value", []string{"sourcing"}, func(c consumerCheck) []any {
		if c.Sourcing {
			return []any{"sourcing", "left to the server", "true"}
		}
		return nil
	}},
	{"bad-value", []string{"max_deliver"}, func(c consumerCheck) []any { return badLimit("max_deliver", c.MaxDeliver, math.MaxInt64) }},
	{"bad-value", []string{"max_ack_pending"}, func(c consumerCheck) []any {
		return badLimit("max_ack_pending", c.MaxAckPending, math.MaxInt64)
	}},
	{"bad-value", []string{"max_waiting"}, func(c consumerCheck) []any { return negative(c, "max_waiting", c.MaxWaiting) }},
	{"bad-value", []string{"max_batch"}, func(c consumerCheck) []any { return negative(c, "max_batch", c.MaxBatch) }},
	{"bad-value", []string{"max_bytes"}, func(c consumerCheck) []any { return negative(c, "max_bytes", c.MaxBytes) }},
	{"bad-value", []string{"max_expires"}, func(c consumerCheck) []any {
		if !c.Push() {
			return badPeriod("max_expires", c.MaxExpires, time.Millisecond)
		}
		return nil
	}},
	{"bad-value", []string{"idle_heartbeat"}, func(c consumerCheck) []any {
		return badPeriod("idle_heartbeat", c.IdleHeartbeat, minPeriod)
	}},
	{"bad-value", []string{"inactive_threshold"}, func(c consumerCheck) []any {
		return badPeriod("inactive_threshold", c.InactiveThreshold, 0)
	}},
	{"bad-value", []string{"priority_timeout"}, func(c consumerCheck) []any {
		return badPeriod("priority_timeout", c.PriorityTimeout, 0)
	}},
	{"bad-value", []string{"ack_wait", "backoff"}, func(c consumerCheck) []any {
		if len(c.Backoff) == 0 {
			return badPeriod("ack_wait", c.AckWait, 0)
		}
		return nil
	}},
	{"bad-value", []string{"backoff"}, func(c consumerCheck) []any {
		for _, wait := range c.Backoff {
			if wait < 0 {
				return []any{"backoff", "of waits that are 0 or longer", "with " + schema.FormatDuration(wait)}
			}
		}
		return nil
	}},
	{"backoff-max-deliver", []string{"max_deliver", "backoff"}, func(c consumerCheck) []any {
		if c.MaxDeliver != -1 && int64(len(c.Backoff)) > c.MaxDeliver {
			return sentence("backoff has %d waits, and max_deliver is %d", len(c.Backoff), c.MaxDeliver)
		}
		return nil
	}},
	{"bad-value", []string{"sample_freq"}, func(c consumerCheck) []any {
		if c.SampleFreq == "" {
			return nil
		}
		n, err := strconv.Atoi(strings.TrimSuffix(c.SampleFreq, "%"))
		if err != nil || n < 0 {
			return []any{"sample_freq", `a percentage, as in "30%"`, fmt.Sprintf("%q", c.SampleFreq)}
		}
		return nil
	}},
	{"bad-value", []string{"num_replicas"}, func(c consumerCheck) []any {
		n, its := c.Replicas, c.stream.Replicas
		switch {
		case n < 0 || n > its:
			return []any{"num_replicas", fmt.Sprintf("from 0 to the stream's %d", its), strconv.Itoa(n)}
		case n != 0 && n != its && c.stream.Retention != "limits":
			return []any{"num_replicas", fmt.Sprintf("0 or the stream's %d, since its retention is %s", its, c.stream.Retention), strconv.Itoa(n)}
		}
		return nil
	}},
	{"bad-subject", []string{"deliver_subject"}, func(c consumerCheck) []any {
		if c.Push() && !subject.Literal(c.DeliverSubject) {
			return []any{c.DeliverSubject, "messages cannot be delivered to wildcards"}
		}
		return nil
	}},
	// The server takes any group. No client can name one with white space, and in
	// a user's permission a group is a pattern (server/client.go
	// splitSubjectQueue): one with wildcards would let the user into others.
	{"bad-value", []string{"deliver_group"}, func(c consumerCheck) []any {
		if g := c.DeliverGroup; c.Push() && g != "" && (subject.Valid(g) != nil || !subject.Literal(g)) {
			return []any{"deliver_group", "a name without white space, wildcards and empty tokens", strconv.Quote(g)}
		}
		return nil
	}},
	{"deliver-subject-cycle", []string{"deliver_subject"}, func(c consumerCheck) []any {
		i := slices.IndexFunc(c.stream.Subjects, func(s string) bool { return c.Push() && subject.Contains(s, c.DeliverSubject) })
		if i < 0 {
			return nil
		}
		return sentence("consumer %s delivers to %q, which its own stream stores as %q", c.Name, c.DeliverSubject, c.stream.Subjects[i])
	}},
	{"field-requires", []string{"ack_policy", "deliver_subject"}, func(c consumerCheck) []any {
		if c.AckPolicy == ackFlowControl && !c.Push() {
			return []any{`ack_policy = "flow_control"`, "deliver_subject"}
		}
		return nil
	}},
	{"bad-value", []string{"max_ack_pending", "ack_policy"}, func(c consumerCheck) []any {
		if c.AckPolicy == ackFlowControl && c.MaxAckPending == -1 {
			return []any{"max_ack_pending", `a number, with ack_policy = "flow_control"`, `"unlimited"`}
		}
		return nil
	}},
	{"field-conflict", []string{"max_ack_pending", "ack_policy"}, func(c consumerCheck) []any {
		if c.Push() && c.AckPolicy == "none" && c.MaxAckPending > 0 {
			what := "max_ack_pending"
			if c.Src != nil && !c.Src.MaxAckPending.IsSet() {
				what += ", which stream " + c.stream.Name + " gives by its consumer_limits,"
			}
			return []any{what, `ack_policy = "none"`}
		}
		return nil
	}},
	{"flow-control-heartbeat", []string{"flow_control", "idle_heartbeat"}, func(c consumerCheck) []any {
		if c.Push() && c.FlowControl && c.IdleHeartbeat == 0 {
			return sentence("consumer %s has flow_control without idle_heartbeat", c.Name)
		}
		return nil
	}},
	{"max-ack-pending-limit", []string{"max_ack_pending"}, func(c consumerCheck) []any {
		most := c.Stream.maxAckPending(c.ConsumerConfig)
		if most > 0 && c.MaxAckPending > most {
			return sentence("max_ack_pending is %d, and account %s allows %d", c.MaxAckPending, c.Stream.Account.Name, most)
		}
		return nil
	}},
	{"max-ack-pending-limit", []string{"max_ack_pending"}, func(c consumerCheck) []any {
		most := c.stream.ConsumerLimits.MaxAckPending
		if most > 0 && c.MaxAckPending > most {
			return sentence("max_ack_pending is %d, and consumer_limits of stream %s allows %d", c.MaxAckPending, c.stream.Name, most)
		}
		return nil
	}},
	{"bad-value", []string{"inactive_threshold"}, func(c consumerCheck) []any {
		most := c.stream.ConsumerLimits.InactiveThreshold
		if most > 0 && c.InactiveThreshold > most {
			return []any{"inactive_threshold", "at most " + schema.FormatDuration(most) + ", by the stream's consumer_limits", schema.FormatDuration(c.InactiveThreshold)}
		}
		return nil
	}},
	{"field-conflict", []string{"filter_subject", "filter_subjects"}, func(c consumerCheck) []any {
		if c.FilterSubject != "" && len(c.FilterSubjects) > 0 {
			return []any{"filter_subject", "filter_subjects"}
		}
		return nil
	}},
	{"field-requires", []string{"deliver_policy", "filter_subject", "filter_subjects"}, func(c consumerCheck) []any {
		if c.DeliverPolicy == "last_per_subject" && len(c.Filters()) == 0 {
			return []any{`deliver_policy = "last_per_subject"`, "filter_subject or filter_subjects"}
		}
		return nil
	}},
	{"field-requires", []string{"priority_policy", "priority_groups"}, func(c consumerCheck) []any {
		if c.PriorityPolicy != "" && len(c.PriorityGroups) == 0 {
			return []any{"priority_policy", "priority_groups"}
		}
		return nil
	}},
	{"field-requires", []string{"priority_groups", "priority_policy"}, func(c consumerCheck) []any {
		if c.PriorityPolicy == "" && len(c.PriorityGroups) > 0 {
			return []any{"priority_groups", "a priority_policy"}
		}
		return nil
	}},
	{"field-requires", []string{"priority_timeout", "priority_policy"}, func(c consumerCheck) []any {
		if c.PriorityPolicy == "" && c.PriorityTimeout > 0 {
			return []any{"priority_timeout", "a priority_policy"}
		}
		return nil
	}},
	{"bad-value", []string{"priority_groups"}, func(c consumerCheck) []any {
		for _, g := range c.PriorityGroups {
			if !groupName.MatchString(g) {
				return []any{"a priority group", "1 to 16 letters, digits, /, _, = or -", fmt.Sprintf("%q", g)}
			}
		}
		return nil
	}},
	{"workqueue-ack", []string{"ack_policy"}, func(c consumerCheck) []any {
		if c.stream.Retention == "workqueue" && c.AckPolicy != "explicit" && c.AckPolicy != ackFlowControl {
			return sentence("consumer %s of a work queue has ack_policy = %q", c.Name, c.AckPolicy)
		}
		return nil
	}},
	{"workqueue-ack", []string{"deliver_policy"}, func(c consumerCheck) []any {
		if c.stream.Retention == "workqueue" && c.DeliverPolicy != "all" {
			return sentence("consumer %s of a work queue has deliver_policy = %q", c.Name, c.DeliverPolicy)
		}
		return nil
	}},
}, modeRules(), startRules())

func modeRules() []rule[consumerCheck] {
	var rules []rule[consumerCheck]
	for _, k := range ofPush {
		rules = append(rules, rule[consumerCheck]{"consumer-push-field", []string{k.field, "deliver_subject"}, func(c consumerCheck) []any {
			if !c.Push() && k.set(c.ConsumerConfig) {
				return sentence("pull consumer %s cannot have %s", c.Name, k.field)
			}
			return nil
		}})
	}
	for _, k := range ofPull {
		rules = append(rules, rule[consumerCheck]{"consumer-pull-field", []string{k.field, "deliver_subject"}, func(c consumerCheck) []any {
			if c.Push() && k.set(c.ConsumerConfig) {
				return sentence("push consumer %s cannot have %s", c.Name, k.field)
			}
			return nil
		}})
	}
	for _, k := range ofAckFlowControl {
		rules = append(rules, rule[consumerCheck]{"field-conflict", []string{k.field, "ack_policy"}, func(c consumerCheck) []any {
			if c.AckPolicy == ackFlowControl && k.set(c.ConsumerConfig) {
				return []any{k.field, `ack_policy = "flow_control"`}
			}
			return nil
		}})
	}
	return rules
}

func startRules() []rule[consumerCheck] {
	var rules []rule[consumerCheck]
	for _, k := range starts {
		fields := []string{k.field, "deliver_policy"}
		rules = append(rules,
			rule[consumerCheck]{"field-requires", []string{"deliver_policy", k.field}, func(c consumerCheck) []any {
				if c.DeliverPolicy == k.policy && !k.set(c.ConsumerConfig) {
					return []any{fmt.Sprintf("deliver_policy = %q", k.policy), k.field}
				}
				return nil
			}},
			rule[consumerCheck]{"field-requires", fields, func(c consumerCheck) []any {
				if c.DeliverPolicy != k.policy && k.set(c.ConsumerConfig) {
					return []any{k.field, fmt.Sprintf("deliver_policy = %q", k.policy)}
				}
				return nil
			}})
	}
	return rules
}

// negative: of a push consumer the field alone is one mistake too many.
func negative(c consumerCheck, name string, v int64) []any {
	if v < 0 && !c.Push() {
		return []any{name, "0 or more", strconv.FormatInt(v, 10)}
	}
	return nil
}

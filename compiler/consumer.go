package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"jsc/schema"
	"jsc/schema/diag"
)

// The server's defaults (server/consumer.go setConsumerConfigDefaults).
const (
	defaultAckWait       = 30 * time.Second
	defaultMaxAckPending = 1000
	defaultMaxWaiting    = 512
	defaultPinnedTTL     = 2 * time.Minute
	sourceHeartbeat      = time.Second // of ack_policy flow_control
)

// ackFlowControl is the ack policy of consumers that streams copy from.
const ackFlowControl = "flow_control"

// compileConsumers makes the consumers of a stream, with every default. Those
// that lost their names to others are in what it returns too.
func (p *pass) compileConsumers(s *Stream, src *schema.Stream) []*Consumer {
	all := make([]*Consumer, 0, len(src.Consumers))
	room := make([]Consumer, len(src.Consumers))
	var byName dict[*Consumer]
	for i, cs := range src.Consumers {
		c := &room[i]
		*c = Consumer{Src: cs, Stream: s, Config: p.consumerConfig(cs, s)}
		all = append(all, c)
		if first, dup := byName.get(c.Config.Name); dup {
			p.duplicateName("consumer", c.Config.Name, first.Src, cs)
			continue
		}
		byName.add(c.Config.Name, c)
		s.Consumers = append(s.Consumers, c)
	}
	slices.SortFunc(s.Consumers, func(x, y *Consumer) int { return cmp.Compare(x.Config.Name, y.Config.Name) })
	return all
}

// consumerConfig is what the server makes of a consumer block of a stream: each
// attribute with its default. ack_policy alone has another than the server's,
// which is none and would lose messages without a word.
func (p *pass) consumerConfig(src *schema.Consumer, s *Stream) ConsumerConfig {
	refuseEmpty(p, "filter_subjects", src.FilterSubjects, "any subject")
	c := ConsumerConfig{
		Name:              src.Name,
		Durable:           src.Name,
		Description:       src.Description.Or(""),
		DeliverPolicy:     src.DeliverPolicy.Or("all"),
		OptStartSeq:       natural(p, src.OptStartSeq, "opt_start_seq"),
		OptStartTime:      p.moment(src.OptStartTime, "opt_start_time"),
		AckPolicy:         src.AckPolicy.Or("explicit"),
		AckWait:           src.AckWait.Or(0),
		MaxDeliver:        limit(src.MaxDeliver),
		Backoff:           src.Backoff.Value,
		FilterSubject:     string(src.FilterSubject.Value),
		FilterSubjects:    texts(src.FilterSubjects.Value),
		ReplayPolicy:      src.ReplayPolicy.Or("instant"),
		RateLimitBPS:      natural(p, src.RateLimitBPS, "rate_limit_bps"),
		SampleFreq:        src.SampleFreq.Or(""),
		MaxWaiting:        src.MaxWaiting.Or(0),
		MaxAckPending:     int64(src.MaxAckPending.Or(0)),
		FlowControl:       src.FlowControl.Or(false),
		HeadersOnly:       src.HeadersOnly.Or(false),
		MaxBatch:          src.MaxBatch.Or(0),
		MaxExpires:        src.MaxExpires.Or(0),
		MaxBytes:          int64(src.MaxBytes.Or(0)),
		DeliverSubject:    string(src.DeliverSubject.Value),
		DeliverGroup:      src.DeliverGroup.Or(""),
		IdleHeartbeat:     src.IdleHeartbeat.Or(0),
		InactiveThreshold: src.InactiveThreshold.Or(0),
		Replicas:          int(src.Replicas.Or(0)),
		MemStorage:        src.MemStorage.Or(false),
		Direct:            src.Direct.Or(false),
		Sourcing:          src.Sourcing.Or(false),
		Metadata:          src.Metadata.Value,
		PauseUntil:        p.moment(src.PauseUntil, "pause_until"),
		PriorityGroups:    src.PriorityGroups.Value,
		PriorityPolicy:    priorityPolicy(src.PriorityPolicy),
		PriorityTimeout:   src.PriorityTimeout.Or(0),
	}
	p.defaultAck(&c, src)
	if !c.Push() && c.MaxWaiting == 0 && !src.DeliverSubject.Invalid() {
		c.MaxWaiting = defaultMaxWaiting
	}
	if c.MaxAckPending == 0 {
		c.MaxAckPending = p.defaultMaxAckPending(&c, s)
	}
	if c.InactiveThreshold == 0 {
		c.InactiveThreshold = s.Config.ConsumerLimits.InactiveThreshold
	}
	if c.PriorityPolicy == "pinned_client" && c.PriorityTimeout == 0 {
		c.PriorityTimeout = defaultPinnedTTL
	}
	return c
}

// defaultAck is what ack_policy and backoff imply. Of ack_policy flow_control
// the server forces the pace; another one that was written is a conflict.
func (p *pass) defaultAck(c *ConsumerConfig, src *schema.Consumer) {
	if c.AckWait == 0 && (c.AckPolicy == "explicit" || c.AckPolicy == "all") {
		c.AckWait = defaultAckWait
	}
	if len(c.Backoff) > 0 && c.AckPolicy != ackFlowControl {
		if src.AckWait.IsSet() && src.AckWait.Value != c.Backoff[0] {
			p.add(diag.WithHint(diag.New("field-conflict", src.AckWait.Range(), "ack_wait", "backoff"),
				"Remove ack_wait: the first wait of backoff, %v, takes its place.", c.Backoff[0]))
		}
		c.AckWait = c.Backoff[0]
	}
	if c.AckPolicy != ackFlowControl {
		return
	}
	policy := fmt.Sprintf("ack_policy = %q", ackFlowControl)
	p.imply(&c.FlowControl, src.FlowControl, true, "flow_control", policy)
	if c.IdleHeartbeat != 0 && c.IdleHeartbeat != sourceHeartbeat {
		p.add(diag.WithHint(diag.New("field-conflict", src.IdleHeartbeat.Range(), "idle_heartbeat", policy),
			"Remove idle_heartbeat: with this policy it is always %v.", sourceHeartbeat))
	}
	c.IdleHeartbeat = sourceHeartbeat
}

// defaultMaxAckPending is the stream's for its consumers; else, where messages
// are acknowledged, 1000 or what the account allows.
func (p *pass) defaultMaxAckPending(c *ConsumerConfig, s *Stream) int64 {
	if n := s.Config.ConsumerLimits.MaxAckPending; n != 0 || c.AckPolicy == "none" {
		return n
	}
	if most := s.maxAckPending(c); most > 0 {
		return min(most, defaultMaxAckPending)
	}
	return defaultMaxAckPending
}

// maxAckPending is the account's limit for a consumer of the stream; 0 or less
// is none.
func (s *Stream) maxAckPending(c *ConsumerConfig) int64 {
	if s.Account.JetStream == nil {
		return 0
	}
	limits, _ := s.Account.JetStream.limitsFor(c.copies(s))
	return limits.MaxAckPending
}

// copies is how many replicas the consumer has.
func (c *ConsumerConfig) copies(s *Stream) int {
	if c.Replicas != 0 {
		return c.Replicas
	}
	return s.Config.Replicas
}

// priorityPolicy is "" for none, which the server leaves out.
func priorityPolicy(a schema.Attr[string]) string {
	if a.Value == "none" {
		return ""
	}
	return a.Value
}

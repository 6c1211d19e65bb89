package compiler

import (
	"bytes"
	"encoding/json"
	"time"

	"jsc/compiler/canonical"
)

// ConsumerConfig is what nats-server answers to the creation of a consumer,
// field for field (server/consumer.go), except for the metadata that it adds
// itself (`_nats.*`). Sizes are bytes, durations nanoseconds, -1 is unlimited.
type ConsumerConfig struct {
	Name              string            `json:"name,omitempty"`
	Durable           string            `json:"durable_name,omitempty"` // equal to Name
	Description       string            `json:"description,omitempty"`
	DeliverPolicy     string            `json:"deliver_policy,omitempty"`
	OptStartSeq       uint64            `json:"opt_start_seq,omitempty"`
	OptStartTime      *time.Time        `json:"opt_start_time,omitempty"` // UTC
	AckPolicy         string            `json:"ack_policy,omitempty"`
	AckWait           time.Duration     `json:"ack_wait,omitempty"`
	MaxDeliver        int64             `json:"max_deliver,omitempty"`
	Backoff           []time.Duration   `json:"backoff,omitempty"`
	FilterSubject     string            `json:"filter_subject,omitempty"`
	FilterSubjects    []string          `json:"filter_subjects,omitempty"`
	ReplayPolicy      string            `json:"replay_policy,omitempty"`
	RateLimitBPS      uint64            `json:"rate_limit_bps,omitempty"` // bits a second
	SampleFreq        string            `json:"sample_freq,omitempty"`
	MaxWaiting        int64             `json:"max_waiting,omitempty"`
	MaxAckPending     int64             `json:"max_ack_pending,omitempty"`
	FlowControl       bool              `json:"flow_control,omitempty"`
	HeadersOnly       bool              `json:"headers_only,omitempty"`
	MaxBatch          int64             `json:"max_batch,omitempty"`
	MaxExpires        time.Duration     `json:"max_expires,omitempty"`
	MaxBytes          int64             `json:"max_bytes,omitempty"`
	DeliverSubject    string            `json:"deliver_subject,omitempty"` // "" for a pull consumer
	DeliverGroup      string            `json:"deliver_group,omitempty"`
	IdleHeartbeat     time.Duration     `json:"idle_heartbeat,omitempty"`
	InactiveThreshold time.Duration     `json:"inactive_threshold,omitempty"`
	Replicas          int               `json:"num_replicas,omitempty"` // 0 is the stream's
	MemStorage        bool              `json:"mem_storage,omitempty"`
	Direct            bool              `json:"direct,omitempty"`   // the server's own
	Sourcing          bool              `json:"sourcing,omitempty"` // the server's own
	Metadata          map[string]string `json:"metadata,omitempty"`
	PauseUntil        *time.Time        `json:"pause_until,omitempty"` // UTC
	PriorityGroups    []string          `json:"priority_groups,omitempty"`
	PriorityPolicy    string            `json:"priority_policy,omitempty"` // "" is none
	PriorityTimeout   time.Duration     `json:"priority_timeout,omitempty"`
}

// Push reports that the consumer delivers by itself to a subject.
func (c *ConsumerConfig) Push() bool { return c.DeliverSubject != "" }

// Filters are the subjects that the consumer delivers; empty for all. The
// slice is c's own where it has several.
func (c *ConsumerConfig) Filters() []string {
	if c.FilterSubject != "" {
		return []string{c.FilterSubject}
	}
	return c.FilterSubjects
}

// JSON is the configuration as `nats consumer add --config` and the JetStream
// API take it: indented, keys sorted, empty values left out, a newline at the
// end.
func (c *ConsumerConfig) JSON() []byte { return c.AppendJSON(nil) }

// AppendJSON appends JSON.
func (c *ConsumerConfig) AppendJSON(out []byte) []byte { return appendConfig(out, c) }

func appendConfig(out []byte, config any) []byte {
	plain := bytes.NewBuffer(out)
	if err := json.NewEncoder(plain).Encode(config); err != nil {
		panic(err) // strings, numbers and times only, years checked by the loader
	}
	both, err := canonical.Append(plain.Bytes(), plain.Bytes()[len(out):])
	if err != nil {
		panic(err) // it was encoded a moment ago
	}
	return append(both[:len(out)], both[plain.Len():]...)
}

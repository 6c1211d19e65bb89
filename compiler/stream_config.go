package compiler

import "time"

// StreamConfig is what nats-server answers to the creation of a stream, field
// for field (server/stream.go), except for the metadata that it adds itself
// (`_nats.*`). Sizes are bytes, durations nanoseconds, -1 is unlimited.
type StreamConfig struct {
	Name                   string            `json:"name,omitempty"`
	Description            string            `json:"description,omitempty"`
	Subjects               []string          `json:"subjects,omitempty"`
	Retention              string            `json:"retention,omitempty"`
	MaxConsumers           int64             `json:"max_consumers,omitempty"`
	MaxMsgs                int64             `json:"max_msgs,omitempty"`
	MaxBytes               int64             `json:"max_bytes,omitempty"`
	MaxAge                 time.Duration     `json:"max_age,omitempty"`
	MaxMsgsPerSubject      int64             `json:"max_msgs_per_subject,omitempty"`
	MaxMsgSize             int64             `json:"max_msg_size,omitempty"`
	Discard                string            `json:"discard,omitempty"`
	Storage                string            `json:"storage,omitempty"`
	Replicas               int               `json:"num_replicas,omitempty"`
	NoAck                  bool              `json:"no_ack,omitempty"`
	DuplicateWindow        time.Duration     `json:"duplicate_window,omitempty"`
	Placement              *Placement        `json:"placement,omitempty"`
	Mirror                 *StreamSource     `json:"mirror,omitempty"`
	Sources                []*StreamSource   `json:"sources,omitempty"`
	Compression            string            `json:"compression,omitempty"`
	FirstSeq               uint64            `json:"first_seq,omitempty"`
	SubjectTransform       *SubjectTransform `json:"subject_transform,omitempty"`
	Republish              *Republish        `json:"republish,omitempty"`
	AllowDirect            bool              `json:"allow_direct,omitempty"`
	MirrorDirect           bool              `json:"mirror_direct,omitempty"`
	DiscardNewPerSubject   bool              `json:"discard_new_per_subject,omitempty"`
	Sealed                 bool              `json:"sealed,omitempty"`
	DenyDelete             bool              `json:"deny_delete,omitempty"`
	DenyPurge              bool              `json:"deny_purge,omitempty"`
	AllowRollup            bool              `json:"allow_rollup_hdrs,omitempty"`
	ConsumerLimits         ConsumerLimits    `json:"consumer_limits,omitzero"`
	AllowMsgTTL            bool              `json:"allow_msg_ttl,omitempty"`
	SubjectDeleteMarkerTTL time.Duration     `json:"subject_delete_marker_ttl,omitempty"`
	AllowMsgCounter        bool              `json:"allow_msg_counter,omitempty"`
	AllowAtomic            bool              `json:"allow_atomic,omitempty"`
	AllowMsgSchedules      bool              `json:"allow_msg_schedules,omitempty"`
	PersistMode            string            `json:"persist_mode,omitempty"` // "" is the server's default
	AllowBatched           bool              `json:"allow_batched,omitempty"`
	Metadata               map[string]string `json:"metadata,omitempty"`
}

// Placement is where in a supercluster a stream lives.
type Placement struct {
	Cluster   string   `json:"cluster,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	Preferred string   `json:"preferred,omitempty"` // the server refuses it
}

// StreamSource is a mirror's origin, or one of a stream's sources.
type StreamSource struct {
	Name              string             `json:"name,omitempty"`
	OptStartSeq       uint64             `json:"opt_start_seq,omitempty"`
	OptStartTime      *time.Time         `json:"opt_start_time,omitempty"` // UTC
	FilterSubject     string             `json:"filter_subject,omitempty"`
	SubjectTransforms []SubjectTransform `json:"subject_transforms,omitempty"`
	External          *External          `json:"external,omitempty"`
	Consumer          *SourceConsumer    `json:"consumer,omitempty"`
}

// External is where another account's or domain's stream is reached.
type External struct {
	API     string `json:"api,omitempty"`
	Deliver string `json:"deliver,omitempty"`
}

// SourceConsumer is the durable consumer that a source copies from.
type SourceConsumer struct {
	Name           string `json:"name,omitempty"`
	DeliverSubject string `json:"deliver_subject,omitempty"`
}

// SubjectTransform is what subjects become.
type SubjectTransform struct {
	Src  string `json:"src,omitempty"`
	Dest string `json:"dest,omitempty"`
}

// Republish is which stored messages are published once more, and where.
type Republish struct {
	Src         string `json:"src,omitempty"`
	Dest        string `json:"dest,omitempty"`
	HeadersOnly bool   `json:"headers_only,omitempty"`
}

// ConsumerLimits is what a stream's consumers may have; they are their
// defaults too.
type ConsumerLimits struct {
	InactiveThreshold time.Duration `json:"inactive_threshold,omitempty"`
	MaxAckPending     int64         `json:"max_ack_pending,omitempty"`
}

// JSON is the configuration as `nats stream add --config` and the JetStream
// API take it: indented, keys sorted, empty values left out, a newline at the
// end.
func (c *StreamConfig) JSON() []byte { return c.AppendJSON(nil) }

// AppendJSON appends JSON.
func (c *StreamConfig) AppendJSON(out []byte) []byte { return appendConfig(out, c) }

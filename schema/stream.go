package schema

import "time"

// Stream is `stream "NAME" {}`: nats-server's StreamConfig under its JSON names.
type Stream struct {
	Head
	Subjects Attr[[]Subject] `hcl:"subjects" doc:"what the stream stores"`
	*StreamSettings
	Consumers []*Consumer `hcl:"consumer" doc:"a consumer: nats-server's ConsumerConfig under its JSON names; push with a deliver_subject, else pull"`
}

// StreamSettings are what a stream has that is mostly the same in many, which
// then share it.
type StreamSettings struct {
	Retention              Attr[string]            `hcl:"retention" enum:"limits,interest,workqueue" doc:"when a stored message may go"`
	MaxConsumers           Attr[Limit]             `hcl:"max_consumers" doc:"how many consumers it may have"`
	MaxMsgs                Attr[Limit]             `hcl:"max_msgs" doc:"how many messages it keeps"`
	MaxBytes               Attr[Limit]             `hcl:"max_bytes" doc:"how many bytes it keeps"`
	MaxAge                 Attr[Duration]          `hcl:"max_age" doc:"how long it keeps a message"`
	MaxMsgsPerSubject      Attr[Limit]             `hcl:"max_msgs_per_subject" doc:"how many messages it keeps of one subject"`
	MaxMsgSize             Attr[Limit]             `hcl:"max_msg_size" doc:"the largest message it takes"`
	Discard                Attr[string]            `hcl:"discard" enum:"old,new" doc:"what goes when it is full"`
	Storage                Attr[string]            `hcl:"storage" enum:"file,memory" doc:"where messages are kept"`
	Replicas               Attr[int64]             `hcl:"num_replicas" doc:"how many servers keep a copy"`
	NoAck                  Attr[bool]              `hcl:"no_ack" doc:"publishers get no acknowledgement"`
	DuplicateWindow        Attr[Duration]          `hcl:"duplicate_window" doc:"how long Nats-Msg-Id is remembered"`
	Placement              *Placement              `hcl:"placement" doc:"where in a supercluster it lives"`
	Mirror                 *StreamSource           `hcl:"mirror" doc:"the stream that this one is a copy of"`
	Sources                []*StreamSource         `hcl:"source" doc:"a stream that is copied into this one; may stand several times"`
	Compression            Attr[string]            `hcl:"compression" enum:"none,s2" doc:"how stored blocks are compressed"`
	FirstSeq               Attr[int64]             `hcl:"first_seq" doc:"the first sequence of a new stream"`
	SubjectTransform       *SubjectTransform       `hcl:"subject_transform" doc:"subjects that become others when stored"`
	Republish              *Republish              `hcl:"republish" doc:"stored messages are published once more"`
	AllowDirect            Attr[bool]              `hcl:"allow_direct" doc:"any replica answers direct gets"`
	MirrorDirect           Attr[bool]              `hcl:"mirror_direct" doc:"mirrors answer direct gets too"`
	DiscardNewPerSubject   Attr[bool]              `hcl:"discard_new_per_subject" doc:"discard new holds for each subject"`
	Sealed                 Attr[bool]              `hcl:"sealed" doc:"nothing goes in or out"`
	DenyDelete             Attr[bool]              `hcl:"deny_delete" doc:"messages cannot be deleted through the API"`
	DenyPurge              Attr[bool]              `hcl:"deny_purge" doc:"the stream cannot be purged"`
	AllowRollup            Attr[bool]              `hcl:"allow_rollup_hdrs" doc:"a message may replace all before it"`
	ConsumerLimits         *ConsumerLimits         `hcl:"consumer_limits" doc:"what the stream's consumers may have"`
	AllowMsgTTL            Attr[bool]              `hcl:"allow_msg_ttl" doc:"a message may carry its own lifetime"`
	SubjectDeleteMarkerTTL Attr[Duration]          `hcl:"subject_delete_marker_ttl" doc:"how long a marker stays where max_age removed a subject's last message"`
	AllowMsgCounter        Attr[bool]              `hcl:"allow_msg_counter" doc:"each subject is a distributed counter"`
	AllowAtomic            Attr[bool]              `hcl:"allow_atomic" doc:"batches may be published atomically"`
	AllowMsgSchedules      Attr[bool]              `hcl:"allow_msg_schedules" doc:"messages may be scheduled"`
	PersistMode            Attr[string]            `hcl:"persist_mode" enum:"default,async" doc:"when a write is acknowledged"`
	AllowBatched           Attr[bool]              `hcl:"allow_batched" doc:"batches may be published fast"`
	Metadata               Attr[map[string]string] `hcl:"metadata" doc:"free words about it"`
}

// Placement is `placement {}`: where in a supercluster an asset lives.
type Placement struct {
	Block
	Cluster   Attr[string]   `hcl:"cluster" doc:"the cluster's name"`
	Tags      Attr[[]string] `hcl:"tags" doc:"tags that a server must have"`
	Preferred Attr[string]   `hcl:"preferred" doc:"refused by the server when a stream is made"`
}

// StreamSource is `mirror {}` or `source {}`: a stream that is copied.
type StreamSource struct {
	Block
	Name              Attr[string]        `hcl:"name" doc:"the stream that is copied"`
	Share             Attr[Entity]        `hcl:"share" ref:"share,accept" doc:"the share it comes through; name, api and deliver prefix are worked out"`
	OptStartSeq       Attr[int64]         `hcl:"opt_start_seq" doc:"the first sequence that is copied"`
	OptStartTime      Attr[time.Time]     `hcl:"opt_start_time" doc:"the moment from which on messages are copied"`
	FilterSubject     Attr[Subject]       `hcl:"filter_subject" doc:"only this subject"`
	SubjectTransforms []*SubjectTransform `hcl:"subject_transform" doc:"subjects that become others when copied"`
	External          *External           `hcl:"external" doc:"the other account's API, as imported by hand; share does it all"`
	Consumer          *SourceConsumer     `hcl:"consumer" doc:"a durable consumer to copy from"`
}

// External is `external {}` of a source: the other account's API, as imported.
type External struct {
	Block
	API     Attr[string] `hcl:"api,required" doc:"the prefix at which the other account's JetStream API is imported"`
	Deliver Attr[string] `hcl:"deliver" doc:"the prefix under which it delivers"`
}

// SourceConsumer is `consumer {}` of a source: a durable consumer to copy from.
type SourceConsumer struct {
	Block
	Name           Attr[string]  `hcl:"name,required" doc:"the durable consumer's name"`
	DeliverSubject Attr[Subject] `hcl:"deliver_subject" doc:"where it delivers, as this account sees it"`
}

// SubjectTransform is `subject_transform {}`.
type SubjectTransform struct {
	Block
	Src  Attr[string] `hcl:"src" doc:"subjects to transform"`
	Dest Attr[string] `hcl:"dest,required" doc:"what they become"`
}

// Republish is `republish {}`: stored messages are published once more.
type Republish struct {
	Block
	Src         Attr[string] `hcl:"src" doc:"which stored subjects; all when absent"`
	Dest        Attr[string] `hcl:"dest,required" doc:"the subject they are published to"`
	HeadersOnly Attr[bool]   `hcl:"headers_only" doc:"without their payload"`
}

// ConsumerLimits is `consumer_limits {}`: what the stream's consumers may have.
type ConsumerLimits struct {
	Block
	InactiveThreshold Attr[Duration] `hcl:"inactive_threshold" doc:"the longest inactive_threshold"`
	MaxAckPending     Attr[Limit]    `hcl:"max_ack_pending" doc:"the largest max_ack_pending"`
}

// Consumer is `consumer "NAME" {}` in a stream: nats-server's ConsumerConfig
// under its JSON names. Its label is its durable name.
type Consumer struct {
	Head
	DeliverSubject Attr[Subject] `hcl:"deliver_subject" doc:"where it delivers; makes it a push consumer"`
	*ConsumerSettings
}

// ConsumerSettings are what a consumer has that is mostly the same in many,
// which then share it.
type ConsumerSettings struct {
	DeliverPolicy     Attr[string]            `hcl:"deliver_policy" enum:"all,last,new,by_start_sequence,by_start_time,last_per_subject" doc:"where it begins"`
	OptStartSeq       Attr[int64]             `hcl:"opt_start_seq" doc:"the first sequence, with by_start_sequence"`
	OptStartTime      Attr[time.Time]         `hcl:"opt_start_time" doc:"the first moment, with by_start_time"`
	AckPolicy         Attr[string]            `hcl:"ack_policy" enum:"none,all,explicit,flow_control" doc:"how messages are acknowledged; explicit when absent"`
	AckWait           Attr[Duration]          `hcl:"ack_wait" doc:"how long it waits for an ack before it delivers again"`
	MaxDeliver        Attr[Limit]             `hcl:"max_deliver" doc:"how often it delivers one message"`
	Backoff           Attr[[]Duration]        `hcl:"backoff" doc:"the waits before each further delivery"`
	FilterSubject     Attr[Subject]           `hcl:"filter_subject" doc:"only this subject"`
	FilterSubjects    Attr[[]Subject]         `hcl:"filter_subjects" doc:"only these subjects"`
	ReplayPolicy      Attr[string]            `hcl:"replay_policy" enum:"instant,original" doc:"how fast stored messages come"`
	RateLimitBPS      Attr[Size]              `hcl:"rate_limit_bps" doc:"bits a second, push only"`
	SampleFreq        Attr[string]            `hcl:"sample_freq" doc:"share of acks that are sampled, as in \"30%\""`
	MaxWaiting        Attr[int64]             `hcl:"max_waiting" doc:"how many pulls may wait, pull only"`
	MaxAckPending     Attr[Limit]             `hcl:"max_ack_pending" doc:"how many messages may be unacknowledged"`
	FlowControl       Attr[bool]              `hcl:"flow_control" doc:"the server paces delivery, push only"`
	HeadersOnly       Attr[bool]              `hcl:"headers_only" doc:"delivers no payload"`
	MaxBatch          Attr[int64]             `hcl:"max_batch" doc:"the largest batch of a pull"`
	MaxExpires        Attr[Duration]          `hcl:"max_expires" doc:"the longest wait of a pull"`
	MaxBytes          Attr[Size]              `hcl:"max_bytes" doc:"the most bytes of a pull"`
	DeliverGroup      Attr[string]            `hcl:"deliver_group" doc:"the queue group that shares its messages"`
	IdleHeartbeat     Attr[Duration]          `hcl:"idle_heartbeat" doc:"how often it says that it lives, push only"`
	InactiveThreshold Attr[Duration]          `hcl:"inactive_threshold" doc:"how long it lives unused"`
	Replicas          Attr[int64]             `hcl:"num_replicas" doc:"how many servers keep its state; 0 is the stream's"`
	MemStorage        Attr[bool]              `hcl:"mem_storage" doc:"its state is kept in memory"`
	Direct            Attr[bool]              `hcl:"direct" doc:"the server's own, refused"`
	Sourcing          Attr[bool]              `hcl:"sourcing" doc:"the server's own, refused"`
	Metadata          Attr[map[string]string] `hcl:"metadata" doc:"free words about it"`
	PauseUntil        Attr[time.Time]         `hcl:"pause_until" doc:"it rests until then, when made"`
	PriorityGroups    Attr[[]string]          `hcl:"priority_groups" doc:"its groups, pull only"`
	PriorityPolicy    Attr[string]            `hcl:"priority_policy" enum:"none,overflow,pinned_client,prioritized" doc:"how groups get messages"`
	PriorityTimeout   Attr[Duration]          `hcl:"priority_timeout" doc:"when a pinned client loses its pin"`
}

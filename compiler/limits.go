package compiler

// Limits are an account's limits. -1 is unlimited.
type Limits struct {
	Connections, LeafNodes int64
	Subscriptions          int64 // of a connection
	Data, Payload          int64 // bytes
	Imports, Exports       int64
	WildcardExports        bool // exports may have wildcards
	DisallowBearer         bool // no bearer users
}

// JetStream says that an account has JetStream, and how much. With tiers the
// limits outside of them are zero (jwt's OperatorLimits.Validate).
type JetStream struct {
	JetStreamLimits
	Tiers []Tier // sorted by replicas; empty: the flat limits hold
}

// Tier is the limits for streams of that many replicas; its name in a token is
// "R" and the number.
type Tier struct {
	Replicas int
	JetStreamLimits
}

// JetStreamLimits are what streams may use in all. -1 is unlimited. Flat
// limits count a stream's bytes once a replica; a tier's count them once.
type JetStreamLimits struct {
	Memory, Disk                   int64 // bytes; 0: no streams of that storage
	Streams                        int64
	Consumers                      int64 // of each stream
	MaxAckPending                  int64 // of a consumer
	MemoryMaxStream, DiskMaxStream int64 // bytes of one stream
	MaxBytesRequired               bool
}

// limitsFor are the limits that hold for streams with that many replicas, and
// whether there are any: with tiers a stream needs one of its own number.
func (j *JetStream) limitsFor(replicas int) (JetStreamLimits, bool) {
	if len(j.Tiers) == 0 {
		return j.JetStreamLimits, true
	}
	for _, t := range j.Tiers {
		if t.Replicas == replicas {
			return t.JetStreamLimits, true
		}
	}
	return JetStreamLimits{}, false
}

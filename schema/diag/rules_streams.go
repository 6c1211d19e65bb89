package diag

// streamRules are nats-server's own rules for streams. A caller gives the
// whole sentence: which field, which value, which limit.
var streamRules = []Rule{
	{
		Name: "stream-name", Severity: fail,
		Message:  "%s",
		Why:      "The name is one token of the stream's API subjects and a folder on the server's disk.",
		Mend:     "Use at most 255 bytes without white space, dots, *, >, / and \\.",
		Stricter: "The server does not look at the name of an external mirror's origin.",
	},
	{
		Name: "stream-subject-overlap", Severity: fail,
		Message: "%s",
		Why:     "A message can be stored by one stream of an account only, so the server refuses the second one.",
		Mend:    "Make the subjects distinct.",
	},
	{
		Name: "stream-captures-api", Severity: fail,
		Message: "%s",
		Why:     "A stream that answers on JetStream's own subjects with acknowledgements breaks every client.",
		Mend:    "Name narrower subjects, or set no_ack.",
	},
	{
		Name: "stream-replicas", Severity: fail,
		Message: "%s",
		Why:     "The server places each replica on a server of its own, and has at most five.",
		Mend:    "Set num_replicas to 1, 3 or 5, and no higher than server.cluster_size.",
	},
	{
		Name: "stream-limits-account", Severity: fail,
		Message: "%s",
		Why:     "The server refuses a stream or a consumer that its account has no room for.",
		Mend:    "Raise the account's JetStream limits, or lower what its streams ask for.",
	},
	{
		Name: "stream-limits-server", Severity: fail, // the stream; its account; its bytes; those left; max_file or max_memory
		Message: "stream %q of account %q takes %s of the server, which has %s left of its %s",
		Why:     "A single server sets max_bytes aside for each stream, and refuses to make one that no longer fits.",
		Mend:    "Raise max_file or max_memory of server.jetstream, or lower the max_bytes of streams.",
	},
	{
		Name: "max-bytes-required", Severity: fail,
		Message: "%s",
		Why:     "The account says max_bytes_required, and the server refuses streams without max_bytes.",
		Mend:    "Set max_bytes on the stream.",
	},
	{
		Name: "mirror-with-subjects", Severity: fail,
		Message: "%s",
		Why:     "A mirror holds what its origin holds, and takes no messages of its own.",
		Mend:    "Remove subjects, or use source instead of mirror.",
	},
	{
		Name: "mirror-and-sources", Severity: fail,
		Message: "%s",
		Why:     "A stream is either an exact copy of one other or a collection from several.",
		Mend:    "Remove the mirror block, or the source blocks.",
	},
	{
		Name: "discard-new-per-subject", Severity: fail,
		Message: "%s",
		Why:     "The setting says what happens at the limit per subject, so it needs that limit and discard \"new\".",
		Mend:    "Set discard = \"new\" and max_msgs_per_subject as well.",
	},
	{
		Name: "duplicate-window-over-max-age", Severity: fail,
		Message: "%s",
		Why:     "The server cannot recognise duplicates of messages that it has already dropped.",
		Mend:    "Lower duplicate_window to max_age or less.",
	},
	{
		Name: "min-server-version", Severity: fail,
		Message: "%s",
		Why:     "An older server refuses the field or silently does without it.",
		Mend:    "Remove the field, or raise server.version once all servers are new enough.",
	},
	{
		Name: "republish-cycle", Severity: fail,
		Message: "%s",
		Why:     "The server refuses to republish into the subjects that the stream itself stores.",
		Mend:    "Republish to subjects that the stream does not capture.",
	},
	{
		Name: "source-duplicate", Severity: fail,
		Message: "%s",
		Why:     "The same messages would be stored twice, so the server refuses it.",
		Mend:    "Remove one of the two, or give them distinct filters.",
	},
	{
		Name: "source-cycle", Severity: fail,
		Message: "%s",
		Why:     "Each copied message would be copied again, for ever, so the server refuses the last stream of the circle.",
		Mend:    "Remove one of the sources, or filter it so that its own messages do not come back.",
	},
	{
		Name: "source-external", Severity: fail,
		Message: "%s",
		Why:     "Another account's or domain's stream is reached over its API prefix, and the server refuses one that is its own.",
		Mend:    "Say share = share.X, or name a prefix and a deliver subject that are imported.",
	},
	{
		Name: "stream-unbounded", Severity: warn,
		Message: "%s",
		Why:     "Such a stream grows until the account or the disk is full, and then every publisher fails.",
		Mend:    "Set max_bytes, max_age or max_msgs.",
	},
	{
		Name: "replicas-even", Severity: warn,
		Message: "%s",
		Why:     "An even number of replicas survives no more failures than the odd one below it, and costs more.",
		Mend:    "Use 1, 3 or 5.",
	},
	{
		Name: "deprecated-field", Severity: warn, // the field; what has replaced it
		Message: "%s is deprecated: %s",
		Why:     "What reads such a field is no longer maintained, and nats-server passes it over where what replaced it is there.",
		Mend:    "Remove the field.",
	},
}

// consumerRules are nats-server's own rules for consumers. A caller gives the
// whole sentence.
var consumerRules = []Rule{
	{
		Name: "consumer-name", Severity: fail,
		Message: "%s",
		Why:     "The name is one token of the consumer's API subjects and a folder on the server's disk.",
		Mend:    "Use at most 255 bytes without white space, dots, *, >, / and \\.",
	},
	{
		Name: "consumer-push-field", Severity: fail,
		Message:  "%s",
		Why:      "A pull consumer has nobody to push to, so the server refuses or ignores the field.",
		Mend:     "Remove the field, or make it a push consumer with deliver_subject.",
		Stricter: "The server takes a deliver_group of a pull consumer, and ignores it.",
	},
	{
		Name: "consumer-pull-field", Severity: fail,
		Message:  "%s",
		Why:      "A push consumer takes no pull requests, so the server refuses or ignores the field.",
		Mend:     "Remove the field, or make it a pull consumer without deliver_subject.",
		Stricter: "The server takes max_batch, max_expires and max_bytes of a push consumer, and ignores them.",
	},
	{
		Name: "deliver-subject-cycle", Severity: fail,
		Message:  "%s",
		Why:      "What is delivered, every heartbeat included, would be stored as new messages, for ever.",
		Mend:     "Deliver to a subject that no stream captures.",
		Stricter: "The server lets another stream store what a consumer delivers.",
	},
	{
		Name: "workqueue-overlap", Severity: fail,
		Message: "%s",
		Why:     "In a work queue each message belongs to one consumer, so no two may match the same subject.",
		Mend:    "Give every consumer filters that do not overlap.",
	},
	{
		Name: "workqueue-ack", Severity: fail,
		Message: "%s",
		Why:     "A work queue removes what was acknowledged, from the first message on, so its consumers must ack each and start at all.",
		Mend:    "Use ack_policy = \"explicit\" and deliver_policy = \"all\".",
	},
	{
		Name: "filter-outside-stream", Severity: fail,
		Message:  "%s",
		Why:      "The server accepts such a filter, and the consumer never gets a message.",
		Mend:     "Use a filter that matches subjects by which the stream stores messages: its own, and those that it copies, after its subject_transform.",
		Stricter: "The server takes any filter.",
	},
	{
		Name: "filter-overlap", Severity: fail,
		Message:  "%s",
		Why:      "The server refuses a consumer with a filter that contains another of its filters.",
		Mend:     "Keep the wider filter only.",
		Stricter: "The server compares an absent src of a transform, which stands for every subject, with nothing.",
	},
	{
		Name: "backoff-max-deliver", Severity: fail,
		Message: "%s",
		Why:     "Every delay in backoff needs a delivery of its own.",
		Mend:    "Raise max_deliver to the number of delays at least, or shorten backoff.",
	},
	{
		Name: "flow-control-heartbeat", Severity: fail,
		Message: "%s",
		Why:     "A stalled flow is noticed by its heartbeats only, so the server asks for them.",
		Mend:    "Set idle_heartbeat, for example to \"5s\".",
	},
	{
		Name: "max-ack-pending-limit", Severity: fail,
		Message: "%s",
		Why:     "The server refuses a consumer with more pending acks than its account or stream allows.",
		Mend:    "Lower max_ack_pending, or raise the limit.",
	},
	{
		Name: "ephemeral-no-ack", Severity: warn,
		Message: "%s",
		Why:     "A consumer that goes away when idle and acknowledges nothing loses messages without a trace.",
		Mend:    "Remove inactive_threshold, or use ack_policy = \"explicit\".",
	},
	{
		Name: "long-poll-threshold", Severity: warn,
		Message: "%s",
		Why:     "A pull that waits longer than the service's response threshold loses the messages that come after it.",
		Mend:    "Keep max_expires below two minutes.",
	},
	{
		Name: "push-over-pull", Severity: Info,
		Message: "%s",
		Why:     "Pull consumers scale over many clients and need no flow control; NATS recommends them for new work.",
		Mend:    "Remove deliver_subject if the clients can pull.",
	},
}

// bucketRules are about key-value and object buckets.
var bucketRules = []Rule{
	{
		Name: "bucket-name", Severity: fail,
		Message: "%s",
		Why:     "Clients refuse a bucket with another name, since it is part of a stream's name and of subjects.",
		Mend:    "Use letters, digits, - and _ only.",
	},
	{
		Name: "bucket-history", Severity: fail,
		Message:  "%s",
		Why:      "Clients keep at most 64 values a key.",
		Mend:     "Set history to a number from 1 to 64.",
		Stricter: "The server knows no buckets, and clients take 0 for 1.",
	},
}

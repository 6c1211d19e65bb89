package verify

import (
	"slices"

	"jsc/compiler"
	"jsc/compiler/subject"
)

// liftedStream and liftedConsumer are the fields that a probe takes out of a
// configuration before it makes the stream or consumer that it fills: bounds
// that its messages would meet, and what would hold them back. None of them
// bears on who may do what.
var (
	liftedStream = []string{
		"max_msgs", "max_bytes", "max_age", "max_msg_size", "max_consumers", "consumer_limits",
		"discard", "discard_new_per_subject", "mirror", "sources", "first_seq",
		"allow_msg_counter", "placement",
		"mirror_direct",    // only with a mirror
		"duplicate_window", // bounded by what is lifted
	}
	liftedConsumer = []string{
		"rate_limit_bps", "pause_until", "replay_policy", "headers_only", "sample_freq",
		"deliver_policy", "opt_start_seq", "opt_start_time",
		"max_batch", "max_bytes", "max_expires",
		"priority_groups", "priority_policy", "priority_timeout",
	}
)

// lift makes the configuration of the shared stream fit to be filled by the
// probe, and finds where it is filled. A stream that copies others takes their
// messages from the probe, and a bucket that is a mirror has the subjects of a
// bucket, which its clients use.
func (p *probe) lift() (stream config, in feeds, err error) {
	s := p.share.Stream
	if stream, err = decodeConfig(s.Config.JSON()); err != nil {
		return nil, nil, err
	}
	for _, field := range liftedStream {
		delete(stream, field)
	}
	filters := p.filters()
	if len(filters) == 0 {
		filters = []string{subject.Rest}
	}
	bucket := bucketSubjects(s)
	switch {
	case p.share.Kind.Writes: // what its importers publish is to be seen
		delete(stream, "max_msgs_per_subject")
		in = (&inlet{arriving: s.Config.Subjects}).feeds(filters)
	case bucket != nil:
		if s.Config.Mirror == nil {
			bucket = s.Config.Subjects
		}
		stream["subjects"] = bucket
		in = (&inlet{arriving: bucket}).feeds(filters)
	default:
		var foreseen bool
		if in, foreseen = feedsOf(s, filters); !foreseen {
			delete(stream, "subject_transform")
		}
		delete(stream, "max_msgs_per_subject")
		stream["subjects"] = in.subjects(s)
		delete(stream, "no_ack") // the probe wants to know what is stored
		if p.share.Kind.Name == "read" && s.Config.Retention == "interest" {
			delete(stream, "retention") // nobody reads yet when the first message comes
		}
	}
	_, err = in.of(s.Config.Name, filters)
	return stream, in, err
}

// liftConsumers makes those of the stream's consumers fit for the probe.
func liftConsumers(s *compiler.Stream) ([]config, error) {
	var out []config
	for _, c := range s.Consumers {
		lifted, err := decodeConfig(c.Config.JSON())
		if err != nil {
			return nil, err
		}
		for _, field := range liftedConsumer {
			delete(lifted, field)
		}
		out = append(out, lifted)
	}
	return out, nil
}

// subjects are what the stream takes: its own subjects, where it has any, and
// what the probe publishes besides. A stream without acknowledgements may
// itself take what no other may: it has only what the probe publishes.
func (f feeds) subjects(s *compiler.Stream) []string {
	var out []string
	if s.Config.Mirror == nil && !s.Config.NoAck {
		out = slices.Clone(s.Config.Subjects)
	}
	for _, one := range f {
		if !taken(out, one.published) {
			out = append(out, one.published)
		}
	}
	return out
}

// taken reports that one of the subjects takes the literal one.
func taken(subjects []string, literal string) bool {
	return slices.ContainsFunc(subjects, func(s string) bool { return subject.Contains(s, literal) })
}

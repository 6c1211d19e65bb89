package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jsc/schema"
	"jsc/schema/diag"
)

// The server's defaults (server/stream.go).
const (
	defaultDuplicateWindow = 2 * time.Minute
	minPeriod              = 100 * time.Millisecond // of max_age, duplicate_window, idle_heartbeat
	maxReplicas            = 5
)

// compileStreams makes the accounts' streams and consumers, buckets' included,
// with every default filled in and every adjustment made that the server would
// make silently. What a source takes from a share is still open. Nothing is
// checked yet but what is lost here: checkStreams does that once shares are
// compiled.
func (p *pass) compileStreams() {
	for _, streams := range each(p, p.t.Accounts, (*pass).accountStreams) {
		for _, s := range streams {
			p.streams[s.stream.Src] = s.stream
			for _, c := range s.consumers {
				p.consumers[c.Src] = c
			}
		}
	}
}

// streamOf is a stream and its consumers, those that lost their names to others
// included.
type streamOf struct {
	stream    *Stream
	consumers []*Consumer
}

// accountStreams makes the account's streams. Those that lost their names to
// others are in what it returns too.
func (p *pass) accountStreams(a *Account) (all []streamOf) {
	if a.Src == nil {
		return nil
	}
	var byName dict[*Stream]
	keep := func(s *Stream, consumers []*Consumer) {
		all = append(all, streamOf{s, consumers})
		name := s.Config.Name
		if first, dup := byName.get(name); dup {
			p.duplicateName("stream", name, first.Src, s.Src)
			return
		}
		byName.add(name, s)
		a.Streams = append(a.Streams, s)
	}
	for _, src := range a.Src.Streams {
		s := &Stream{Src: src, Account: a, Config: p.streamConfig(src)}
		keep(s, p.compileConsumers(s, src))
	}
	for _, src := range a.Src.KeyValues {
		keep(&Stream{Src: src, Account: a, Config: p.bucketConfig(src, keyValue)}, nil)
	}
	for _, src := range a.Src.ObjectStores {
		keep(&Stream{Src: src, Account: a, Config: p.bucketConfig(src, objectStore)}, nil)
	}
	for _, s := range a.Streams {
		p.inheritDirect(s, &byName)
	}
	slices.SortFunc(a.Streams, func(x, y *Stream) int { return cmp.Compare(x.Config.Name, y.Config.Name) })
	return all
}

// duplicateName reports two entities of one NATS name; the loader has already
// reported those of one address, and names that could not be worked out.
func (p *pass) duplicateName(what, name string, first, second schema.Entity) {
	f, s := first.Header(), second.Header()
	if f.Address() == s.Address() && f.Kind == s.Kind || f.NameFailed() || s.NameFailed() {
		return
	}
	p.add(diag.WithNote(diag.New("duplicate-name", s.LabelOrNameRange(), what, name),
		f.LabelOrNameRange(), "it is already declared here"))
}

// streamConfig is what the server makes of a stream block: each attribute with
// its default.
func (p *pass) streamConfig(src *schema.Stream) StreamConfig {
	c := StreamConfig{
		Name:                   src.Name,
		Description:            src.Description.Or(""),
		Subjects:               texts(src.Subjects.Value),
		Retention:              src.Retention.Or("limits"),
		MaxConsumers:           limit(src.MaxConsumers),
		MaxMsgs:                limit(src.MaxMsgs),
		MaxBytes:               limit(src.MaxBytes),
		MaxAge:                 src.MaxAge.Or(0),
		MaxMsgsPerSubject:      limit(src.MaxMsgsPerSubject),
		MaxMsgSize:             limit(src.MaxMsgSize),
		Discard:                src.Discard.Or("old"),
		Storage:                src.Storage.Or("file"),
		Replicas:               replicas(src.Replicas),
		NoAck:                  src.NoAck.Or(false),
		DuplicateWindow:        src.DuplicateWindow.Or(0),
		Placement:              placement(src.Placement),
		Mirror:                 p.streamSource(src.Mirror, "mirror"),
		Sources:                p.streamSources(src.Sources),
		Compression:            src.Compression.Or("none"),
		FirstSeq:               natural(p, src.FirstSeq, "first_seq"),
		SubjectTransform:       subjectTransform(src.SubjectTransform),
		AllowDirect:            src.AllowDirect.Or(false),
		MirrorDirect:           src.MirrorDirect.Or(false),
		DiscardNewPerSubject:   src.DiscardNewPerSubject.Or(false),
		Sealed:                 src.Sealed.Or(false),
		DenyDelete:             src.DenyDelete.Or(false),
		DenyPurge:              src.DenyPurge.Or(false),
		AllowRollup:            src.AllowRollup.Or(false),
		ConsumerLimits:         consumerLimits(src.ConsumerLimits),
		AllowMsgTTL:            src.AllowMsgTTL.Or(false),
		SubjectDeleteMarkerTTL: src.SubjectDeleteMarkerTTL.Or(0),
		AllowMsgCounter:        src.AllowMsgCounter.Or(false),
		AllowAtomic:            src.AllowAtomic.Or(false),
		AllowMsgSchedules:      src.AllowMsgSchedules.Or(false),
		PersistMode:            persistMode(src.PersistMode),
		AllowBatched:           src.AllowBatched.Or(false),
		Metadata:               src.Metadata.Value,
	}
	if len(c.Subjects) == 0 && !c.copies() && !src.Subjects.Invalid() {
		c.Subjects = []string{c.Name}
	}
	c.Republish = republish(src.Republish, &c)
	c.defaultDuplicateWindow()
	if c.SubjectDeleteMarkerTTL > 0 {
		p.imply(&c.AllowMsgTTL, src.AllowMsgTTL, true, "allow_msg_ttl", "subject_delete_marker_ttl")
		p.imply(&c.AllowRollup, src.AllowRollup, true, "allow_rollup_hdrs", "subject_delete_marker_ttl")
		p.imply(&c.DenyPurge, src.DenyPurge, false, "deny_purge", "subject_delete_marker_ttl")
	} else if c.AllowMsgSchedules {
		p.imply(&c.AllowRollup, src.AllowRollup, true, "allow_rollup_hdrs", "allow_msg_schedules")
		p.imply(&c.DenyPurge, src.DenyPurge, false, "deny_purge", "allow_msg_schedules")
	}
	return c
}

// copies reports that the stream holds messages of other streams.
func (c *StreamConfig) copies() bool { return c.Mirror != nil || len(c.Sources) > 0 }

// defaultDuplicateWindow is two minutes, or max_age where that is less; none
// where the stream copies others.
func (c *StreamConfig) defaultDuplicateWindow() {
	if c.DuplicateWindow != 0 || c.copies() {
		return
	}
	c.DuplicateWindow = defaultDuplicateWindow
	if c.MaxAge > 0 {
		c.DuplicateWindow = min(c.DuplicateWindow, c.MaxAge)
	}
}

// imply sets a field that another one implies. The server does so silently,
// over an explicit value too; here that is a conflict.
func (p *pass) imply(field *bool, a schema.Attr[bool], value bool, name, by string) {
	if a.IsSet() && a.Value != value {
		p.add(diag.New("field-conflict", a.Range(), fmt.Sprintf("%s = %t", name, a.Value), by))
	}
	*field = value
}

// inheritDirect gives a mirror of a stream of the same account the origin's
// allow_direct for its mirror_direct: the server forces it.
func (p *pass) inheritDirect(s *Stream, byName *dict[*Stream]) {
	m := s.Config.Mirror
	if m == nil || m.External != nil {
		return
	}
	origin, has := byName.get(m.Name)
	if !has {
		return
	}
	if src, ok := s.Src.(*schema.Stream); ok && src.MirrorDirect.IsSet() && src.MirrorDirect.Value != origin.Config.AllowDirect {
		p.add(diag.WithNote(diag.New("bad-value", src.MirrorDirect.Range(), "mirror_direct",
			"what the origin's allow_direct is", strconv.FormatBool(src.MirrorDirect.Value)),
			origin.Src.Header().LabelOrNameRange(), "this is the origin"))
	}
	s.Config.MirrorDirect = origin.Config.AllowDirect
}

// limit is a limit's number: absent and 0 are unlimited, as in the server.
func limit(a schema.Attr[schema.Limit]) int64 {
	if v := a.Or(schema.Unlimited); v != 0 {
		return int64(v)
	}
	return int64(schema.Unlimited)
}

func replicas(a schema.Attr[int64]) int {
	if v := a.Or(1); v != 0 {
		return int(v)
	}
	return 1
}

// persistMode is "" for the default, which the server leaves out.
func persistMode(a schema.Attr[string]) string {
	if a.Value == "default" {
		return ""
	}
	return a.Value
}

// natural is a number of 0 or more; a negative one is reported.
func natural[T ~int64](p *pass, a schema.Attr[T], name string) uint64 {
	if a.Value < 0 {
		p.add(diag.New("bad-value", a.Range(), name, "0 or more", strconv.FormatInt(int64(a.Value), 10)))
		return 0
	}
	return uint64(a.Value)
}

// moment is a time in UTC; nil where there is none. JSON holds years of four
// digits, which another time zone may exceed.
func (p *pass) moment(a schema.Attr[time.Time], name string) *time.Time {
	if !a.IsSet() {
		return nil
	}
	t := a.Value.UTC()
	if y := t.Year(); y < 1 || y > 9999 {
		p.add(diag.New("bad-value", a.Range(), name, "in the years 1 to 9999 UTC", t.Format(time.RFC3339)))
		return nil
	}
	return &t
}

func texts(subjects []schema.Subject) []string {
	if len(subjects) == 0 {
		return nil
	}
	out := make([]string, len(subjects))
	for i, s := range subjects {
		out[i] = string(s)
	}
	return out
}

// placement is nil where the block says nothing, as in the server.
func placement(src *schema.Placement) *Placement {
	if src == nil {
		return nil
	}
	pl := &Placement{Cluster: src.Cluster.Value, Tags: src.Tags.Value, Preferred: src.Preferred.Value}
	if pl.Cluster == "" && len(pl.Tags) == 0 && pl.Preferred == "" {
		return nil
	}
	return pl
}

func subjectTransform(src *schema.SubjectTransform) *SubjectTransform {
	if src == nil {
		return nil
	}
	return &SubjectTransform{Src: src.Src.Value, Dest: src.Dest.Value}
}

// republish is the block's, with all stored subjects for an absent src. Where
// everything would be published to its own subject and the stream's one subject
// is transformed, the server takes the transform's destination for both.
func republish(src *schema.Republish, c *StreamConfig) *Republish {
	if src == nil {
		return nil
	}
	r := &Republish{Src: src.Src.Value, Dest: src.Dest.Value, HeadersOnly: src.HeadersOnly.Value}
	if r.Src == "" {
		r.Src = ">"
	}
	if t := c.SubjectTransform; r.Src == ">" && r.Dest == ">" && t != nil && len(c.Subjects) == 1 && t.Src == c.Subjects[0] {
		r.Src, r.Dest = t.Dest, t.Dest
	}
	return r
}

func consumerLimits(src *schema.ConsumerLimits) ConsumerLimits {
	if src == nil {
		return ConsumerLimits{}
	}
	return ConsumerLimits{
		InactiveThreshold: src.InactiveThreshold.Value,
		MaxAckPending:     int64(src.MaxAckPending.Value),
	}
}

// checkStreams holds the account's streams and consumers to the server's rules.
// It runs once shares are compiled, for they fill in sources.
func (p *pass) checkStreams(a *Account) {
	var byName map[string]*Stream // where they are asked for
	if slices.ContainsFunc(a.Streams, func(s *Stream) bool { return s.Config.copies() }) {
		byName = make(map[string]*Stream, len(a.Streams))
		for _, s := range a.Streams {
			byName[s.Config.Name] = s
		}
	}
	wide := make(wideSubjects)
	var storing Storing
	streams := slices.Clone(a.Streams)
	slices.SortStableFunc(streams, func(x, y *Stream) int { return comparePlaces(x.Src, y.Src) })

	for _, s := range streams {
		checkRules(p, streamRules, streamCheck{s, &s.Config, max(p.t.Server.ClusterSize, 1)}, siteOf(s.Src))
		if src, ok := s.Src.(*schema.Bucket); ok {
			checkRules(p, bucketRules, src, site{src, nil})
			p.checkObjectStore(src)
		}
		p.checkOrigins(s, byName, wide)
		p.checkVersion(s)
		p.checkStreamConsumers(s, &storing)
	}
	if byName != nil {
		p.checkCycles(streams, byName)
	}
	p.checkCopied(a)
	p.checkSubjects(streams)
	p.checkStreamLimits(a, streams)
}

// comparePlaces orders entities by file and position; instances of a family,
// which stand at one place, by name.
func comparePlaces(x, y schema.Entity) int {
	a, b := x.Header(), y.Header()
	return cmp.Or(
		cmp.Compare(a.Def().Filename, b.Def().Filename),
		cmp.Compare(a.Def().Start.Byte, b.Def().Start.Byte),
		cmp.Compare(a.Name, b.Name),
	)
}

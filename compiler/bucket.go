package compiler

import (
	"fmt"
	"regexp"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// bucketKind is how the NATS clients make a stream for a bucket
// (nats.go jetstream/kv.go prepareKeyValueConfig, object.go
// prepareObjectStoreConfig; ADR-8, ADR-20).
type bucketKind struct {
	prefix   string   // of the stream's name
	subjects []string // formats, with the bucket's name
	// keys: it keeps a history of each key, which cannot be deleted by sequence.
	keys bool
}

var (
	keyValue    = &bucketKind{prefix: "KV_", subjects: []string{"$KV.%s.>"}, keys: true}
	objectStore = &bucketKind{prefix: "OBJ_", subjects: []string{"$O.%s.C.>", "$O.%s.M.>"}}
)

const maxHistory = 64 // nats.go KeyValueMaxHistory

// bucketAttributes are the attributes of a bucket that set fields of its stream
// under other names.
var bucketAttributes = map[string]string{
	"max_msgs_per_subject":      "history",
	"max_age":                   "ttl",
	"max_msg_size":              "max_value_size",
	"num_replicas":              "replicas",
	"subject_delete_marker_ttl": "limit_marker_ttl",
}

// bucketConfig is the stream of a bucket.
func (p *pass) bucketConfig(src *schema.Bucket, kind *bucketKind) StreamConfig {
	c := StreamConfig{
		Name:              kind.prefix + src.Name,
		Description:       src.Description.Or(""),
		Retention:         "limits",
		MaxConsumers:      -1,
		MaxMsgs:           -1,
		MaxBytes:          limit(src.MaxBytes),
		MaxAge:            src.TTL.Or(0),
		MaxMsgsPerSubject: -1,
		MaxMsgSize:        -1,
		Discard:           "new",
		Storage:           src.Storage.Or("file"),
		Replicas:          replicas(src.Replicas),
		Placement:         placement(src.Placement),
		Compression:       "none",
		AllowDirect:       true,
		AllowRollup:       true,
		Mirror:            p.streamSource(src.Mirror, "mirror"),
		Sources:           p.streamSources(src.Sources),
		Metadata:          src.Metadata.Value,
	}
	if src.Compression.Value {
		c.Compression = "s2"
	}
	if kind.keys {
		c.MaxMsgsPerSubject = src.History.Or(1)
		c.MaxMsgSize = limit(src.MaxValueSize)
		c.DenyDelete = true
		c.SubjectDeleteMarkerTTL = src.LimitMarkerTTL.Or(0)
		c.AllowMsgTTL = c.SubjectDeleteMarkerTTL != 0
	}
	c.DuplicateWindow = defaultDuplicateWindow // also of a mirror, unlike a stream's
	if c.MaxAge > 0 {
		c.DuplicateWindow = min(c.DuplicateWindow, c.MaxAge)
	}
	if c.Mirror != nil {
		c.MirrorDirect = true
		c.Mirror.Name = kind.streamName(c.Mirror.Name)
	} else {
		c.Subjects = kind.of(src.Name)
	}
	for _, s := range c.Sources {
		kind.transform(s, src.Name)
	}
	c.Republish = republish(src.Republish, &c)
	return c
}

// streamName is the stream of the bucket of that name; the stream's own name is
// left as it is, and so is none.
func (k *bucketKind) streamName(name string) string {
	if name == "" || strings.HasPrefix(name, k.prefix) {
		return name
	}
	return k.prefix + name
}

// of are the subjects of the bucket of that name.
func (k *bucketKind) of(bucket string) []string {
	subjects := make([]string, len(k.subjects))
	for i, format := range k.subjects {
		subjects[i] = fmt.Sprintf(format, bucket)
	}
	return subjects
}

// transform makes a source of another bucket's stream: its keys become keys of
// this bucket. A source with transforms of its own stays as it is, so that any
// stream can be a bucket's source. For one that comes through a share, the
// share's compilation does it once it knows the name.
func (k *bucketKind) transform(s *StreamSource, bucket string) {
	if len(s.SubjectTransforms) > 0 || s.Name == "" {
		return
	}
	s.Name = k.streamName(s.Name)
	from := strings.TrimPrefix(s.Name, k.prefix)
	if s.External != nil && from == bucket {
		return
	}
	its, mine := k.of(from), k.of(bucket)
	for i := range its {
		s.SubjectTransforms = append(s.SubjectTransforms, SubjectTransform{Src: its[i], Dest: mine[i]})
	}
}

var bucketName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`) // nats.go validBucketRe

// bucketRules are the clients' rules for buckets; the server's for streams hold
// as well.
var bucketRules = []rule[*schema.Bucket]{
	{"bucket-name", nil, func(b *schema.Bucket) []any {
		if !bucketName.MatchString(b.Name) {
			return sentence("the bucket name %q holds more than letters, digits, - and _", b.Name)
		}
		most := maxNameLen - len("OBJ_")
		if len(b.Name) > most {
			return sentence("the bucket name has %d bytes, more than %d", len(b.Name), most)
		}
		return nil
	}},
	{"bucket-history", []string{"history"}, func(b *schema.Bucket) []any {
		n := b.History.Or(1)
		if b.Kind != schema.KindObjectStore && (n < 1 || n > maxHistory) {
			return sentence("history must be from 1 to %d, not %d", maxHistory, n)
		}
		return nil
	}},
}

// checkObjectStore refuses what is said of keys: it means nothing to an object
// store.
func (p *pass) checkObjectStore(b *schema.Bucket) {
	if b.Kind != schema.KindObjectStore {
		return
	}
	for _, of := range []struct {
		name string
		at   *schema.Site
	}{
		{"history", b.History.Site()}, {"limit_marker_ttl", b.LimitMarkerTTL.Site()}, {"max_value_size", b.MaxValueSize.Site()},
	} {
		if of.at != nil {
			d := diag.New("unknown-attribute", of.at.Name, string(b.Kind), of.name)
			p.add(diag.WithHint(d, "Remove it: only a key_value has %s.", of.name))
		}
	}
}

package verify

import (
	"errors"
	"fmt"
	"strings"

	"jsc/compiler"
)

// buckets are the streams of key-value buckets and object stores, by the
// beginning of their names, and their subjects for clients (nats.go,
// jetstream/kv.go and object.go).
var buckets = []struct {
	prefix   string
	subjects []string
}{
	{"KV_", []string{"$KV.%s.>"}},
	{"OBJ_", []string{"$O.%s.C.>", "$O.%s.M.>"}},
}

// bucketSubjects are the subjects of a stream that is a bucket's, whose clients
// rely on how many messages a subject keeps; nil for any other.
func bucketSubjects(s *compiler.Stream) []string {
	for _, b := range buckets {
		if name, ok := strings.CutPrefix(s.Config.Name, b.prefix); ok && name != "" {
			var out []string
			for _, format := range b.subjects {
				out = append(out, fmt.Sprintf(format, name))
			}
			return out
		}
	}
	return nil
}

// mirrored explains why clients cannot use the share's bucket as it is shared,
// since it is a mirror; nil when they can. A mirror holds messages under the
// subjects of the bucket that it copies. Clients ask for those of a key-value
// bucket in another domain, and write to it; of any other they ask for subjects
// with the mirror's own name, of which there are none (nats.go, jetstream/kv.go
// mapStreamToKVS).
func (p *probe) mirrored() error {
	m := p.share.Stream.Config.Mirror
	switch {
	case m == nil:
		return nil
	case strings.HasSuffix(p.share.Kind.Name, "-write"):
		return errors.New("the bucket is a mirror: what clients write goes to the bucket that it copies")
	case m.External == nil || strings.HasPrefix(p.streamName(), "OBJ_"):
		return errors.New("the bucket is a mirror: clients ask it for what is called after it, and it holds what is called after the bucket that it copies")
	}
	return nil
}

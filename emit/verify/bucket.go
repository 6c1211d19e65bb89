package verify

import (
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

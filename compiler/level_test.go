package compiler

import "strconv"

// Level is the JetStream API level that a configuration needs of a server, as
// the server stamps it into the metadata (server/jetstream_versioning.go).
func Level[C any](fields []Field[C], c *C) string {
	level := 0
	for _, f := range fields {
		if f.used != nil && f.used(c) {
			level = max(level, f.Level)
		}
	}
	return strconv.Itoa(level)
}

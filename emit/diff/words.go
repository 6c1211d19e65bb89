package diff

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jsc/schema"
)

// Units of numbers, by the last part of a field's path.
var (
	byteFields = []string{
		"mem_storage", "disk_storage", "mem_max_stream_bytes", "disk_max_stream_bytes", "data", "payload",
		"max_bytes", "max_msg_size", "max_mem", "max_file",
	}
	nanosecondFields = []string{
		"max_age", "duplicate_window", "ack_wait", "idle_heartbeat", "inactive_threshold", "max_expires",
		"subject_delete_marker_ttl", "priority_timeout", "response_threshold", "backoff", "ttl",
	}
)

// inUnits is a value as people write it.
func inUnits(field, value string) string {
	name := strings.TrimPrefix(path.Ext("."+field), ".")
	name, _, _ = strings.Cut(name, "[")
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
		return value
	case n == -1:
		return "unlimited"
	case slices.Contains(byteFields, name):
		return schema.FormatSize(n)
	case slices.Contains(nanosecondFields, name):
		return schema.FormatDuration(time.Duration(n))
	}
	return value
}

// claimWords are what fields of claims are called, by their path without "nats.".
var claimWords = []struct{ from, to string }{
	{"nats.limits.disk_storage", "JetStream disk"},
	{"nats.limits.mem_storage", "JetStream memory"},
	{"nats.limits.streams", "JetStream streams"},
	{"nats.limits.consumer", "JetStream consumers"},
	{"nats.limits.conn", "connections"},
	{"nats.limits.leaf", "leaf nodes"},
	{"nats.limits.subs", "subscriptions"},
	{"nats.limits.tiered_limits.", "JetStream tier "},
	{"nats.limits.", "limit "},
	{"nats.exports", "export"},
	{"nats.imports", "import"},
	{"nats.signing_keys", "signing key"},
	{"nats.default_permissions.", "default permission "},
	{"nats.pub.", "publish "},
	{"nats.sub.", "subscribe "},
	{"nats.", ""},
	{"iss", "signed by"},
	{"sub", "public key"},
}

// words is the field in one line for people who know NATS: values in units, short
// names for what stands in claims. Of an export or an import as a whole it has
// type and subject, of any other object no more than its path.
func (f Field) words() string {
	_, wasObject := f.old.(map[string]any)
	_, isObject := f.new.(map[string]any)
	f.Old, f.New = cmp.Or(crossing(f.old), inUnits(f.Path, f.Old)), cmp.Or(crossing(f.new), inUnits(f.Path, f.New))
	for _, w := range claimWords {
		rest, ok := strings.CutPrefix(f.Path, w.from)
		if ok && (rest == "" || strings.HasSuffix(w.from, ".") || strings.ContainsAny(rest[:1], ".[")) {
			f.Path = w.to + rest
			break
		}
	}
	switch {
	case wasObject && f.new == nil && crossing(f.old) == "":
		return f.Path + " is gone"
	case isObject && f.old == nil && crossing(f.new) == "":
		return f.Path + " is new"
	}
	return f.String()
}

// Lines are fields as words has them. Revocations are one line: what they end is
// told where the tokens are.
func Lines(fields []Field) []string {
	var lines []string
	rest := withoutRevocations(fields)
	for _, f := range rest {
		lines = append(lines, f.words())
	}
	if len(rest) < len(fields) {
		lines = append(lines, "its revocations change")
	}
	return lines
}

// sharesOf are, of each of Lines, the share whose export or import it is about;
// none where it is about anything else, or beyond the end.
func sharesOf(fields []Field) []string {
	var shares []string
	for _, f := range withoutRevocations(fields) {
		// A share's exports and imports are called SHARE.GRANT.
		shares = append(shares, f.crossing[:max(0, strings.LastIndexByte(f.crossing, '.'))])
	}
	return shares
}

func withoutRevocations(fields []Field) []Field {
	var rest []Field
	for _, f := range fields {
		if !revocations.MatchString(f.Path) {
			rest = append(rest, f)
		}
	}
	return rest
}

// revocations are the paths of an account's, and of its exports'.
var revocations = regexp.MustCompile(`^nats\.(revocations|exports\[.*\]\.revocations)(\.|$)`)

// crossing is an export or an import in few words; "" for anything else.
func crossing(v any) string {
	object, _ := v.(map[string]any)
	subject, _ := object["subject"].(string)
	kind, _ := object["type"].(string)
	if subject == "" || kind == "" {
		return ""
	}
	local, _ := object["local_subject"].(string)
	if local != "" {
		return kind + " " + subject + " as " + local
	}
	return kind + " " + subject
}

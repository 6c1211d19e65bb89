package compiler_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Values to draw from, valid ones and others, for each attribute.
var (
	// "#" is the stream's number, so that streams seldom overlap.
	subjectLists = words(`["a#.>"]`, `["a#.>", "b#.c"]`, `["a#.>"]`, `["a#.b", "c#"]`, `["b#.*"]`, `["a.*", "a.b"]`, `["*.x"]`, `[">"]`, `["$JS.EVENT.a"]`, `[]`)
	filters      = words(`"a#.>"`, `"a#.b"`, `"a#.*"`, `"b#.c"`, `"c#"`, `"d"`)
	bools        = words("false", "true")

	streamValues = map[string][]string{
		"description":               words(`"d"`),
		"subjects":                  subjectLists,
		"retention":                 words(`"limits"`, `"interest"`, `"workqueue"`, `"workqueue"`),
		"max_consumers":             words("1", "2", `"unlimited"`, "0"),
		"max_msgs":                  words("0", "5", `"unlimited"`),
		"max_bytes":                 words("0", "500", "5000", `"10MiB"`),
		"max_age":                   words("0", `"10s"`, `"1y"`, `"50ms"`),
		"max_msgs_per_subject":      words("0", "1", "64"),
		"max_msg_size":              words("0", "100", `"1GiB"`, `"2GiB"`),
		"discard":                   words(`"old"`, `"new"`),
		"storage":                   words(`"file"`, `"memory"`),
		"num_replicas":              words("0", "1", "2", "7"),
		"no_ack":                    bools,
		"duplicate_window":          words("0", `"10s"`, `"3m"`, `"50ms"`),
		"compression":               words(`"none"`, `"s2"`),
		"first_seq":                 words("0", "1", "99"),
		"allow_direct":              bools,
		"mirror_direct":             bools,
		"discard_new_per_subject":   bools,
		"sealed":                    bools,
		"deny_delete":               bools,
		"deny_purge":                bools,
		"allow_rollup_hdrs":         bools,
		"allow_msg_ttl":             bools,
		"subject_delete_marker_ttl": words(`"1s"`, `"1h"`, `"1ms"`),
		"allow_msg_counter":         bools,
		"allow_atomic":              bools,
		"allow_msg_schedules":       bools,
		"persist_mode":              words(`"default"`, `"async"`),
		"allow_batched":             bools,
		"metadata":                  words(`{ k = "v" }`, `{}`),
	}
	streamBlocks = words(
		`consumer_limits { max_ack_pending = 5 }`,
		`consumer_limits { inactive_threshold = "1m" }`,
		`placement { tags = ["t"] }`,
		`placement { preferred = "p" }`,
		"republish {\n dest = \"r.>\"\n }",
		"republish {\n dest = \">\"\n }",
		"subject_transform {\n src = \"a.>\"\n dest = \"c.>\"\n }",
		"subject_transform {\n src = \"a.*\"\n dest = \"c.$2\"\n }",
		`mirror { name = "S0" }`,
		`mirror { name = "S1" }`,
		"mirror {\n name = \"X\"\n external { api = \"X.API\" }\n }",
		"mirror {\n name = \"X\"\n filter_subject = \"a\"\n opt_start_seq = 5\n }",
		"mirror {\n name = \"X\"\n consumer {\n name = \"c\"\n deliver_subject = \"d\"\n }\n }",
		`source { name = "S0" }`,
		`source { name = "S1" }`,
		"source {\n name = \"S2\"\n filter_subject = \"a.b\"\n }",
		"source {\n name = \"S2\"\n subject_transform {\n src = \"a.*\"\n dest = \"b.$1\"\n }\n }",
		"source {\n name = \"X\"\n external { api = \"$JS.API\" }\n }",
	)
	consumerValues = map[string][]string{
		"deliver_policy":     words(`"all"`, `"last"`, `"new"`, `"by_start_sequence"`, `"by_start_time"`, `"last_per_subject"`),
		"opt_start_seq":      words("0", "5"),
		"opt_start_time":     words(`"2025-01-01"`),
		"ack_policy":         words(`"none"`, `"all"`, `"explicit"`, `"flow_control"`),
		"ack_wait":           words("0", `"1s"`),
		"max_deliver":        words("0", "1", "3", `"unlimited"`),
		"backoff":            words(`["1s"]`, `["1s", "2s"]`, `[]`),
		"filter_subject":     filters,
		"filter_subjects":    words(`["a#.b", "a#.c"]`, `["a#.>", "a#.b"]`, `["a#.*"]`, `["b#.c"]`, `[]`),
		"replay_policy":      words(`"instant"`, `"original"`),
		"rate_limit_bps":     words("0", "1000"),
		"sample_freq":        words(`"10"`, `"10%"`, `"x"`),
		"max_waiting":        words("0", "5", "-1"),
		"max_ack_pending":    words("0", "4", "100", "600", `"unlimited"`),
		"flow_control":       bools,
		"headers_only":       bools,
		"max_batch":          words("0", "5"),
		"max_expires":        words("0", `"5s"`, `"1us"`),
		"max_bytes":          words("0", "100"),
		"deliver_subject":    words(`"to.x"`, `"to.x"`, `"to.y"`, `"a#.b"`, `"to.*"`),
		"deliver_group":      words(`"g"`),
		"idle_heartbeat":     words("0", `"1s"`, `"1ms"`),
		"inactive_threshold": words("0", `"30s"`, `"1h"`),
		"num_replicas":       words("0", "1", "2"),
		"mem_storage":        bools,
		"metadata":           words(`{ k = "v" }`),
		"pause_until":        words(`"2035-01-01"`),
		"priority_groups":    words(`["g"]`, `["g", "h"]`, `["g h"]`, `[]`),
		"priority_policy":    words(`"none"`, `"overflow"`, `"pinned_client"`, `"prioritized"`),
		"priority_timeout":   words("0", `"1m"`),
	}
	buckets = words(
		`key_value "b" {}`,
		"key_value \"b\" {\n history = 65\n }",
		"key_value \"b\" {\n max_bytes = 5000\n ttl = \"10s\"\n limit_marker_ttl = \"1s\"\n }",
		"key_value \"b\" {\n mirror { name = \"c\" }\n limit_marker_ttl = \"1s\"\n }",
		"object_store \"b\" {\n storage = \"memory\"\n max_bytes = 700\n }",
	)
)

func words(w ...string) []string { return w }

// shape is a consumer that makes sense, and what would not in it.
type shape struct {
	attributes string
	avoid      []string
}

var (
	pushFields  = words("deliver_subject", "deliver_group", "rate_limit_bps", "idle_heartbeat", "flow_control")
	pullFields  = words("max_waiting", "max_batch", "max_expires", "max_bytes")
	priority    = words("priority_policy", "priority_groups", "priority_timeout")
	startFields = words("deliver_policy", "opt_start_seq", "opt_start_time")

	shapes = []shape{
		{"", slices.Concat(pushFields, priority, startFields)},
		{`    deliver_subject = "to.x"`, slices.Concat(pullFields, priority, startFields, words("deliver_subject", "flow_control"))},
		{"    deliver_policy = \"by_start_sequence\"\n    opt_start_seq = 5", slices.Concat(pushFields, priority, startFields)},
		{"    deliver_policy = \"by_start_time\"\n    opt_start_time = \"2025-01-01\"", slices.Concat(pushFields, priority, startFields)},
		{"    priority_policy = \"pinned_client\"\n    priority_groups = [\"g\"]", slices.Concat(pushFields, startFields, words("priority_policy", "priority_groups"))},
		{"    ack_policy = \"flow_control\"\n    deliver_subject = \"to.x\"",
			slices.Concat(pullFields, priority, startFields, words("ack_policy", "deliver_subject", "flow_control", "idle_heartbeat", "ack_wait", "backoff"))},
	}
	// plainStream: its own subjects, and nothing that only goes with others.
	plainStream = shape{`    subjects = ["a#.>", "b#.c"]`, words("subjects", "discard_new_per_subject", "mirror_direct", "sealed")}
)

// draw is the shape with about one in odds of the other attributes; now and
// then with one that makes no sense.
func (s shape) draw(t *rapid.T, values map[string][]string, odds int) string {
	avoid := s.avoid
	if rapid.IntRange(1, 6).Draw(t, "wild") == 1 {
		avoid = nil
	}
	var b strings.Builder
	if s.attributes != "" {
		b.WriteString(s.attributes + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(avoid, name) || strings.Contains(s.attributes, name+" =") {
			continue
		}
		if rapid.IntRange(1, odds).Draw(t, name+"?") == 1 {
			// The first values are the better ones.
			last := len(values[name]) - 1
			i := min(rapid.IntRange(0, last).Draw(t, name), rapid.IntRange(0, last).Draw(t, name))
			fmt.Fprintf(&b, "    %s = %s\n", name, values[name][i])
		}
	}
	return b.String()
}

// bodies draws an account's streams, consumers and buckets.
var bodies = rapid.Custom(func(t *rapid.T) string {
	var all strings.Builder
	for i := range rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "streams") {
		var b strings.Builder
		fmt.Fprintf(&b, "  stream \"S%d\" {\n", i)
		odds := rapid.SampledFrom([]int{6, 15, 30, 30, 60}).Draw(t, "odds")
		stream := shape{}
		if rapid.IntRange(1, 3).Draw(t, "plain?") > 1 {
			stream = plainStream
		}
		b.WriteString(stream.draw(t, streamValues, odds))
		used := make(map[string]bool)
		for range rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "blocks") {
			block := rapid.SampledFrom(streamBlocks).Draw(t, "block")
			if kind, _, _ := strings.Cut(block, " "); kind == "source" || !used[kind] {
				used[kind] = true
				fmt.Fprintf(&b, "    %s\n", block)
			}
		}
		for j := range rapid.SampledFrom([]int{0, 1, 1, 2, 3}).Draw(t, "consumers") {
			odds := rapid.SampledFrom([]int{6, 15, 30}).Draw(t, "odds")
			fmt.Fprintf(&b, "    consumer \"C%d\" {\n%s    }\n", j, rapid.SampledFrom(shapes).Draw(t, "shape").draw(t, consumerValues, odds))
		}
		b.WriteString("  }\n")
		all.WriteString(strings.ReplaceAll(b.String(), "#", strconv.Itoa(i)))
	}
	if rapid.IntRange(1, 4).Draw(t, "bucket?") == 1 {
		all.WriteString(rapid.SampledFrom(buckets).Draw(t, "bucket") + "\n")
	}
	return all.String()
})

// stricter begins what jsc refuses and the server takes, with the reason.
var stricter = map[string]string{
	"filter-outside-stream: ":            "the consumer would get nothing",
	"bucket-history: ":                   "the clients refuse it",
	"bad-value: mirror_direct ":          "the server would override it",
	"bad-value: max_msg_size must be at": "the server looks only at origins made before",
	"source-cycle: ":                     "the server looks only at streams made before",
}

// stricterFields end the names of the fields that the server ignores, or
// overrides by another one.
var stricterFields = []string{
	"cannot have max_batch", "cannot have max_expires", "cannot have max_bytes", "cannot have deliver_group",
	"ack_wait cannot be set together with backoff",
	"allow_msg_ttl = false cannot be set together with subject_delete_marker_ttl",
	"allow_rollup_hdrs = false cannot be set together with subject_delete_marker_ttl",
	"deny_purge = true cannot be set together with subject_delete_marker_ttl",
	"allow_rollup_hdrs = false cannot be set together with allow_msg_schedules",
	"deny_purge = true cannot be set together with allow_msg_schedules",
	`flow_control = false cannot be set together with ack_policy = "flow_control"`,
	`idle_heartbeat cannot be set together with ack_policy = "flow_control"`,
}

func isStricter(mistake string) bool {
	for prefix := range stricter {
		if strings.HasPrefix(mistake, prefix) {
			return true
		}
	}
	return slices.ContainsFunc(stricterFields, func(end string) bool { return strings.HasSuffix(mistake, end) })
}

// TestRandomStreams: what jsc accepts the server accepts, and answers with what
// jsc writes; what jsc refuses the server refuses. The cases are the same at
// every run.
func TestRandomStreams(t *testing.T) {
	const cases = 900
	js := startServer(t, cases)
	accepted, refused, once := 0, 0, 0
	for seed := range cases {
		body := bodies.Example(seed)
		l := []limits{unlimited, unlimited, limited, bounded}[seed%4]
		a, diags := compileAccount(t, l, body)
		wrong := mistakes(diags)
		j := js.account(t, l)
		answers, err := j.make(a)
		j.close(a)
		switch {
		case len(wrong) == 0 && err != nil:
			t.Errorf("case %d: the server refuses: %v\n%s", seed, err, body)
		case len(wrong) == 0:
			accepted++
			for _, s := range a.Streams {
				if diff := cmp.Diff(plain(answers[s.Config.Name]), any(decoded(t, s.Config.JSON()))); diff != "" {
					t.Errorf("case %d, stream %s (-server +jsc):\n%s\n%s", seed, s.Config.Name, diff, body)
				}
				for _, c := range s.Consumers {
					if diff := cmp.Diff(plain(answers[s.Config.Name+" "+c.Config.Name]), any(decoded(t, c.Config.JSON()))); diff != "" {
						t.Errorf("case %d, consumer %s (-server +jsc):\n%s\n%s", seed, c.Config.Name, diff, body)
					}
				}
			}
		case err == nil && slices.ContainsFunc(wrong, func(m string) bool { return !isStricter(m) }):
			t.Errorf("case %d: the server takes it, jsc says %q\n%s", seed, wrong, body)
		default:
			refused++
			if len(wrong) == 1 {
				once++
			}
		}
	}
	t.Logf("%d accepted, %d refused, %d of them for one reason", accepted, refused, once)
	if accepted < 150 || once < 150 {
		t.Errorf("%d accepted and %d refused for one reason: the cases say little", accepted, once)
	}
}

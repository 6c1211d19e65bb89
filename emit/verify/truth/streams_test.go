package truth

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var bools = []value{boolean(false), boolean(true)}

// streamValues are of streams' attributes; their own subjects are drawn apart.
var streamValues = values{
	"description":               {text("d"), text(strings.Repeat("x", 4097))},
	"retention":                 {text("limits"), text("interest"), text("workqueue"), text("workqueue")},
	"max_consumers":             {number(1), number(2), unlimited, number(0), number(9), number(-5)},
	"max_msgs":                  {number(5), unlimited, number(0), number(-2)},
	"max_bytes":                 {number(500), number(5000), number(0), value{`"10MiB"`, int64(10 << 20)}, number(-7)},
	"max_age":                   {span("10s"), value{"0", int64(0)}, value{`"1y"`, int64(365 * 24 * 3600 * 1e9)}, span("50ms"), span("-1s")},
	"max_msgs_per_subject":      {number(1), number(64), number(0), number(-3)},
	"max_msg_size":              {number(100), number(0), value{`"1GiB"`, int64(1 << 30)}, value{`"2GiB"`, int64(2 << 30)}},
	"discard":                   {text("old"), text("new")},
	"storage":                   {text("file"), text("memory")},
	"num_replicas":              {number(1), number(0), number(2), number(7), number(-1)},
	"no_ack":                    bools,
	"duplicate_window":          {span("10s"), value{"0", int64(0)}, span("3m"), span("50ms"), span("-1s")},
	"compression":               {text("none"), text("s2")},
	"first_seq":                 {number(1), number(0), number(99), number(-4)},
	"allow_direct":              bools,
	"mirror_direct":             bools,
	"discard_new_per_subject":   bools,
	"sealed":                    bools,
	"deny_delete":               bools,
	"deny_purge":                bools,
	"allow_rollup_hdrs":         bools,
	"allow_msg_ttl":             bools,
	"subject_delete_marker_ttl": {span("1s"), span("1h"), value{"0", int64(0)}, span("1ms"), span("-1s")},
	"allow_msg_counter":         bools,
	"allow_atomic":              bools,
	"allow_msg_schedules":       bools,
	"persist_mode":              {text("default"), text("async")},
	"allow_batched":             bools,
	"metadata":                  {pairs("k", "v"), value{"{}", map[string]any{}}, pairs("_nats.x", "v"), pairs("k", strings.Repeat("m", 131072))},
}

// subjectLists are of streams' subjects; "#" is the stream's number, so that
// streams seldom overlap.
var subjectLists = [][]string{
	{"a#.>"}, {"a#.>", "b#.c"}, {"a#.b", "c#"}, {"b#.*"}, {"a#.>"}, {}, {"a.*", "a.b"}, {"*.x"}, {"a#.b", "a#.b"}, {">"},
	{"$JS.EVENT.a#"}, {"$JS.API.a"}, {"$SYS.x"}, {"$SYS.ACCOUNT.#.x"}, {"$KV.b#.>"}, {"a#.*.c", "a#.b.*"}, {"a0.b"},
	{"$JSC.x"}, {"$NRG.>"}, {"$JS.ACK.>"}, {"*.API.x"}, {"a..b"}, {"a b"}, {""}, {"a.>.b"}, {"a*#.b"}, {"_INBOX.>"},
}

func subjects(list []string, i int) value {
	own := make([]string, len(list))
	for k, s := range list {
		own[k] = strings.ReplaceAll(s, "#", fmt.Sprint(i))
	}
	return texts(own...)
}

var streamNames = []string{"a b", "a.b", "S*", "S>", "S/x", `S\x`, strings.Repeat("n", 256), strings.Repeat("n", 255), "S\tx", "Ünïcode", "S\u200bx"}

// drawStreams draws an account with up to three streams.
func drawStreams(r *rand.Rand) *node {
	a := block("account", "A", one(r, accountJetStreams)())
	for i := range one(r, []int{1, 1, 1, 2, 3}) {
		name := fmt.Sprintf("S%d", i)
		if flip(r, 60) {
			name = one(r, streamNames)
		}
		a.with(drawStream(r, name, i))
	}
	if flip(r, 4) {
		a.with(drawBucket(r))
	}
	return topology(a)
}

var bucketValues = values{
	"history": {number(5), number(64), number(1), number(0), number(65)}, "ttl": {span("10s"), span("1h"), span("50ms"), value{"0", int64(0)}},
	"max_value_size": {number(100), unlimited, number(0)}, "max_bytes": {number(500), number(5000), unlimited, number(0), number(-7)},
	"storage": {text("memory"), text("file")}, "replicas": {number(1), number(0), number(2), number(7), number(-1)}, "compression": bools,
	"limit_marker_ttl": {span("1s"), span("1h"), value{"0", int64(0)}, span("1ms")},
}

func drawBucket(r *rand.Rand) *node {
	name := "b"
	if flip(r, 8) {
		name = one(r, []string{"b.c", "b c", "b*", "B_1-x", "ü", "b/c"})
	}
	n := block(one(r, []string{"key_value", "key_value", "object_store"}), name)
	var avoid []string
	if n.kind == "object_store" {
		avoid = []string{"history", "max_value_size", "limit_marker_ttl"}
	}
	return n.draw(r, bucketValues, one(r, []int{3, 8}), avoid...)
}

func drawStream(r *rand.Rand, name string, i int) *node {
	s := block("stream", name)
	odd := flip(r, 3)
	if odd && flip(r, 2) {
		s.with(set("subjects", subjects(one(r, subjectLists), i)))
	} else {
		s.with(set("subjects", subjects(better(r, subjectLists[:3]), i)))
	}
	var avoid []string
	if !odd {
		avoid = []string{"discard_new_per_subject", "mirror_direct", "sealed"}
	}
	s.draw(r, streamValues, one(r, []int{8, 15, 30, 60}), avoid...)
	if flip(r, 3) {
		s.sprinkle(r, streamValues)
	}
	used := make(map[string]bool)
	for range one(r, []int{0, 0, 0, 1, 1, 2}) {
		b := drawPart(r, i)
		if b.kind != "source" && used[b.kind] {
			continue
		}
		used[b.kind] = true
		s.with(b)
	}
	if used["mirror"] && !flip(r, 8) {
		s.attrs = s.attrs[1:] // the subjects
	}
	return s
}

// accountJetStreams are the limits of accounts.
var accountJetStreams = []func() *node{
	func() *node { return block("jetstream", "", set("memory", unlimited), set("disk", unlimited)) },
	func() *node { return block("jetstream", "", set("memory", unlimited), set("disk", unlimited)) },
	func() *node { return block("jetstream", "", set("memory", unlimited), set("disk", unlimited)) },
	func() *node {
		return block("jetstream", "", set("memory", number(1000)), set("disk", number(10000)), set("streams", number(2)), set("consumers", number(2)),
			set("max_ack_pending", number(500)), set("memory_max_stream", number(600)), set("disk_max_stream", number(6000)))
	},
	func() *node {
		return block("jetstream", "", set("disk", number(100000)), set("max_bytes_required", boolean(true)))
	},
	func() *node {
		return block("jetstream", "",
			block("tier", "R1", set("disk", number(10000)), set("memory", number(700)), set("streams", number(2))),
			block("tier", "R3", set("disk", unlimited)))
	},
}

var (
	transforms = [][2]string{
		{"a#.>", "t.>"}, {"a#.*", "t.$1"}, {"a#.*", "t.{{wildcard(1)}}"}, {"", "t.>"}, {">", "t.>"}, {"a#.*.*", "t.{{partition(3,1,2)}}"},
		{"a#.*", "t.$2"}, {"a#.*", "t"}, {"a#.*", "t.*"}, {"a#.>", "t"}, {"a#.b", ""}, {"a..b", "t"}, {"a#.*", "t.{{nothing(1)}}"},
		{"a#.*", "t.{{split(1,-)}}"}, {"a#.*.*", "t.$2.$1"}, {"a#.*.*", "t.$1"}, {"a#.*", "t.{{SplitFromLeft(1,3)}}"}, {"a#.*", "t.{{partition(0,1)}}"},
		{"a#.b", "t.$1"}, {"a#.*", "t.{{wildcard(1)}}.{{wildcard(1)}}"}, {"a#.*", "t.x$1"}, {"a#.b", "t.{{random(3)}}"}, {"a#.*", "t.>"},
	}
	republishes = [][2]string{
		{"", "r.>"}, {">", "r.>"}, {"a#.>", "r.>"}, {"", ">"}, {"a#.*", "r.$1"}, {"a#.>", "a#.>"}, {"", "r"}, {"a#.b", "b#.c"}, {"a#.*", "r.$2"}, {"x", ""},
		{"", "a#.x"}, {"", "*.x"},
	}
	origins = []string{"S0", "S1", "S2", "X", "X", "X.y", ""}
	apis    = []string{"X.API", "X.API", "$JS.API", "$JS.hub.API", "X.*", "a0.b", "X API", ""}
)

func renaming(r *rand.Rand, kind string, of [][2]string, i int) *node {
	rule := better(r, of)
	n := block(kind, "")
	if rule[0] != "" || flip(r, 2) {
		n.with(set("src", text(strings.ReplaceAll(rule[0], "#", fmt.Sprint(i)))))
	}
	return n.with(set("dest", text(strings.ReplaceAll(rule[1], "#", fmt.Sprint(i)))))
}

// drawPart draws a block of a stream.
func drawPart(r *rand.Rand, i int) *node {
	switch r.IntN(9) {
	case 0:
		return block("consumer_limits", "").draw(r, values{
			"max_ack_pending": {number(5), number(600), unlimited, number(-3)}, "inactive_threshold": {span("1m"), span("-1s")}}, 2)
	case 1:
		return block("placement", "").draw(r, values{
			"tags": {texts("t"), texts()}, "preferred": {text("p")}, "cluster": {text("c")}}, 3)
	case 2, 3:
		return renaming(r, "republish", republishes, i).draw(r, values{"headers_only": bools}, 4)
	case 4:
		return renaming(r, "subject_transform", transforms, i)
	case 5:
		return drawOrigin(r, "mirror", i)
	}
	return drawOrigin(r, "source", i)
}

func drawOrigin(r *rand.Rand, kind string, i int) *node {
	n := block(kind, "", set("name", text(better(r, origins)))).draw(r, values{
		"filter_subject": {text("a0.b"), text("a0.>"), text("a1.>"), text("a..b")}, "opt_start_seq": {number(5), number(0), number(-1)},
		"opt_start_time": {moment("2025-01-01")}}, 6)
	if flip(r, 4) {
		n.with(block("external", "", set("api", text(better(r, apis)))).draw(r, values{"deliver": {text("d.x"), text("d.*"), text("a0.b"), text("")}}, 2))
	}
	if flip(r, 5) {
		for range 1 + r.IntN(2) {
			n.with(renaming(r, "subject_transform", transforms, r.IntN(2)))
		}
	}
	if flip(r, 8) {
		n.with(block("consumer", "", set("name", text(one(r, []string{"c", "c", "c.d", ""}))), set("deliver_subject", text(one(r, []string{"d", "d", "d.*", "d..x"})))))
	}
	return n
}

package truth

import (
	"slices"
	"testing"

	"jsc/schema/diag"
)

var (
	wide     = func() *node { return block("jetstream", "", set("memory", unlimited), set("disk", unlimited)) }
	storing  = func(parts ...any) *node { return block("stream", "S", set("subjects", texts("s.*"))).with(parts...) }
	pulled   = func() *node { return storing(block("consumer", "C")) }
	exporter = func(kind, subject string, parts ...any) *node {
		return block("export", subject, set(kind, text(subject))).with(parts...)
	}
	importing = func(name, kind, subject string, parts ...any) *node {
		return block("import", name, set("from", account("A")), set(kind, text(subject))).with(parts...)
	}
	toB     = block("to", "B")
	unacked = func(name string) *node {
		return block("consumer", name, set("deliver_subject", text("d")), set("ack_policy", text("none")))
	}
)

// alone is a topology of an account A and, where it has anything, an account B.
func alone(a *node, b ...any) *node {
	return topology(a, block("account", "B").with(b...))
}

// sharing is a topology in which A shares something with B.
func sharing(parts []any, share ...any) *node {
	return topology(block("account", "A", block("jetstream", "")).with(parts...), block("account", "B"), block("share", "x").with(share...))
}

// witnesses are a topology for each rule that is stricter than the server: jsc
// refuses it for that rule, and the server takes it.
var witnesses = map[string]*node{
	"bad-duration":  alone(block("account", "A", wide(), storing(block("consumer_limits", "", set("inactive_threshold", span("-1s")))))),
	"bad-name":      alone(block("account", "A", wide(), block("stream", "S\u200bx", set("subjects", texts("s.*"))))),
	"bad-subject":   alone(block("account", "A", block("signing_key", "k", block("role", "", block("publish", "", set("deny", texts("a..b"))))))),
	"bad-value":     alone(block("account", "A", wide(), storing(block("consumer", "C", set("deliver_subject", text("d")), set("deliver_group", text("g h")))))),
	"mapping-cycle": alone(block("account", "A", block("mapping", "a", set("destination", text("b"))), block("mapping", "b", set("destination", text("a"))))),
	"field-conflict": alone(block("account", "A", wide(), storing(block("mirror", "", set("name", text("X")), set("opt_start_seq", number(5)),
		set("opt_start_time", moment("2025-01-01")))).without(never, func(n *node, name string) bool { return name == "subjects" }))),
	"stream-name":           alone(block("account", "A", wide(), block("stream", "S", block("mirror", "", set("name", text("")), block("external", "", set("api", text("X.API"))))))),
	"filter-outside-stream": alone(block("account", "A", wide(), storing(block("consumer", "C", set("filter_subject", text("t.>")))))),
	"filter-overlap": alone(block("account", "A", wide(), storing(block("source", "", set("name", text("X")),
		block("subject_transform", "", set("dest", text("y.>"))), block("subject_transform", "", set("src", text("a")), set("dest", text("b"))))))),
	"consumer-push-field":       alone(block("account", "A", wide(), storing(block("consumer", "C", set("deliver_group", text("g")))))),
	"consumer-pull-field":       alone(block("account", "A", wide(), storing(block("consumer", "C", set("deliver_subject", text("d")), set("max_batch", number(5)))))),
	"bucket-history":            alone(block("account", "A", wide(), block("key_value", "b", set("history", number(0))))),
	"wildcard-export-forbidden": alone(block("account", "A", block("limits", "", set("wildcard_exports", boolean(false))), exporter("stream", "a.*"))),
	"response-on-stream":        alone(block("account", "A", exporter("stream", "a.*", set("response_threshold", value{"0", int64(0)})))),
	"export-overlap":            alone(block("account", "A", exporter("service", "a.*"), exporter("service", "*.b", set("allow_trace", boolean(true))))),
	"self-import":               alone(block("account", "A", exporter("service", "a"), importing("i", "service", "a", set("local_subject", text("b"))))),
	"reserved-local-subject":    alone(block("account", "A", exporter("service", "a")), importing("i", "service", "a", set("local_subject", text("$SYS.a")))),
	"bad-local-subject":         alone(block("account", "A", exporter("service", "a.*")), importing("i", "service", "a.*", set("local_subject", text("b.$0")))),
	"import-collision":          alone(block("account", "A", exporter("service", "a")), importing("i", "service", "a"), importing("j", "service", "a", set("local_subject", text("b")))),
	"import-shadows-stream": alone(block("account", "A", block("jetstream", ""), exporter("stream", "d"), storing(block("consumer", "C", set("deliver_subject", text("d"))))),
		block("jetstream", ""), block("stream", "T", set("subjects", texts("d"))), importing("i", "stream", "d")),
	"deliver-subject-cycle": alone(block("account", "A", wide(), block("stream", "T", set("subjects", texts("d"))),
		storing(block("consumer", "C", set("ack_policy", text("flow_control")), set("deliver_subject", text("d")))))),
	"share-consumer-many": topology(block("account", "A", block("jetstream", ""), pulled()), block("account", "B"), block("account", "C"),
		block("share", "x", set("consumer", refer("account.A.stream.S.consumer.C")), toB, block("to", "C"))),
	"share-deliver-overlap": topology(block("account", "A", block("jetstream", ""), storing(unacked("C"), unacked("D"))), block("account", "B"),
		block("share", "x", set("consumer", refer("account.A.stream.S.consumer.C")), toB)),
	"share-ack-collision": topology(block("account", "A", block("jetstream", ""), pulled()), block("account", "B", block("jetstream", ""), pulled()),
		block("share", "x", set("consumer", refer("account.A.stream.S.consumer.C")), toB)),
	"share-flow-control-collision": topology(block("account", "A", block("jetstream", ""), storing()), block("account", "B", block("jetstream", "")), block("account", "C", block("jetstream", ""), storing()),
		block("share", "x", set("stream", refer("account.A.stream.S")), set("mode", text("source")), toB),
		block("share", "y", set("stream", refer("account.C.stream.S")), set("mode", text("source")), toB)),
	"share-consumer-create": sharing([]any{storing()}, set("stream", refer("account.A.stream.S")), set("public", boolean(true))),
	"filter-not-a-boundary": topology(block("account", "A", block("jetstream", ""), block("key_value", "K")), block("account", "X", set("external", boolean(true)), set("public_key", key("X"))),
		block("share", "x", set("key_value", refer("account.A.key_value.K")), set("filter_subjects", texts("a.>")), block("to", "X"))),
	"read-steals-pull": sharing([]any{pulled()}, set("stream", refer("account.A.stream.S")), toB),
	"publish-rollup":   sharing([]any{storing(set("allow_rollup_hdrs", boolean(true)))}, set("stream", refer("account.A.stream.S")), set("mode", text("publish")), toB),
	"inbox-prefix":     sharing([]any{block("key_value", "K")}, set("key_value", refer("account.A.key_value.K")), block("to", "B", set("inbox_prefix", text("_INBOX")))),
}

func never(*node) bool { return false }

// TestStricter: where a rule says that it is stricter than the server, the server
// takes what jsc refuses.
func TestStricter(t *testing.T) {
	for _, rule := range diag.Rules() {
		if (rule.Stricter != "") != (witnesses[rule.Name] != nil) {
			t.Errorf("%s: Stricter is %q, and the witness %v", rule.Name, rule.Stricter, witnesses[rule.Name])
		}
	}
	r := &run{generator: generator{ask: ask}, t: t}
	defer r.renew()
	for name, tree := range witnesses {
		r.number++
		r.ask = ask
		if len(tree.of("share")) > 0 {
			r.ask = prove
		}
		v, refused := r.both(tree)
		for n, why := range refused {
			t.Errorf("%s: the server refuses %s %q: %s", name, n.kind, n.label, why)
		}
		others := slices.DeleteFunc(slices.Clone(v.mistakes), func(m mistake) bool { return m.rule == name && excuse(m) != "" })
		if len(v.mistakes) == 0 || len(others) > 0 {
			t.Errorf("%s: jsc says %v", name, v.mistakes)
		}
	}
	for name := range partly {
		if witnesses[name] == nil {
			t.Errorf("%s has messages that are stricter, and its rule says nothing of it", name)
		}
	}
}

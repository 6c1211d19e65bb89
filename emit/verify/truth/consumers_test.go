package truth

import (
	"math/rand/v2"
	"slices"
	"strings"
)

var consumerValues = values{
	"description":        {text("d"), text(strings.Repeat("x", 4097))},
	"deliver_policy":     {text("all"), text("last"), text("new"), text("by_start_sequence"), text("by_start_time"), text("last_per_subject")},
	"opt_start_seq":      {number(5), number(0), number(-1)},
	"opt_start_time":     {moment("2025-01-01")},
	"ack_policy":         {text("explicit"), text("none"), text("all"), text("flow_control")},
	"ack_wait":           {span("1s"), value{"0", int64(0)}, span("-1s"), span("1ns")},
	"max_deliver":        {number(3), number(1), number(0), unlimited, number(-2)},
	"backoff":            {spans("1s"), spans("1s", "2s"), spans(), spans("-1s"), spans("2s", "1s", "0s")},
	"filter_subject":     {text("a.>"), text("a.b"), text("a.*"), text("b.c"), text("d"), text("a..b"), text("a.>.b"), text("")},
	"filter_subjects":    {texts("a.b", "a.c"), texts("a.*"), texts("a.*.c", "a.b.*"), texts("a.>", "a.b"), texts("b.c"), texts(), texts("a.b", "a.b"), texts("z")},
	"replay_policy":      {text("instant"), text("original")},
	"rate_limit_bps":     {number(0), number(1000)},
	"sample_freq":        {text("10"), text("10%"), text("0"), text("x"), text("200%"), text("-1"), text("%")},
	"max_waiting":        {number(5), number(0), number(-1), number(1 << 20)},
	"max_ack_pending":    {number(4), number(0), number(100), number(600), unlimited, number(-2)},
	"flow_control":       bools,
	"headers_only":       bools,
	"max_batch":          {number(5), number(0), number(-1)},
	"max_expires":        {span("5s"), value{"0", int64(0)}, span("1us"), span("-1s")},
	"max_bytes":          {number(100), number(0)},
	"deliver_subject":    {text("to.x"), text("to.y"), text("a.b"), text("to.*"), text("$JS.ACK.x"), text("to..x"), text("z.x"), text("to.>")},
	"deliver_group":      {text("g"), text("g h"), text("g.*"), text("")},
	"idle_heartbeat":     {span("1s"), value{"0", int64(0)}, span("1ms"), span("-1s"), span("100ms")},
	"inactive_threshold": {span("30s"), value{"0", int64(0)}, span("1h"), span("-1s")},
	"num_replicas":       {number(0), number(1), number(2), number(-1), number(3)},
	"mem_storage":        bools,
	"metadata":           {pairs("k", "v"), pairs("_nats.x", "v"), pairs("k", strings.Repeat("m", 131072))},
	"pause_until":        {moment("2035-01-01"), moment("2001-01-01")},
	"priority_groups":    {texts("g"), texts("g", "h"), texts("g h"), texts(), texts(strings.Repeat("g", 17)), texts("g", "g"), texts("")},
	"priority_policy":    {text("none"), text("overflow"), text("pinned_client"), text("prioritized")},
	"priority_timeout":   {span("1m"), value{"0", int64(0)}, span("-1s")},
	"direct":             {boolean(false), boolean(true)},
	"sourcing":           {boolean(false), boolean(true)},
}

// shape is a consumer that makes sense, and what would not in it.
type shape struct {
	attrs []attr
	avoid []string
}

var (
	pushFields  = []string{"deliver_subject", "deliver_group", "rate_limit_bps", "idle_heartbeat", "flow_control"}
	pullFields  = []string{"max_waiting", "max_batch", "max_expires", "max_bytes", "priority_policy", "priority_groups", "priority_timeout"}
	startFields = []string{"deliver_policy", "opt_start_seq", "opt_start_time"}
	ackFields   = []string{"ack_wait", "backoff", "idle_heartbeat", "max_deliver", "flow_control"}

	shapes = []shape{
		{nil, join(pushFields, startFields, pullFields[4:])},
		{[]attr{set("deliver_subject", text("to.x"))}, join(pullFields, startFields, []string{"flow_control"})},
		{[]attr{set("deliver_subject", text("to.x")), set("flow_control", boolean(true)), set("idle_heartbeat", span("5s"))}, join(pullFields, startFields)},
		{[]attr{set("deliver_policy", text("by_start_sequence")), set("opt_start_seq", number(5))}, join(pushFields, startFields, pullFields[4:])},
		{[]attr{set("deliver_policy", text("by_start_time")), set("opt_start_time", moment("2025-01-01"))}, join(pushFields, startFields, pullFields[4:])},
		{[]attr{set("deliver_policy", text("last_per_subject")), set("filter_subject", text("a.>"))}, join(pushFields, startFields, pullFields[4:], []string{"filter_subjects"})},
		{[]attr{set("priority_policy", text("pinned_client")), set("priority_groups", texts("g"))}, join(pushFields, startFields)},
		{[]attr{set("priority_policy", text("overflow")), set("priority_groups", texts("g"))}, join(pushFields, startFields, []string{"priority_timeout"})},
		{[]attr{set("ack_policy", text("flow_control")), set("deliver_subject", text("to.x"))}, join(pullFields, startFields, ackFields)},
	}
)

func join(lists ...[]string) (out []string) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// consumerStreams are what consumers are of.
var consumerStreams = []func() *node{
	func() *node { return block("stream", "S") },
	func() *node { return block("stream", "S") },
	func() *node { return block("stream", "S", set("retention", text("interest"))) },
	func() *node { return block("stream", "S", set("retention", text("workqueue"))) },
	func() *node { return block("stream", "S", set("max_consumers", number(2))) },
	func() *node {
		return block("stream", "S", set("storage", text("memory")), set("no_ack", boolean(true)))
	},
	func() *node {
		return block("stream", "S", block("consumer_limits", "", set("max_ack_pending", number(50)), set("inactive_threshold", span("10s"))))
	},
}

var consumerNames = []string{"a b", "a.b", "C*", "C>", "C/x", `C\x`, strings.Repeat("n", 256), strings.Repeat("n", 255), "Ünïcode"}

// drawConsumers draws a stream with up to three consumers.
func drawConsumers(r *rand.Rand) *node {
	s := one(r, consumerStreams)()
	s.attrs = append(s.attrs, set("subjects", texts("a.>", "b.*")))
	js := accountJetStreams[0]()
	if flip(r, 6) {
		js = block("jetstream", "", set("memory", number(1<<20)), set("disk", number(1<<20)), set("consumers", number(2)), set("max_ack_pending", number(500)))
	}
	names := []string{"C0", "C1", "C2"}[:one(r, []int{1, 1, 1, 2, 2, 3})]
	for _, name := range names {
		if flip(r, 60) {
			name = one(r, consumerNames)
		}
		of := one(r, shapes)
		c := block("consumer", name)
		c.attrs = append(c.attrs, of.attrs...)
		avoid := of.avoid
		if flip(r, 6) {
			avoid = nil
		}
		c.draw(r, consumerValues, one(r, []int{6, 15, 30}), join(avoid, []string{"direct", "sourcing"})...)
		if flip(r, 3) {
			c.sprinkle(r, consumerValues)
		}
		if len(names) > 1 || s.string("retention", "") == "workqueue" {
			// The server does not count its own consumers, nor hold them to the rules
			// of work queues.
			c.attrs = slices.DeleteFunc(c.attrs, func(a attr) bool { return a.name == "direct" || a.name == "sourcing" })
		}
		s.with(c)
	}
	return topology(block("account", "A", js, s))
}

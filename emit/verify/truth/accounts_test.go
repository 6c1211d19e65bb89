package truth

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var (
	numbers = []value{number(5), unlimited, number(1), number(0), number(-1), number(-2), value{`"1KiB"`, int64(1024)}}

	limitValues = values{
		"connections": {number(9), unlimited, number(-2)}, "leaf_nodes": numbers, "subscriptions": {number(50), unlimited, number(-7)},
		"data": numbers, "payload": {number(5000), unlimited, number(-2)},
		"imports": {number(5), number(2), unlimited, number(1), number(0), number(-2)}, "exports": {number(5), number(2), unlimited, number(1), number(0), number(-2)},
		"wildcard_exports": bools, "disallow_bearer": bools,
	}
	tierValues = values{
		"memory": {number(5000), unlimited, number(0), number(700), number(-2)}, "disk": {number(5000), unlimited, number(0), number(-3)},
		"streams": {number(2), unlimited, number(1), number(0), number(-2)}, "consumers": {number(2), unlimited, number(1), number(0), number(-2)},
		"max_ack_pending": {number(500), unlimited, number(0), number(-2)}, "memory_max_stream": {number(600), unlimited, number(0)},
		"disk_max_stream": {number(600), unlimited, number(0)}, "max_bytes_required": bools,
	}
	userValues = values{
		"bearer": bools, "subscriptions": {number(9), unlimited, number(-2)}, "data": numbers, "payload": numbers,
		"source_networks": {texts("127.0.0.0/8"), texts("127.0.0.1"), texts()}, "locale": {text("Europe/Berlin"), text("Mars/Base"), text("Local"), text("")},
		"connection_types": {texts("STANDARD"), texts("MQTT", "STANDARD"), texts("MORSE"), texts("STANDARD", "MORSE"), texts()},
	}
	permitted = []value{texts("a.>", "b"), texts("a.*"), texts(">"), texts("a b"), texts(""), texts("a..b"), texts("a.>", "a.>"), texts("a.>.b"), texts("q.x")}
	queued    = append([]value{texts("a q"), texts("a.* q.>"), texts("a q r"), texts(" q"), texts("a  q"), texts("a q..r")}, permitted...)
	mapped    = [][2]string{
		{"m.a", "n.a"}, {"m.*", "n.$1"}, {"m.>", "n.>"}, {"m.*", "n.{{wildcard(1)}}"}, {"m.*.*", "n.$2.$1"}, {"m.*.*", "n.{{partition(3,1,2)}}"},
		{"m.a", "m1.a"}, {"m.*", "m0.$1"}, {"m.*.*", "n.$1"}, {"m.*", "n.$2"}, {"m.*", "n"}, {"m.*", "n.*"}, {"m.a", "n.$1"}, {"m..a", "n"}, {"m.a", ""}, {"m.>", "n"}, {"m.a", "n.>"},
		{"m.*", "n.{{left(1,3)}}"}, {"m.*", "n.{{slice(1,2)}}"}, {"m.a", "m.a"}, {"m.*", "m.$1.x"}, {"m.a", "n. a"}, {"m.a", "n.{{random(5)}}"}, {"m.*", "n.$1.$1"},
	}
)

// drawAccounts draws an account with limits, and another one that it imports
// from.
func drawAccounts(r *rand.Rand) *node {
	a := block("account", "A")
	if !flip(r, 3) {
		a.with(block("limits", "").draw(r, limitValues, one(r, []int{3, 6, 12, 20})))
	}
	if flip(r, 3) {
		a.with(drawJetStream(r))
		for i := range r.IntN(3) {
			a.with(block("stream", fmt.Sprintf("S%d", i), set("subjects", texts(fmt.Sprintf("s%d.>", i)))).draw(r, values{
				"max_bytes": {number(500), number(2500), number(5001), unlimited}, "storage": {text("file"), text("memory")},
				"max_consumers": {number(2), number(3), unlimited}, "num_replicas": {number(1), number(1), number(3)}}, 3).with(
				block("consumer", "C", set("max_ack_pending", better(r, []value{number(50), number(501), unlimited})))))
		}
	}
	if flip(r, 6) {
		a.with(drawPermissions(r, block("default_permissions", "")))
	}
	drawSigners(r, a)
	for i := range one(r, []int{0, 0, 0, 1, 2}) {
		a.with(drawMapping(r, i))
	}
	if flip(r, 6) {
		a.with(block("trace", "", set("destination", text(better(r, []string{"t.a", "t.*", "t..a", ">", "t a"})))).draw(r, values{
			"sampling": {number(50), number(100), number(0), number(101), number(-1)}}, 2))
	}
	for i := range one(r, []int{0, 0, 1, 2, 3}) {
		a.with(block("export", fmt.Sprintf("e%d", i), set(one(r, []string{"stream", "service"}), text(fmt.Sprintf("%s%d", one(r, []string{"e", "e.*.", "e."}), i)))))
	}
	b := block("account", "B", block("export", "x", set("service", text("x.*"))), block("export", "y", set("stream", text("y.>")), set("public", boolean(true))))
	for i := range one(r, []int{0, 0, 1, 1, 2, 3}) {
		kind, sub := "service", "x.w%d"
		if flip(r, 2) {
			kind, sub = "stream", "y.z%d"
		}
		a.with(block("import", fmt.Sprintf("i%d", i), set("from", account("B")), set(kind, text(fmt.Sprintf(sub, i)))))
	}
	return topology(a, b)
}

func drawJetStream(r *rand.Rand) *node {
	js := block("jetstream", "")
	odds := one(r, []int{2, 4, 8})
	if !flip(r, 4) {
		return js.draw(r, tierValues, odds)
	}
	if flip(r, 8) {
		js.draw(r, tierValues, 4)
	}
	for _, name := range one(r, [][]string{{"R1"}, {"R1", "R3"}, {"R3"}, {"R1"}, {"R6"}, {"r1"}, {"R01"}, {"gold"}, {"R1", "R0"}}) {
		js.with(block("tier", name).draw(r, tierValues, odds))
	}
	return js
}

func drawPermissions(r *rand.Rand, n *node) *node {
	for side, lists := range map[string][]value{"publish": permitted} {
		if flip(r, 2) {
			n.with(block(side, "").draw(r, values{"allow": lists, "deny": lists}, 2))
		}
	}
	if flip(r, 2) {
		n.with(block("subscribe", "").draw(r, values{"allow": queued, "deny": queued}, 2))
	}
	if flip(r, 4) {
		n.with(block("responses", "").draw(r, values{"max": {number(1), number(5), number(-1), number(0), number(-2)}, "ttl": {span("1s"), span("-1s")}}, 2))
	}
	return n
}

// drawSigners draws signing keys and users.
func drawSigners(r *rand.Rand, a *node) {
	keys := []string{"nobody"}
	for i := range one(r, []int{0, 0, 1, 2}) {
		k := block("signing_key", fmt.Sprintf("k%d", i))
		if flip(r, 2) {
			k.with(drawPermissions(r, block("role", "")).draw(r, userValues, 10))
		}
		keys = append([]string{k.label}, keys...)
		a.with(k)
	}
	for i := range one(r, []int{0, 1, 1, 2}) {
		u := block("user", fmt.Sprintf("u%d", i))
		if len(keys) > 1 && !flip(r, 3) || flip(r, 20) {
			u.with(set("signing_key", text(better(r, keys))))
		}
		if flip(r, 2) {
			drawPermissions(r, u).draw(r, userValues, one(r, []int{6, 20}))
		}
		a.with(u)
	}
}

func drawMapping(r *rand.Rand, i int) *node {
	rule := better(r, mapped)
	from := strings.ReplaceAll(rule[0], "m.", fmt.Sprintf("m%d.", i))
	m := block("mapping", from)
	if flip(r, 2) {
		return m.with(set("destination", text(rule[1])))
	}
	for k := range 1 + r.IntN(3) {
		dest := rule[1]
		if k > 0 && !flip(r, 4) {
			dest = fmt.Sprintf("%s.x%d", strings.TrimSuffix(dest, ".>"), k)
			if strings.HasSuffix(rule[1], ">") {
				dest = fmt.Sprintf("x%d.%s", k, rule[1])
			}
		}
		m.with(block("to", dest).draw(r, values{"weight": {number(20), number(50), number(100), number(0), number(101), number(256), number(-1)}, "cluster": {text("c"), text("d")}}, 2))
	}
	return m
}

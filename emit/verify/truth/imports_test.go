package truth

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var (
	exported = []string{"a", "a.b", "a.*", "a.>", "a.b.*", "a.*.c", "*.b", "b.>", "b.*.*", ">", "a.b.c", "*", "c", "*.*", "a..b", "a.>.b", ""}
	locals   = map[int][]string{
		0: {"l", "l.m", "a.b", "b.c", "l.$1", "l.*", "l.>", "$SYS.x", "_INBOX.x", "l..m", "$JS.API.x", "c"},
		1: {"l.*", "l.$1", "$1.l", "*.l", "l.$1.m", "a.*", "l.$2", "l", "l.*.$1", "l.$0", "l.*.*", "l.>", "b.$1.$1", "b.*.c"},
		2: {"l.*.*", "l.$1.$2", "l.$2.$1", "l.*.$2", "l.$1.*", "l.*.$1", "l.$2.*", "l.$1", "l.$1.$1", "b.*.*", "l.$3.$1"},
	}
)

// drawImports draws accounts that export to and import from each other.
func drawImports(r *rand.Rand) *node {
	var accounts []*node
	names := []string{"A", "B", "C", "D"}[:one(r, []int{2, 2, 3, 4})]
	for _, name := range names {
		a := block("account", name)
		overlap := flip(r, 4)
		for i := range 1 + r.IntN(3) {
			e := drawExport(r, fmt.Sprintf("e%d", i))
			if !overlap {
				e.within(fmt.Sprintf("x%d.", i))
			}
			a.with(e)
		}
		accounts = append(accounts, a)
	}
	for k := range one(r, []int{1, 1, 2, 2, 3, 4, 5}) {
		to := one(r, accounts)
		from := one(r, accounts)
		for from == to && !flip(r, 30) {
			from = one(r, accounts)
		}
		to.with(drawImport(r, fmt.Sprintf("i%d", k), from, to))
	}
	if flip(r, 3) {
		accounts = append(accounts, drawOther(r, accounts[0]))
	}
	blocks := make([]any, len(accounts))
	for i, a := range accounts {
		blocks[i] = a
	}
	return topology(blocks...)
}

// within puts an export's subject below a word of its own.
func (n *node) within(word string) {
	for i, a := range n.attrs {
		if a.name == "stream" || a.name == "service" {
			n.attrs[i].value = text(word + a.is.(string))
		}
		if a.name == "account_token_position" {
			n.attrs[i].value = number(a.is.(int64) + 1)
		}
	}
}

// drawOther draws another party's account, of which one imports by a token that
// it was given.
func drawOther(r *rand.Rand, to *node) *node {
	x := block("account", "X", set("external", boolean(true)), set("public_key", key("X")))
	kind := one(r, []string{"stream", "service"})
	sub := better(r, exported[:10])
	x.with(block("export", "x", set(kind, text("x."+sub))))
	i := block("import", "ix", set("from", account("X")), set(kind, text("x."+narrowed(r, sub))))
	if flip(r, 8) {
		i.attrs[1].name = one(r, []string{"stream", "service"})
	}
	to.with(i.with(set("token", given(better(r, tokenKinds), to.label, "ix"))))
	return x
}

func drawExport(r *rand.Rand, name string) *node {
	e := block("export", name)
	sub := better(r, exported[:14])
	if flip(r, 30) {
		sub = one(r, exported)
	}
	kind := one(r, []string{"stream", "service"})
	e.with(set(kind, text(sub)))
	if flip(r, 2) {
		e.with(set("public", boolean(true)))
	}
	odds := 12
	if kind == "stream" {
		odds = 60
	}
	e.draw(r, values{
		"response": {text("single"), text("stream"), text("chunked")}, "response_threshold": {span("5s"), span("-1s"), value{"0", int64(0)}},
		"allow_trace": bools, "advertise": bools}, odds)
	if flip(r, odds) {
		e.with(block("latency", "", set("sampling", better(r, []value{number(50), value{`"headers"`, int64(0)}, number(100), number(101), number(0)})),
			set("results", text(better(r, []string{"lat", "lat.x", "a.b", "lat.*", "b.c.d", "l..x"})))))
	}
	if i := position(sub); flip(r, 8) || i > 0 && flip(r, 4) {
		if flip(r, 8) {
			i = r.IntN(5)
		}
		if i > 0 {
			e.with(set("account_token_position", number(int64(i))))
		}
	}
	return e
}

// position is that of the first *, from 1; 0 without one.
func position(sub string) int {
	for i, t := range strings.Split(sub, ".") {
		if t == "*" {
			return i + 1
		}
	}
	return 0
}

func drawImport(r *rand.Rand, name string, from, to *node) *node {
	e := one(r, from.of("export"))
	kind := "service"
	if e.get("stream") != nil {
		kind = "stream"
	}
	sub := narrowed(r, e.string(kind, ""))
	if at := int(e.int("account_token_position", 0)); at > 0 && !flip(r, 5) {
		tokens := strings.Split(e.string(kind, ""), ".")
		if at <= len(tokens) {
			tokens[at-1] = "@" + to.label
			sub = strings.Join(tokens, ".")
		}
	}
	if flip(r, 20) {
		sub = one(r, exported[:14])
	}
	if flip(r, 30) {
		kind = one(r, []string{"stream", "service"})
	}
	i := block("import", name, set("from", account(from.label)), set(kind, keyed(sub)))
	if !flip(r, 3) {
		stars := min(strings.Count(sub, "*"), 2)
		local := better(r, locals[stars][:3])
		if flip(r, 6) {
			local = one(r, locals[stars])
		}
		if strings.HasSuffix(sub, ">") && !flip(r, 30) {
			local = strings.TrimSuffix(strings.TrimSuffix(local, ".>"), ">") + ".>"
		}
		if !flip(r, 4) {
			local = strings.Replace(local, "l", "l"+name, 1)
		}
		i.with(set("local_subject", text(local)))
	}
	return i.draw(r, values{"share": bools, "allow_trace": bools}, 30)
}

// narrowed is a subject, or a part of it.
func narrowed(r *rand.Rand, sub string) string {
	tokens := strings.Split(sub, ".")
	for i, t := range tokens {
		switch {
		case t == "*" && flip(r, 3):
			tokens[i] = one(r, []string{"b", "c"})
		case t == ">" && flip(r, 2):
			tokens[i] = one(r, []string{"b", "b.c", "*", "b.>", "*.>"})
		}
	}
	return strings.Join(tokens, ".")
}

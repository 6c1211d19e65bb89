package check

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"pgregory.net/rapid"

	"jsc/emit"
	"jsc/emit/lock"
)

// TestShortcutsAgree: what is found is the same, whether what equals the plan is
// decoded or not, however the tree was damaged.
func TestShortcutsAgree(t *testing.T) {
	clean := built(t)
	others := otherBuilds(t, clean)
	rapid.Check(t, func(t *rapid.T) {
		tr := rapid.SampledFrom(append([]*tree{clean}, others...)).Draw(t, "tree").clone()
		for range rapid.IntRange(0, 3).Draw(t, "times") {
			how := rapid.SampledFrom(slices.Sorted(maps.Keys(damage))).Draw(t, "damage")
			damage[how](t, tr, others)
		}
		for how, in := range tr.inputs(clean.locked()) {
			agree(t, how, in)
		}
	})
}

// agree holds that shortcuts do not matter for what a check finds.
func agree(t interface{ Fatalf(string, ...any) }, how string, in Input) {
	quick, err := judge(in, false)
	plain, failed := judge(in, true)
	if err != nil || failed != nil {
		t.Fatalf("%s: %v, %v", how, err, failed)
	}
	if got, want := says(quick.Diagnostics), says(plain.Diagnostics); got != want || quick.Trusted != plain.Trusted || !slices.Equal(quick.Waiting, plain.Waiting) {
		t.Fatalf("%s: trusted %v\n%s\nwith all decoded: trusted %v\n%s", how, quick.Trusted, got, plain.Trusted, want)
	}
}

// damage are ways in which what is committed may differ from what a build wrote.
// others are trees of other builds of the same topology.
var damage = map[string]func(t *rapid.T, tr *tree, others []*tree){
	"flip a byte": func(t *rapid.T, tr *tree, _ []*tree) {
		name := tr.some(t)
		if text := []byte(tr.folder[name]); len(text) > 0 {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 6).Draw(t, "bit")
			tr.folder[name] = string(text)
		}
	},
	"cut a file": func(t *rapid.T, tr *tree, _ []*tree) {
		name := tr.some(t)
		tr.folder[name] = tr.folder[name][:rapid.IntRange(0, len(tr.folder[name])).Draw(t, "length")]
	},
	"add a newline":    func(t *rapid.T, tr *tree, _ []*tree) { tr.folder[tr.some(t)] += "\n" },
	"remove a file":    func(t *rapid.T, tr *tree, _ []*tree) { delete(tr.folder, tr.some(t)) },
	"copy a file":      func(t *rapid.T, tr *tree, _ []*tree) { tr.folder[tr.some(t)] = tr.folder[tr.some(t)] },
	"copy a file here": func(t *rapid.T, tr *tree, _ []*tree) { tr.folder[tr.somewhere(t)] = tr.folder[tr.some(t)] },
	"take another build's file": func(t *rapid.T, tr *tree, others []*tree) {
		other := rapid.SampledFrom(others).Draw(t, "build")
		name := other.some(t)
		tr.folder[name] = other.folder[name]
	},
	"take another build's lock": func(t *rapid.T, tr *tree, others []*tree) {
		tr.lock = rapid.SampledFrom(others).Draw(t, "build").lock
	},
	"take another build's entry": func(t *rapid.T, tr *tree, others []*tree) {
		from := rapid.SampledFrom(others).Draw(t, "build").locked()
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(from.Tokens))).Draw(t, "id")
		tr.relock(func(l *lock.Lock) { l.Tokens[id] = from.Tokens[id] })
	},
	"exchange tokens": func(t *rapid.T, tr *tree, others []*tree) {
		name := tr.some(t)
		texts := tokensIn(tr.folder[name])
		from := rapid.SampledFrom(append([]*tree{tr}, others...)).Draw(t, "build")
		with := tokensIn(from.folder[from.some(t)])
		if len(texts) > 0 && len(with) > 0 {
			old, new := rapid.SampledFrom(texts).Draw(t, "token"), rapid.SampledFrom(with).Draw(t, "by")
			tr.folder[name] = strings.ReplaceAll(tr.folder[name], old, new)
		}
	},
	"exchange a token everywhere": func(t *rapid.T, tr *tree, others []*tree) {
		name := tr.some(t)
		texts := tokensIn(tr.folder[name])
		from := rapid.SampledFrom(append([]*tree{tr}, others...)).Draw(t, "build")
		with := tokensIn(from.folder[name])
		if len(texts) > 0 && len(with) > 0 {
			old, new := rapid.SampledFrom(texts).Draw(t, "token"), rapid.SampledFrom(with).Draw(t, "by")
			for name, text := range tr.folder {
				tr.folder[name] = strings.ReplaceAll(text, old, new)
			}
		}
	},
	"sign a token anew": func(t *rapid.T, tr *tree, _ []*tree) {
		name := tr.some(t)
		c, err := emit.Decode(strings.TrimSuffix(tr.folder[name], "\n"))
		if err != nil {
			return
		}
		signer := rapid.SampledFrom([]string{"operator/RETAIL", "account/A", "account/B", "account/A/signing/plain", "account/A/signing/role"}).Draw(t, "signer")
		rapid.SampledFrom([]func(){
			func() {},
			func() { c.Claims().IssuedAt++ },
			func() { c.Claims().Expires = start + 50 },
			func() { c.Claims().Name += "x" },
			func() {
				if a, ok := c.(*jwt.AccountClaims); ok {
					a.Limits.Conn++
				}
			},
			func() {
				if a, ok := c.(*jwt.AccountClaims); ok && len(a.Imports) > 0 {
					a.Imports[0].Token = ""
				}
			},
		}).Draw(t, "change")()
		c.Claims().Issuer = public(signer, "")
		tr.folder[name] = sign(c, signer, "") + "\n"
	},
	"change the lock": func(t *rapid.T, tr *tree, _ []*tree) {
		l := tr.locked()
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(l.Tokens))).Draw(t, "id")
		other := rapid.SampledFrom(slices.Sorted(maps.Keys(l.Tokens))).Draw(t, "other")
		entry := l.Tokens[id]
		rapid.SampledFrom([]func(){
			func() { delete(l.Tokens, id) },
			func() { entry.IssuedAt++; l.Tokens[id] = entry },
			func() { entry.IssuedAt += 5000; l.Tokens[id] = entry },
			func() { entry.Expires++; l.Tokens[id] = entry },
			func() { entry.Claims = l.Tokens[other].Claims; l.Tokens[id] = entry },
			func() { l.Tokens[id] = l.Tokens[other] },
			func() { delete(l.Keys, id) },
			func() { l.Revoked[lock.UserRevocationID(l.Keys["account/A"], "*")] = lock.Revocation{Before: start} },
		}).Draw(t, "change")()
		if _, diags := lock.Parse("t.lock.json", l.Encode()); !diags.HasErrors() {
			tr.lock = l.Encode()
		}
	},
	"change the topology": func(t *rapid.T, tr *tree, _ []*tree) {
		e := rapid.SampledFrom(edits).Draw(t, "edit")
		tr.topology = strings.Replace(tr.topology, e[0], e[1], 1)
	},
}

// edits are changes of the topology.
var edits = [][2]string{
	{`response = "stream"`, `response = "chunked"`},
	{`disk = "1GiB"`, `disk = "2GiB"`},
	{`  user "app" {}` + "\n", ""},
	{`expires = "30d"`, `expires = "60d"`},
	{`expires    = "90d"`, ""},
	{`allow = ["x.>"]`, `allow = ["y.>"]`},
	{`consumer "C" {}`, `consumer "C" { max_ack_pending = 7 }`},
	{topology[strings.Index(topology, `share "work"`):], ""},
}

// some is a file of the folder.
func (tr *tree) some(t *rapid.T) string {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(tr.folder))).Draw(t, "file")
}

// somewhere is a path where a build may, or does not, write.
func (tr *tree) somewhere(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"accounts/C.jwt", "users/A/eve.jwt", "users/A/token.jwt", "activations/C.json", "activations/EXT/x.jwt",
		"resolver-dir/X.jwt", "deep/er.jwt", "README",
	}).Draw(t, "path")
}

// otherBuilds are of the same topology: later with other keys, and with the same after changes.
func otherBuilds(t testing.TB, clean *tree) []*tree {
	mine := (&tree{t: t, topology: topology, keys: "mine"}).build(start)
	changed := clean.clone()
	for _, e := range edits[:2] {
		changed.edit(e[0], e[1])
	}
	changed.build(start + 10)
	without := clean.clone().edit(edits[7][0], "").build(start + 20)
	back := without.clone()
	back.topology = topology
	back.build(start + 30)
	return []*tree{mine, changed, without, back}
}

// inputs are the ways to check a tree: alone, trusted, against a base, late.
func (tr *tree) inputs(base *lock.Lock) map[string]Input {
	based, trusted, late := tr.input(), tr.input(), tr.input()
	based.Base, based.Require = base, true
	trusted.Trust = public("operator/RETAIL", "")
	late.Now = start + 80*24*60*60
	return map[string]Input{"alone": tr.input(), "based": based, "trusted": trusted, "late": late}
}

// tokensIn is textsIn of a file.
func tokensIn(text string) []string {
	var all []string
	for _, found := range textsIn([]byte(text)) {
		all = append(all, text[found.begin:found.end])
	}
	return all
}

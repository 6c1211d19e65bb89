package truth

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/emit/verify"
)

// refer is a reference to what an account's block holds.
func refer(path string) value { return value{path, path} }

// shared is something that can be shared: the block that declares it, and its
// share's source.
type shared struct {
	of    func(*rand.Rand) *node
	set   func(account string) []attr
	modes []string
}

func consumerOf(stream, name string, attrs ...attr) func(*rand.Rand) *node {
	return func(r *rand.Rand) *node {
		c := block("consumer", name)
		c.attrs = append(c.attrs, attrs...)
		if stream == "T" && flip(r, 3) {
			c.with(set("filter_subject", text("t.*")))
		}
		return block("stream", stream, set("subjects", texts(map[string]string{"S": "s.>", "T": "t.>"}[stream]))).draw(r, values{
			"allow_direct": {boolean(true)}, "allow_rollup_hdrs": {boolean(true)}, "retention": {text("interest")}}, 8).with(c)
	}
}

// things are what an account may have; each is declared with all that it needs.
var things = []shared{
	{consumerOf("S", "PULL"), shareOf("consumer", "stream.S.consumer.PULL"), nil},
	{consumerOf("S", "PUSH", set("deliver_subject", text("deliver.push")), set("deliver_group", text("g"))), shareOf("consumer", "stream.S.consumer.PUSH"), nil},
	{consumerOf("S", "FLOW", set("deliver_subject", text("deliver.flow")), set("flow_control", boolean(true)), set("idle_heartbeat", span("1s"))), shareOf("consumer", "stream.S.consumer.FLOW"), nil},
	{consumerOf("S", "NONE", set("deliver_subject", text("deliver.none")), set("ack_policy", text("none"))), shareOf("consumer", "stream.S.consumer.NONE"), nil},
	{consumerOf("T", "FC", set("deliver_subject", text("deliver.fc")), set("ack_policy", text("flow_control"))), shareOf("consumer", "stream.T.consumer.FC"), nil},
	{consumerOf("T", "PULL"), shareOf("consumer", "stream.T.consumer.PULL"), nil},
	{consumerOf("T", "PULL"), shareOf("stream", "stream.T"), []string{"read", "source", "mirror", "publish", ""}},
	{plainStream, shareOf("stream", "stream.U"), []string{"read", "source", "mirror", "publish", ""}},
	{plainStream, shareOf("stream", "stream.U"), []string{"read", "source", "mirror", "publish", ""}},
	{func(*rand.Rand) *node { return block("key_value", "K") }, shareOf("key_value", "key_value.K"), []string{"read", "write", ""}},
	{func(*rand.Rand) *node { return block("object_store", "O") }, shareOf("object_store", "object_store.O"), []string{"read", "write", ""}},
	{nil, shareAt("subject", "news.*"), nil},
	{nil, shareAt("service", "ask.*"), nil},
}

func plainStream(r *rand.Rand) *node {
	return block("stream", "U", set("subjects", texts("u.*"))).draw(r, values{"allow_direct": {boolean(true)}, "allow_rollup_hdrs": {boolean(true)}, "max_msgs": {number(5000)}}, 4)
}

func shareOf(source, path string) func(string) []attr {
	return func(a string) []attr { return []attr{set(source, refer("account."+a+"."+path))} }
}

func shareAt(source, subject string) func(string) []attr {
	return func(a string) []attr {
		return []attr{set(source, text(subject)), set("from", account(a))}
	}
}

var (
	shareValues = values{
		"info": bools, "competing": bools, "watch": bools, "public": {boolean(true), boolean(false)},
		"filter_subjects":    {texts("u.a"), texts("u.a", "u.b"), texts("t.x"), texts("a.>"), texts("s.x"), texts("z"), texts("u.*", "u.a")},
		"response":           {text("stream"), text("single"), text("chunked")},
		"response_threshold": {span("5s"), span("-1s")}, "expires": {text("30d"), text("2000-01-01")},
	}
	// ofSource are those that shares of a source have.
	ofSource = map[string][]string{
		"consumer": {"info", "competing", "expires", "public"}, "stream": {"info", "filter_subjects", "expires", "public"},
		"key_value": {"watch", "filter_subjects", "expires"}, "object_store": {"watch", "expires"},
		"subject": {"expires", "public"}, "service": {"response", "response_threshold", "expires", "public"},
	}
	toValues = values{
		"api_prefix": {text("THEIRS.API"), text("$JS.API"), text("A.API"), text("x.*"), text("B.API")}, "local_subject": {text("here"), text("here.*"), text("here.>"), text("deliver.push"), text("$JS.x")},
		"inbox_prefix": {text("_INBOX_X"), text("_INBOX"), text("_INBOX_a.b"), text("INBOX")}, "trusted": bools,
	}
)

// drawShares draws accounts and what they share, up to three things.
func drawShares(r *rand.Rand) *node {
	names := []string{"A", "B", "C"}
	accounts := map[string]*node{}
	for _, name := range names {
		accounts[name] = block("account", name)
		if name == "A" || !flip(r, 3) {
			accounts[name].with(block("jetstream", ""))
		}
	}
	var shares []*node
	for i := range one(r, []int{1, 1, 2, 2, 3}) {
		from := better(r, names)
		shares = append(shares, drawShare(r, fmt.Sprintf("s%d", i), accounts[from], accounts, names))
	}
	top := topology()
	if flip(r, 3) {
		top.with(block("server", "", set("ack_format", text(one(r, []string{"v1", "v2", "both"})))))
	}
	for _, name := range names {
		top.with(accounts[name])
	}
	return top.with(shares)
}

func drawShare(r *rand.Rand, name string, from *node, accounts map[string]*node, names []string) *node {
	thing := one(r, things)
	if thing.of != nil {
		from.add(thing.of(r))
	}
	s := block("share", name)
	s.attrs = append(s.attrs, thing.set(from.label)...)
	if len(thing.modes) > 0 {
		if mode := better(r, thing.modes); mode != "" {
			s.with(set("mode", text(mode)))
		}
	}
	if from.child("jetstream") == nil && thing.of != nil && !flip(r, 20) {
		from.with(block("jetstream", ""))
	}
	odds := one(r, []int{12, 40, 40})
	fitting := make(values)
	for _, name := range ofSource[s.attrs[0].name] {
		fitting[name] = shareValues[name]
	}
	s.draw(r, fitting, 6)
	if flip(r, 12) {
		s.sprinkle(r, shareValues)
	}
	importers := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == from.label && !flip(r, 30) })
	r.Shuffle(len(importers), func(i, j int) { importers[i], importers[j] = importers[j], importers[i] })
	for _, to := range importers[:one(r, []int{1, 1, 1, 1, 2})] {
		t := block("to", to).draw(r, toValues, odds)
		if !flip(r, 3) && t.get("trusted") == nil {
			t.with(set("trusted", boolean(true)))
		}
		s.with(t)
		if flip(r, 4) {
			accounts[to].with(block("user", "u-"+name, block("access", "", set("shares", refer("[share."+name+"]")))))
		}
	}
	if flip(r, 8) {
		drawBeside(r, name, from, accounts[importers[0]])
	}
	return s
}

// beside are subjects of shares' own grants, and others that look like them.
var beside = []string{
	"$JS.API.CONSUMER.MSG.NEXT.S.PULL", "$JS.API.CONSUMER.INFO.S.PULL", "$JS.ACK.S.PULL.>", "$JS.API.CONSUMER.INFO.S.*", "deliver.push", "deliver.>",
	"$JS.API.STREAM.INFO.U", "$JS.API.DIRECT.GET.U", "$JS.FC.S.FLOW.*", "news.*", "news.b", "ask.a", "$JS.API.CONSUMER.MSG.NEXT.S.NONE", "$KV.K.>", "u.*",
}

// drawBeside draws an export by hand of what a share may grant too, and an
// import of it, or of a subject that is not quite it.
func drawBeside(r *rand.Rand, name string, from, to *node) {
	sub := one(r, beside)
	kind := "service"
	if strings.HasPrefix(sub, "deliver") || strings.HasPrefix(sub, "news") {
		kind = "stream"
	}
	e := block("export", "e-"+name, set(kind, text(sub)))
	if flip(r, 4) {
		e.with(set("public", boolean(true)))
	}
	from.with(e)
	if flip(r, 3) {
		sub = one(r, beside)
	}
	i := block("import", "i-"+name, set("from", account(from.label)), set(kind, text(sub)))
	if !flip(r, 4) {
		local := "near." + strings.ToLower(strings.ReplaceAll(sub, "$", ""))
		i.with(set("local_subject", text(local)))
	}
	to.with(i)
}

// add puts a block among a node's own, or its blocks into the one of that kind
// and label that is there.
func (n *node) add(b *node) {
	for _, old := range n.blocks {
		if old.kind != b.kind || old.label != b.label {
			continue
		}
		for _, c := range b.blocks {
			old.add(c)
		}
		return
	}
	n.with(b)
}

// ofShares reports that a rule is about shares: what breaks another one stands
// otherwise in the topology than it was written, so that it proves nothing.
func ofShares(rule string) bool {
	return strings.HasPrefix(rule, "share-") || slices.Contains([]string{
		"filter-not-a-boundary", "read-steals-pull", "publish-rollup", "inbox-prefix", "import-collision", "import-shadows-stream", "unknown-reference", "wrong-reference",
	}, rule)
}

// prove has the server's say on whole shares: verify uses every grant as its
// importers would. A topology that jsc refuses is proved too, as far as it has
// been made.
func prove(w *world, tree *node, v *verdict, _ int) (refused map[*node]string) {
	refused = make(map[*node]string)
	for _, m := range v.mistakes {
		if !ofShares(m.rule) {
			refused[m.at] = "the other generators hold " + m.rule + " to the server"
			return refused
		}
	}
	if len(v.mistakes) > 0 {
		// It was never meant to be built.
		defer func() {
			if broken := recover(); broken != nil {
				refused[tree] = fmt.Sprintf("it cannot be built: %v\n%s", broken, debug.Stack())
			}
		}()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	report, err := verify.Run(ctx, v.topology, verify.Options{Messages: 12, Size: 64})
	if err != nil {
		refused[tree] = err.Error()
		return refused
	}
	for _, row := range report.Rows {
		if row.Result == verify.OK || row.Result == verify.Elsewhere {
			continue
		}
		if strings.HasPrefix(row.Share, "import/") && strings.HasSuffix(row.Detail, nats.ErrNoResponders.Error()) {
			continue // it crosses, to where nobody is
		}
		n := tree
		for _, s := range tree.of("share") {
			if s.label == row.Share {
				n = s
			}
		}
		refused[n] = fmt.Sprintf("%s of %s to %s, %s: %s", row.Grant, row.Share, row.To, row.Result, row.Detail)
	}
	return refused
}

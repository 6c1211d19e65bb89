package client

import (
	"slices"
	"strconv"

	"jsc/compiler"
	"jsc/schema"
)

// cautions are what people should know of a share before they rely on it:
// docs/security.md A and what nats-server does at run time, in words.
var cautions = []struct {
	when    func(*View) bool
	clients bool   // it tells whoever writes the importer's clients what to do
	text    string // a template, see fill
}{
	{row(func(r *compiler.Row) bool { return r.Creates }), false, "A CREATE grant is publish rights over {exporter}. Whoever may create consumers on {stream} can have {exporter}'s server send its messages to any subject of {exporter}, to other importers' delivery and inbox subjects, and on through {exporter}'s own imports; and can overwrite every durable consumer of {stream}. No subject narrows that. Ways out: share a consumer with ack_policy = \"flow_control\" (durable-source), a pull consumer for each importer, watch = false, or a relay account that durable-sources {stream} and holds nothing else."},
	{trusted("delete"), false, "With trusted = true {importer} may delete every consumer of {stream}, the exporter's durable ones too."},
	{row(func(r *compiler.Row) bool { return r.Drains }), false, "The grant next pulls from every pull consumer of {stream}, not only from the reader's own: {stream} should have none that others rely on."},
	{both(filtered, beyond), false, "filter_subjects is no boundary here: importers can also {=beyond}."},
	{competing, true, "All importers share one consumer: each message goes to one of them, and any of them may end or terminate another's."},
	{func(v *View) bool { return v.share.Kind.Writes || v.share.Kind.Mode == "write" }, false, "What is published passes with its headers: Nats-Rollup erases where the stream allows it, and Nats-Msg-Id shares the stream's de-duplication with its other publishers."},
	{func(v *View) bool { return v.share.Public }, false, "It is public: any account may import it, known or not, without a token. So nobody's access to it can be revoked or expire: it ends for all, when the share does or is no longer public."},
	{func(v *View) bool { return v.target.Expiry != (compiler.Expiry{}) }, false, "Expiry alone ends no running access: the server does not look at it while a service import with a local subject is in use. Only a new token of {exporter} does: remove the to block and build, which revokes."},
	{moved, true, "Deliveries arrive at {subject}, not at the consumer's own subject: clients that bind to the consumer subscribe to that and get nothing. Subscribe to {subject} instead."},
	{flows, true, "The consumer has flow control. A plain subscriber must answer its status messages, or delivery stalls for good after some 2 MiB; JetStream clients do."},
	{grouped, true, "Only subscribers in the queue group {group} receive; a plain subscription gets nothing."},
	{func(v *View) bool { return v.share.Kind.Exclusive && has("next")(v) }, true, "A message with neither payload nor header ends the answer to a pull: the rest of the batch comes again after ack_wait. Where there are such messages, pull one at a time."},
	{func(v *View) bool { return v.values["inbox"] != "" }, true, "Clients must set the inbox prefix {inbox}, or the longer one of their user: what they watch is delivered there, and nowhere else."},
	{both(from(schema.KindKeyValue), not(has("watch"))), true, "Without watch keys can be read and not watched or listed."},
	{both(from(schema.KindObjectStore), not(has("watch"))), true, "Without watch objects can be looked up, and neither listed nor read."},
}

// row reports that the view has a grant of such a row.
func row(is func(*compiler.Row) bool) func(*View) bool {
	return func(v *View) bool {
		return slices.ContainsFunc(v.grants, func(g *compiler.Grant) bool { return is(g.Row) })
	}
}

// from reports that a bucket of that kind is shared.
func from(kind schema.Kind) func(*View) bool {
	return func(v *View) bool { return v.share.Kind.Source == string(kind) }
}

// trusted reports that the importer is trusted with a grant of that row.
func trusted(row string) func(*View) bool {
	return func(v *View) bool { return v.target.Trusted && has(row)(v) }
}

func competing(v *View) bool {
	return v.share.Competing || v.share.Kind.Exclusive && len(v.share.Targets) > 1
}

// beyond reports that a grant shows more than the share's filters, and notes
// what.
func beyond(v *View) bool {
	for _, g := range v.grants {
		if g.Row.Beyond != "" {
			v.values["beyond"] = g.Row.Beyond
			return true
		}
	}
	return false
}

// Cautions are what there is to be careful of.
func (v *View) Cautions() []string {
	var out []string
	for _, c := range cautions {
		if c.when(v) {
			out = append(out, v.fill(c.text, strconv.Quote))
		}
	}
	return out
}

// ClientCautions are those of them that are for whoever writes the importer's
// clients, and cannot change the share; quote quotes names in them.
func (v *View) ClientCautions(quote func(string) string) []string {
	var out []string
	for _, c := range cautions {
		if c.clients && c.when(v) {
			out = append(out, v.fill(c.text, quote))
		}
	}
	return out
}

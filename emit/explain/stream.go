package explain

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/client"
	"jsc/schema"
	"jsc/schema/diag"
)

// ownKinds are the kinds of share by whose uses an account's own users use
// what their account has.
var ownKinds = map[schema.Kind]string{
	schema.KindStream:      "publish",
	schema.KindKeyValue:    "kv-write",
	schema.KindObjectStore: "object-write",
}

// stream explains a stream or a bucket.
func stream(t *compiler.Topology, s *compiler.Stream, out string) *Explanation {
	x := header(s.Src)
	x.Summary = fmt.Sprintf("%s %q of account %q", x.Kind, x.Name, s.Account.Name)
	c := &s.Config
	if x.Kind != schema.KindStream {
		x.fact("stream", c.Name)
	}
	x.fact("subjects", c.Subjects...)
	if c.Mirror != nil {
		x.fact("mirrors", copied(c.Mirror))
	}
	for _, o := range c.Sources {
		x.fact("copies", copied(o))
	}
	x.fact("keeps", keeps(c)...)
	for _, consumer := range s.Consumers {
		x.fact("consumer", consumer.Src.Address())
	}
	for _, share := range t.SharesOf(s) {
		x.fact("shared by", share.Src.Address())
	}
	v := client.Own(s, nil)
	x.users(s.Account, s.Src, v)
	path := "jetstream/" + emit.FileName(s.Account.Name) + "/" + emit.FileName(c.Name) + ".json"
	x.fact("file", path)
	x.join()
	add := command("nats stream add")
	add.flag("config", filepath.ToSlash(filepath.Join(out, path)))
	x.Uses = []client.Use{{What: "make it", CLI: string(add)}}
	if len(c.Subjects) > 0 { // a mirror, or a stream that only copies, has none
		x.Uses = append(x.Uses, v.Uses(ownKinds[x.Kind])...)
	}
	return x
}

// users adds the account's users whose access blocks have the entity. The view
// becomes that of the first with an inbox prefix.
func (x *Explanation) users(a *compiler.Account, e schema.Entity, v *client.View) {
	for _, u := range a.Users {
		for _, l := range lists(u, same(e)) {
			x.fact("user", u.Src.Address()+" ("+l+")")
			if l != "manage" && x.ForUser == "" && u.InboxPrefix != "" {
				x.ForUser = u.Name
				v.SetInbox(u.InboxPrefix)
			}
		}
	}
}

// copied says what a mirror or a source copies.
func copied(o *compiler.StreamSource) string {
	what := "stream " + o.Name
	if o.Consumer != nil {
		what += ", by its consumer " + o.Consumer.Name
	}
	if o.External != nil {
		what += ", through " + o.External.API
	}
	if o.FilterSubject != "" {
		what += ", only " + o.FilterSubject
	}
	return what
}

// keeps says what a stream keeps, and for how long.
func keeps(c *compiler.StreamConfig) []string {
	all := []string{
		c.Retention, c.Storage, positive("replicas", int64(c.Replicas)), positive("max_bytes", c.MaxBytes),
		positive("max_msgs", c.MaxMsgs), positive("max_msgs_per_subject", c.MaxMsgsPerSubject),
	}
	if c.MaxAge > 0 {
		all = append(all, "max_age "+schema.FormatDuration(c.MaxAge))
	}
	return all
}

func positive(name string, n int64) string {
	if n <= 0 {
		return ""
	}
	return name + " " + strconv.FormatInt(n, 10)
}

// consumer explains a consumer.
func consumer(t *compiler.Topology, c *compiler.Consumer, out string) *Explanation {
	x := header(c.Src)
	kind := "pull"
	if c.Config.Push() {
		kind = "push"
	}
	x.Summary = fmt.Sprintf("%s consumer %q of stream %q of account %q", kind, c.Config.Name, c.Stream.Config.Name, c.Stream.Account.Name)
	x.fact("filters", c.Config.Filters()...)
	x.fact("delivers to", c.Config.DeliverSubject)
	x.fact("deliver group", c.Config.DeliverGroup)
	x.fact("begins with", c.Config.DeliverPolicy)
	x.fact("acknowledgement", acknowledgement(&c.Config)...)
	for _, share := range t.SharesOf(c.Stream) {
		if share.Consumer == c {
			x.fact("shared by", share.Src.Address())
		}
	}
	v := client.Own(c.Stream, c)
	x.users(c.Stream.Account, c.Src, v)
	path := "jetstream/" + emit.FileName(c.Stream.Account.Name) + "/" + emit.FileName(c.Stream.Config.Name) + "/" + emit.FileName(c.Config.Name) + ".json"
	x.fact("file", path)
	x.join()
	add := command("nats consumer add " + diag.ShellQuote(c.Stream.Config.Name))
	add.flag("config", filepath.ToSlash(filepath.Join(out, path)))
	x.Uses = []client.Use{{What: "make it", CLI: string(add)}}
	if c.Config.AckPolicy != "flow_control" { // that one is for streams
		x.Uses = append(x.Uses, v.Uses(kind)...)
	}
	return x
}

func acknowledgement(c *compiler.ConsumerConfig) []string {
	all := []string{c.AckPolicy}
	if c.AckWait > 0 {
		all = append(all, "ack_wait "+schema.FormatDuration(c.AckWait))
	}
	if len(c.Backoff) > 0 {
		var waits []string
		for _, d := range c.Backoff {
			waits = append(waits, schema.FormatDuration(d))
		}
		all = append(all, "backoff "+strings.Join(waits, ", "))
	}
	return slices.Concat(all, []string{positive("max_ack_pending", c.MaxAckPending), positive("max_deliver", c.MaxDeliver)})
}

package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// checkShares holds shares to what their grants really give (docs/security.md A1 to
// A7, A12), each by itself and then against the others.
func (p *pass) checkShares() {
	each(p, p.t.Shares, func(p *pass, s *Share) (_ none) {
		if p.checkCreate(s) {
			p.checkPublic(s)
		}
		p.checkDrain(s)
		p.checkBoundary(s)
		p.checkRollup(s)
		p.checkIdle(s)
		return
	})
	p.checkImporters()
	p.checkSenders()
	p.checkInboxes()
	p.checkCollisions()
	p.checkDelivery()
}

// rows are the rows of the share that apply to one importer, or, with nil, to
// anybody; named ones too, since they say what the share is for.
func (p *pass) rows(s *Share, to *Target) []*Row {
	facts := s.Facts(&p.t.Server, to)
	if to == nil {
		facts.Watch = s.Kind.Takes(attrWatch) && s.Src.Watch.Or(true)
	}
	var rows []*Row
	for i := range s.Kind.Rows {
		if r := &s.Kind.Rows[i]; r.Applies(facts) {
			rows = append(rows, r)
		}
	}
	return rows
}

// anyRow reports a row with that property among those that apply to any
// importer of the share, or to anybody.
func (p *pass) anyRow(s *Share, has func(*Row) bool) bool {
	if !s.Kind.has(has) {
		return false
	}
	for _, t := range append([]*Target{nil}, s.Targets...) {
		if (t != nil || s.Public) && slices.ContainsFunc(p.rows(s, t), has) {
			return true
		}
	}
	return false
}

// warnUnless makes a warning of an error, unless that stays.
func warnUnless(d *hcl.Diagnostic, stays bool) *hcl.Diagnostic {
	if !stays {
		d.Severity = hcl.DiagWarning
	}
	return d
}

// checkCreate says what the right to create consumers is (A1); false when
// everybody would have it, which says more than that the share is public.
func (p *pass) checkCreate(s *Share) bool {
	creates := func(r *Row) bool { return r.Creates }
	if !s.Kind.has(creates) {
		return true
	}
	what := func(who string, at hcl.Range) *hcl.Diagnostic {
		return diag.New("share-consumer-create", at, s.Name, who, s.Stream.title(), fmt.Sprintf("account %q", s.From.Name))
	}
	trusted := len(s.Targets) > 0
	for _, t := range s.Targets {
		trusted = trusted && t.Trusted
	}
	if s.Public && !trusted {
		if p.anyRow(s, creates) {
			p.add(what("every account", s.Src.Public.Range()))
			return false
		}
		return true
	}
	for _, t := range s.Targets {
		if slices.ContainsFunc(p.rows(s, t), creates) {
			who := fmt.Sprintf("account %q", t.To.Name)
			d := what(who, t.Src.LabelOrNameRange())
			foreign := t.To.External && !t.Trusted
			if !foreign {
				diag.WithHint(d, "%s", createHint(s))
			}
			p.add(warnUnless(d, foreign))
		}
	}
	return true
}

// createHint is how an importer can do without the right to create consumers,
// where it is a warning: trusted = true changes nothing there.
func createHint(s *Share) string {
	if s.Kind.Takes(attrWatch) {
		return "Set watch = false, or share a durable source or a pull consumer."
	}
	return "Share a durable source or a pull consumer."
}

// checkDrain refuses readers of a stream with pull consumers (A3).
func (p *pass) checkDrain(s *Share) {
	pulled := s.pulled()
	if pulled == nil || !p.anyRow(s, func(r *Row) bool { return r.Drains }) {
		return
	}
	d := diag.New("read-steals-pull", s.Src.Stream.Range(), s.Name, s.Stream.title(), pulled.title())
	p.add(diag.WithNote(d, pulled.Src.LabelOrNameRange(), "the pull consumer is declared here"))
}

// pulled is a pull consumer of the shared stream, or nil.
func (s *Share) pulled() *Consumer {
	if s.Stream == nil {
		return nil
	}
	for _, c := range s.Stream.Consumers {
		if !c.Config.Push() {
			return c
		}
	}
	return nil
}

// checkBoundary says what filters do not hide (A2).
func (p *pass) checkBoundary(s *Share) {
	if len(s.Filters) == 0 {
		return
	}
	foreign := s.Public || slices.ContainsFunc(s.Targets, func(t *Target) bool { return t.To.External && !t.Trusted })
	for _, r := range p.rows(s, nil) {
		beyond := r.Beyond
		if pulled := s.pulled(); r.Drains && pulled != nil {
			beyond = "take any message from " + pulled.title()
		}
		if beyond == "" {
			continue
		}
		sentence := fmt.Sprintf("filter_subjects do not bound share %q: its importers can still %s", s.Name, beyond)
		p.add(warnUnless(diag.New("filter-not-a-boundary", s.Src.FilterSubjects.Range(), sentence), foreign))
	}
}

// checkIdle warns of what is granted and does not work.
func (p *pass) checkIdle(s *Share) {
	if s.Kind.has(func(r *Row) bool { return r.Idle != "" }) {
		said := make(map[string]bool)
		for _, r := range p.rows(s, nil) {
			idle := s.idle(r)
			if idle == "" || said[idle] {
				continue
			}
			said[idle] = true
			hint := "Set allow_direct = true on the stream; its other gets would not keep to the filter."
			if idle == idleQueue {
				hint = "Share a consumer with whoever is to take messages off the queue; for gets alone, ignore this."
			}
			d := diag.New("unused-share-grant", s.Src.FilterSubjects.RangeOr(s.Src.LabelOrNameRange()), s.Name, idle)
			p.add(diag.WithHint(d, "%s", hint))
		}
	}
	if s.Kind.Writes && s.Stream.Config.NoAck {
		d := diag.New("share-mode", s.Src.Stream.RangeOr(s.Src.LabelOrNameRange()), fmt.Sprintf("publishers of share %q get no acknowledgement: %s has no_ack", s.Name, s.Stream.title()))
		p.add(warnUnless(diag.WithHint(d, "Remove no_ack from the stream, or publish without waiting for an answer."), false))
	}
	if c := s.Consumer; c != nil && c.Config.FlowControl && !s.Kind.Sourced && !s.Info {
		d := diag.New("share-mode", s.Src.Info.Range(), fmt.Sprintf("without info no client binds to %s of share %q, and a plain subscription leaves its flow control unanswered", c.title(), s.Name))
		p.add(warnUnless(diag.WithHint(d, "Remove info = false, so that clients can bind, or remove flow_control from the consumer."), false))
	}
	for _, t := range s.Targets {
		if s.Kind.Unwatched != "" && !t.Watch {
			d := diag.New("share-mode", t.Src.LabelOrNameRange(), fmt.Sprintf("without watch, account %q cannot %s", t.To.Name, s.Kind.Unwatched))
			p.add(warnUnless(diag.WithHint(d, "Set watch = true on the share, and trusted = true for an external importer."), false))
		}
	}
}

// rollups are the stream's settings by which a published header erases or
// replaces what was stored before (A5).
var rollups = []struct {
	field string
	on    func(*StreamConfig) bool
}{
	{"allow_rollup_hdrs", func(c *StreamConfig) bool { return c.AllowRollup }},
	{"allow_msg_schedules", func(c *StreamConfig) bool { return c.AllowMsgSchedules }},
	{"allow_msg_counter", func(c *StreamConfig) bool { return c.AllowMsgCounter }},
}

// checkRollup refuses publishers who could erase (A5). Who may write a bucket
// may remove every key of it anyway.
func (p *pass) checkRollup(s *Share) {
	if !s.Kind.Writes {
		return
	}
	for _, r := range rollups {
		if !r.on(&s.Stream.Config) {
			continue
		}
		if s.Public && len(s.Targets) == 0 {
			p.add(diag.New("publish-rollup", s.Src.Public.Range(), s.Name, s.Stream.title(), r.field))
		}
		for _, t := range s.Targets {
			if !t.Trusted {
				p.add(diag.New("publish-rollup", t.Src.LabelOrNameRange(), s.Name, s.Stream.title(), r.field))
			}
		}
		return
	}
}

// internal are the subjects by which an account's streams are reached (A6).
var internal = []struct{ prefix, what string }{
	{"$JS.API.", "the JetStream API"},
	{"$JS.ACK.", "acknowledgements"},
	{"$JS.FC.", "flow control"},
	{"$KV.", "a bucket's keys"},
	{"$O.", "a bucket's objects"},
	{"_INBOX", "inboxes"},
}

// checkPublic warns of streams that everybody can reach (A6).
func (p *pass) checkPublic(s *Share) {
	if !s.Public {
		return
	}
	facts := s.Facts(&p.t.Server, nil)
	for _, r := range p.rows(s, nil) {
		if r.Named {
			continue
		}
		for _, subject := range r.Subjects(facts) {
			for _, i := range internal {
				if strings.HasPrefix(subject, i.prefix) {
					p.add(diag.New("public-jetstream-api", s.Src.Public.Range(), subject, i.what))
					return
				}
			}
		}
	}
	if s.Kind.Exclusive {
		p.add(diag.New("public-jetstream-api", s.Src.Public.Range(), s.Consumer.Config.DeliverSubject, "the messages of "+s.Consumer.title()))
	}
}

// checkImporters refuses one consumer for several importers (A4), unless all
// its shares say that they compete.
func (p *pass) checkImporters() {
	exclusive := func(s *Share) bool { return s.Kind.Exclusive && !s.Consumer.copies() }
	targets := make(map[*Consumer]int, len(p.t.Shares))
	for _, s := range p.t.Shares {
		if exclusive(s) {
			targets[s.Consumer] += len(s.Targets)
		}
	}
	shares := make(map[*Consumer][]*Share) // of those that may have several importers
	var order []*Consumer
	for _, s := range p.t.Shares {
		if !exclusive(s) || targets[s.Consumer] < 2 {
			continue
		}
		if shares[s.Consumer] == nil {
			order = append(order, s.Consumer)
		}
		shares[s.Consumer] = append(shares[s.Consumer], s)
	}
	for _, c := range order {
		var first, second *Target
		importers := make(map[*Account]bool)
		compete := true
		for _, s := range shares[c] {
			compete = compete && s.Competing
			for _, t := range s.Targets {
				if importers[t.To] {
					continue
				}
				importers[t.To] = true
				switch len(importers) {
				case 1:
					first = t
				case 2:
					second = t
				}
			}
		}
		if second != nil && !compete {
			d := diag.New("share-consumer-many", second.Src.LabelOrNameRange(), c.title(), len(importers))
			p.add(diag.WithNote(d, first.Src.LabelOrNameRange(), "account %q imports it here", first.To.Name))
		}
	}
}

// copies reports a push consumer that gives every subscriber all it has:
// without acks, flow control and group nothing can be taken away.
func (c *Consumer) copies() bool {
	return c.Config.Push() && c.Config.AckPolicy == "none" && !c.Config.FlowControl && c.Config.DeliverGroup == ""
}

// checkInboxes refuses one inbox prefix for two importers of an exporter (A7).
func (p *pass) checkInboxes() {
	type key struct {
		from   *Account
		prefix string
	}
	first := make(map[key]*Target)
	for _, s := range p.t.Shares {
		for _, t := range s.Targets {
			if t.InboxPrefix == "" {
				continue
			}
			k := key{s.From, t.InboxPrefix}
			other := first[k]
			if other == nil {
				first[k] = t
				continue
			}
			if other.To != t.To {
				d := diag.New("inbox-prefix", t.inboxAt(), fmt.Sprintf("the inbox prefix %q is account %q's already", t.InboxPrefix, other.To.Name))
				p.add(diag.WithNote(d, other.inboxAt(), "it is given here first"))
			}
		}
	}
}

// checkUserInboxes refuses users of an exporter whose inbox an importer's
// consumers deliver to (A7). It goes over users, so it comes after them.
func (p *pass) checkUserInboxes() {
	users := make(map[*Account]map[string]*User)
	for _, s := range p.t.Shares {
		for _, t := range s.Targets {
			if t.InboxPrefix == "" {
				continue
			}
			if users[s.From] == nil {
				users[s.From] = make(map[string]*User)
				for _, u := range s.From.Users {
					prefix, _, _ := strings.Cut(u.InboxPrefix, ".")
					users[s.From][prefix] = u
				}
			}
			if u := users[s.From][t.InboxPrefix]; u != nil {
				d := diag.New("inbox-prefix", t.inboxAt(), fmt.Sprintf("the inbox prefix %q is that of user %q of the exporter %q", t.InboxPrefix, u.Name, s.From.Name))
				p.add(diag.WithNote(d, u.Src.InboxPrefix.RangeOr(u.Src.LabelOrNameRange()), "user %q is here", u.Name))
			}
		}
	}
}

func (t *Target) inboxAt() hcl.Range {
	return t.Src.InboxPrefix.RangeOr(t.Src.LabelOrNameRange())
}

// title is a stream in the middle of a sentence.
func (s *Stream) title() string {
	h := s.Src.Header()
	if _, ok := s.Src.(*schema.Bucket); ok {
		return fmt.Sprintf("bucket %q", h.Name)
	}
	return fmt.Sprintf("stream %q", h.Name)
}

// title is a consumer in the middle of a sentence.
func (c *Consumer) title() string { return fmt.Sprintf("consumer %q", c.Config.Name) }

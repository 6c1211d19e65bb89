package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// collision is a rule on subjects that are the same in every account: acks and
// flow control under v1 name stream and consumer, and not the account.
type collision struct {
	rule  string
	grant string // the rows it is about
	what  string // what meets, in the plural
	// uses reports a consumer of the importer's own that listens there.
	uses func(*ConsumerConfig) bool
}

var (
	ackRule = collision{"share-ack-collision", "ack", "acks",
		func(c *ConsumerConfig) bool { return c.AckPolicy != "none" }}
	flowControlRule = collision{"share-flow-control-collision", "fc", "flow control answers",
		func(c *ConsumerConfig) bool { return c.FlowControl }}
)

// checkCollisions refuses what would let one account's acks reach another's
// consumer: two exporters' consumers of the same names in one importer, and an
// importer's own of these names. Under v2 subjects name the exporter. Of two
// shares whose acks meet no more is said.
func (p *pass) checkCollisions() {
	if p.t.Server.Ack.V1 && p.mayCollide() {
		p.findCollisions()
	}
}

// findCollisions compares all subjects of shares that come to one importer.
func (p *pass) findCollisions() {
	said := make(map[*Target]bool)
	p.collided = said
	for _, c := range []collision{ackRule, flowControlRule} {
		seen := make(map[*Account]*subject.Index[*Target], len(p.t.Accounts))
		for _, shares := range [][]*Share{p.t.Shares, p.t.Accepted} {
			for _, meetings := range each(p, shares, func(p *pass, s *Share) []meeting { return p.meetings(c, s) }) {
				for _, m := range meetings {
					if !said[m.Target] {
						said[m.Target] = p.checkCollision(c, m, seen)
					}
				}
			}
		}
	}
}

// mayCollide reports that checkCollisions may have something to say. The
// subjects that it compares go on with the shared stream's name, so that two of
// them, or one and those of the importer's own consumers, only meet where the
// streams' names begin alike. Most importers know no two streams of one name.
func (p *pass) mayCollide() bool {
	type seen struct {
		importer *Account
		stream   string
	}
	from := make(map[seen]*Account, len(p.t.Shares))
	for _, shares := range [][]*Share{p.t.Shares, p.t.Accepted} {
		for _, s := range shares {
			if s.Stream == nil {
				continue
			}
			stream, _, _ := strings.Cut(s.Stream.Config.Name, ".")
			if !subject.Literal(stream) {
				return true
			}
			for _, t := range s.Targets {
				k := seen{t.To, stream}
				if other, has := from[k]; has && other != s.From {
					return true
				}
				from[k] = s.From
				if t.To.stream(s.Stream.Config.Name) != nil {
					return true
				}
			}
		}
	}
	return false
}

// meeting is an importer of a share with the subjects where it may meet others.
type meeting struct {
	*Target
	subjects []string
}

// meetings are the importers of a share that a rule is about.
func (p *pass) meetings(c collision, s *Share) []meeting {
	isMet := func(r *Row) bool { return r.Grant == c.grant }
	if !s.Kind.has(isMet) {
		return nil
	}
	server := p.t.Server
	server.Ack = AckFormats{V1: true}
	var all []meeting
	for _, t := range s.Targets {
		facts := s.Facts(&server, t)
		m := meeting{Target: t}
		for i := range s.Kind.Rows {
			if row := &s.Kind.Rows[i]; isMet(row) && row.Applies(facts) {
				m.subjects = append(m.subjects, row.Subjects(facts)...)
			}
		}
		if len(m.subjects) > 0 {
			all = append(all, m)
		}
	}
	return all
}

// checkCollision checks one importer of a share against those before it.
func (p *pass) checkCollision(c collision, m meeting, seen map[*Account]*subject.Index[*Target]) bool {
	index := seen[m.To]
	if index == nil {
		index = new(subject.Index[*Target])
		seen[m.To] = index
	}
	said := false
	for _, shared := range m.subjects {
		said = said || p.checkImported(c, m.Target, shared, index) || p.checkOwn(c, m.Target)
		index.Add(shared, m.Target)
	}
	return said
}

// checkImported refuses another exporter's subject that the importer has.
func (p *pass) checkImported(c collision, t *Target, shared string, seen *subject.Index[*Target]) bool {
	for _, other := range seen.Overlapping(shared) {
		if other.Share.From == t.Share.From {
			continue
		}
		d := diag.New(c.rule, t.Src.LabelOrNameRange(), fmt.Sprintf("the %s of share %q meet those of share %q in account %q", c.what, t.Share.Name, other.Share.Name, t.To.Name))
		p.add(diag.WithNote(d, other.Src.LabelOrNameRange(), "share %q brings them here", other.Share.Name))
		return true
	}
	return false
}

// checkOwn refuses a consumer of the importer's own that has the names of the
// shared one.
func (p *pass) checkOwn(c collision, t *Target) bool {
	own := t.ownConsumer()
	if own == nil || !c.uses(&own.Config) {
		return false
	}
	d := diag.New(c.rule, t.Src.LabelOrNameRange(), fmt.Sprintf("account %q has its own consumer %q of a stream %q, whose %s meet those of share %q",
		t.To.Name, own.Config.Name, own.Stream.Config.Name, c.what, t.Share.Name))
	p.add(diag.WithNote(d, own.Src.LabelOrNameRange(), "account %q's own consumer", t.To.Name))
	return true
}

// ownConsumer is the importer's own consumer with the stream's and consumer's
// names of the shared one, or nil.
func (t *Target) ownConsumer() *Consumer {
	shared := t.Share.Consumer
	if shared == nil {
		return nil
	}
	s := t.To.stream(shared.Stream.Config.Name)
	if s == nil {
		return nil
	}
	return s.consumer(shared.Config.Name)
}

// consumer is the stream's consumer of that name, or nil.
func (s *Stream) consumer(name string) *Consumer {
	i, has := slices.BinarySearchFunc(s.Consumers, name, func(c *Consumer, name string) int { return cmp.Compare(c.Config.Name, name) })
	if !has {
		return nil
	}
	return s.Consumers[i]
}

// stream is the account's stream of that name, or nil.
func (a *Account) stream(name string) *Stream {
	i, has := slices.BinarySearchFunc(a.Streams, name, func(s *Stream, name string) int { return cmp.Compare(s.Config.Name, name) })
	if !has {
		return nil
	}
	return a.Streams[i]
}

package compiler

import (
	"fmt"

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
	if !p.t.Server.Ack.V1 {
		return
	}
	said := make(map[*Target]bool)
	p.collided = said
	for _, c := range []collision{ackRule, flowControlRule} {
		seen := make(map[*Account]*subject.Index[*Target])
		for _, shares := range [][]*Share{p.t.Shares, p.t.Accepted} {
			for _, s := range shares {
				for _, t := range s.Targets {
					if !said[t] {
						said[t] = p.checkCollision(c, t, seen)
					}
				}
			}
		}
	}
}

// checkCollision checks one importer of a share against those before it.
func (p *pass) checkCollision(c collision, t *Target, seen map[*Account]*subject.Index[*Target]) bool {
	server := p.t.Server
	server.Ack = AckFormats{V1: true}
	facts := t.Share.Facts(&server, t)
	said := false
	for i := range t.Share.Kind.Rows {
		row := &t.Share.Kind.Rows[i]
		if row.Grant != c.grant || !row.Applies(facts) {
			continue
		}
		if seen[t.To] == nil {
			seen[t.To] = new(subject.Index[*Target])
		}
		for _, shared := range row.Subjects(facts) {
			said = said || p.checkImported(c, t, shared, seen[t.To]) || p.checkOwn(c, t)
			seen[t.To].Add(shared, t)
		}
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
	for _, s := range t.To.Streams {
		if s.Config.Name != shared.Stream.Config.Name {
			continue
		}
		for _, c := range s.Consumers {
			if c.Config.Name == shared.Config.Name {
				return c
			}
		}
	}
	return nil
}

package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkStreamConsumers holds the stream's consumers to the server's rules.
func (p *pass) checkStreamConsumers(s *Stream, storing *Storing) {
	consumers := slices.Clone(s.Consumers)
	slices.SortStableFunc(consumers, func(x, y *Consumer) int { return comparePlaces(x.Src, y.Src) })
	var stored *subject.Index[none] // where it is asked for
	if slices.ContainsFunc(consumers, func(c *Consumer) bool { return len(c.Config.Filters()) > 0 }) {
		stored = indexOf(storing.Stored(s))
	}
	for _, c := range consumers {
		checkRules(p, consumerRules, consumerCheck{c, &c.Config, &s.Config}, siteOf(c.Src))
		p.checkConsumerFilters(c, stored)
		p.checkConsumerTier(c)
	}
	p.checkConsumerCount(s, consumers)
	p.checkWorkQueue(s, consumers)
}

// filterAt is where filter i of the consumer's Filters stands.
func (c *Consumer) filterAt(i int) hcl.Range {
	if c.Config.FilterSubject != "" {
		return c.Src.FilterSubject.Range()
	}
	return c.Src.FilterSubjects.Elem(i)
}

// checkConsumerFilters: no filter may contain another, and each must match
// something that the stream may store.
func (p *pass) checkConsumerFilters(c *Consumer, stored *subject.Index[none]) {
	filters := c.Config.Filters()
	var index subject.Index[int]
	for i, f := range filters {
		if _, takes := overlapping(stored, f); !takes {
			d := diag.New("filter-outside-stream", c.filterAt(i), fmt.Sprintf("consumer %s filters %q, and stream %s stores nothing of it", c.Config.Name, f, c.Stream.Config.Name))
			p.add(withTransform(d, c.Stream))
		}
		if other, overlaps := nested(&index, f); overlaps {
			p.add(diag.WithNote(diag.New("filter-overlap", c.filterAt(i), overlapFilterText(f, filters[other])),
				c.filterAt(other), "this is the other"))
		}
		index.Add(f, i)
	}
}

// withTransform adds to what is said of a stream's subjects that they are stored
// by others.
func withTransform(d *hcl.Diagnostic, s *Stream) *hcl.Diagnostic {
	src := written(s)
	if src == nil || s.Config.SubjectTransform == nil {
		return d
	}
	t := s.Config.SubjectTransform
	return diag.WithNote(d, src.Def(), "stream %s stores %q as %q", s.Config.Name, wideIfEmpty(t.Src), t.Dest)
}

func overlapFilterText(f, other string) string {
	switch {
	case f == other:
		return fmt.Sprintf("the filter %q is there twice", f)
	case subject.Contains(other, f):
		return fmt.Sprintf("the filter %q is contained in %q", f, other)
	}
	return fmt.Sprintf("the filter %q contains %q", f, other)
}

// checkConsumerTier: with tiers, a consumer of its own number of replicas needs
// a tier of that number.
func (p *pass) checkConsumerTier(c *Consumer) {
	a := c.Stream.Account
	if a.JetStream == nil || c.Config.Replicas == 0 {
		return
	}
	if _, ok := a.JetStream.limitsFor(c.Config.Replicas); !ok {
		p.add(diag.New("stream-limits-account", c.Src.Replicas.Range(), fmt.Sprintf(
			"account %s has no tier R%d, which consumer %s needs", a.Name, c.Config.Replicas, c.Config.Name)))
	}
}

// checkConsumerCount: the stream's max_consumers holds, or the account's where
// that is less; both are for each stream.
func (p *pass) checkConsumerCount(s *Stream, consumers []*Consumer) {
	most, whose := s.Config.MaxConsumers, "stream "+s.Config.Name
	if s.Account.JetStream != nil {
		if limits, ok := s.Account.JetStream.limitsFor(s.Config.Replicas); ok && limits.Consumers > 0 && (most <= 0 || limits.Consumers < most) {
			most, whose = limits.Consumers, "each stream of account "+s.Account.Name
		}
	}
	if most > 0 && int64(len(consumers)) > most {
		c := consumers[most]
		p.add(diag.New("stream-limits-account", c.Src.LabelOrNameRange(), fmt.Sprintf(
			"%s may have %d consumers, and %s is one more", whose, most, c.Config.Name)))
	}
}

// checkWorkQueue: in a work queue each message is for one consumer.
func (p *pass) checkWorkQueue(s *Stream, consumers []*Consumer) {
	if s.Config.Retention != "workqueue" || len(consumers) < 2 {
		return
	}
	type filter struct {
		of *Consumer
		i  int
	}
	bare := func(c *Consumer) bool {
		return len(c.Config.Filters()) == 0 && !c.Src.FilterSubject.Invalid() && !c.Src.FilterSubjects.Invalid()
	}
	var index subject.Index[filter]
	for n, c := range consumers {
		filters := c.Config.Filters()
		if len(filters) == 0 {
			if !bare(c) || n == 0 && slices.ContainsFunc(consumers[1:], bare) {
				continue // of two without a filter the later one is told
			}
			other := consumers[0]
			if n == 0 {
				other = consumers[1]
			}
			p.add(diag.WithNote(diag.New("workqueue-overlap", c.Src.LabelOrNameRange(), fmt.Sprintf(
				"consumer %s of a work queue has no filter, and %s is there too", c.Config.Name, other.Config.Name)),
				other.Src.LabelOrNameRange(), "this is the other"))
			continue
		}
		for i, f := range filters {
			for its, other := range index.Overlapping(f) {
				if other.of != c {
					p.add(diag.WithNote(diag.New("workqueue-overlap", cmp.Or(c.filterAt(i), c.Src.LabelOrNameRange()), fmt.Sprintf(
						"consumers %s and %s of a work queue both take %q", other.of.Config.Name, c.Config.Name, narrower(f, its))),
						other.of.filterAt(other.i), "this is the other"))
					break
				}
			}
			index.Add(f, filter{c, i})
		}
	}
}

// narrower is the one of two overlapping subjects that the other contains, or
// the first.
func narrower(a, b string) string {
	if subject.Contains(a, b) {
		return b
	}
	return a
}

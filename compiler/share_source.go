package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// bucketKinds are the kinds of bucket by the blocks that declare them.
var bucketKinds = map[schema.Kind]*bucketKind{schema.KindKeyValue: keyValue, schema.KindObjectStore: objectStore}

// compileSharedSources fills in the mirrors and sources that come through a
// share: name, API and deliver prefix, filters or the durable consumer.
func (p *pass) compileSharedSources() {
	for _, a := range p.t.Accounts {
		for _, s := range a.Streams {
			for o := range s.origins() {
				if o.src.Share.IsSet() {
					p.sharedSource(s, o)
				}
			}
		}
	}
}

func (p *pass) sharedSource(into *Stream, o origin) {
	at := o.src.Share.Range()
	shares := p.sharesOf(o.src.Share.Value)
	switch len(shares) {
	case 0:
		p.missing(o.src.Share.Value, at)
		return
	case 1:
	default:
		ref := o.src.Share.Value.Header().Address()
		d := diag.New("wrong-reference", at, "share", "one share", fmt.Sprintf("an accept block of %d", len(shares)))
		p.add(diag.WithHint(d, "Say which one, as in %s[%q].", ref, shares[0].Name))
		return
	}
	s := shares[0]
	t := s.TargetOf(into.Account)
	if t == nil {
		if s.astray() {
			return
		}
		d := diag.New("wrong-reference", at, "share", fmt.Sprintf("a share that comes to account %q", into.Account.Name), fmt.Sprintf("share %q", s.Name))
		diag.WithNote(d, s.Src.LabelOrNameRange(), "share %q is declared here", s.Name)
		p.add(diag.WithHint(d, "Add a to block for account %q to the share, or name another.", into.Account.Name))
		return
	}
	if c := s.Consumer; c != nil && c.Src != nil && c.Src.AckPolicy.Invalid() {
		return // what it was to be is not known
	}
	if !s.Kind.Sourced || s.Kind.Mode != "" && s.Kind.Mode != o.word() {
		d := diag.New("share-mode", at, fmt.Sprintf("share %q is of the kind %s, which is not for a %s", s.Name, s.Kind.Name, o.word()))
		p.add(diag.WithHint(d, "Set mode = %q on the share, or share a consumer with ack_policy = \"flow_control\".", o.word()))
		return
	}
	o.Name = s.Stream.Config.Name
	o.External = &External{API: t.APIPrefix, Deliver: t.DeliverPrefix}
	if o.src.Consumer != nil {
		p.add(diag.New("field-conflict", o.src.Consumer.Def(), "consumer", "share"))
	}
	if s.Consumer != nil {
		o.External.Deliver = ""
		o.Consumer = &SourceConsumer{Name: s.Consumer.Config.Name, DeliverSubject: s.Consumer.Config.DeliverSubject}
		if t.Local != "" {
			o.Consumer.DeliverSubject = t.Local
		}
		return
	}
	if b, ok := into.Src.(*schema.Bucket); ok && !o.mirror {
		bucketKinds[b.Kind].transform(o.StreamSource, b.Name)
	}
	p.sharedFilters(s, o)
}

// sharedFilters gives an origin the share's filters, or holds its own to them.
// With exactly one filter the server asks for the consumer by another subject
// (server/stream.go, trySetupSourceConsumer), so that the share has to know.
func (p *pass) sharedFilters(s *Share, o origin) {
	own, at := o.filters()
	if len(own) == 0 {
		if len(s.Filters) == 1 {
			o.FilterSubject = s.Filters[0]
			return
		}
		for _, f := range s.Filters {
			o.SubjectTransforms = append(o.SubjectTransforms, SubjectTransform{Src: f})
		}
		return
	}
	var granted subject.Index[none]
	for _, f := range s.Filters {
		granted.Add(f, none{})
	}
	for _, f := range own {
		_, within := first(granted.Containing(f))
		if (within || len(s.Filters) == 0) && (len(own) == 1) == (len(s.Filters) == 1) {
			continue
		}
		d := diag.New("share-mode", at, fmt.Sprintf("share %q does not grant the filter %q", s.Name, f))
		diag.WithNote(d, s.Src.FilterSubjects.RangeOr(s.Src.LabelOrNameRange()), "what the share grants is said here")
		p.add(diag.WithHint(d, "Set filter_subjects on the share and leave the filter out here, or make a share for each filter."))
		return
	}
}

// filters are the subjects that an origin asks for, and where they stand.
func (o origin) filters() ([]string, hcl.Range) {
	if o.FilterSubject != "" {
		return []string{o.FilterSubject}, o.src.FilterSubject.Range()
	}
	var filters []string
	at := o.src.Def()
	for i, t := range o.SubjectTransforms {
		filters = append(filters, wideIfEmpty(t.Src))
		if i == 0 && i < len(o.src.SubjectTransforms) {
			at = o.src.SubjectTransforms[i].Src.RangeOr(at)
		}
	}
	return filters, at
}

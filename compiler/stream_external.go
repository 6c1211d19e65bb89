package compiler

import (
	"fmt"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkExternal: the other API is reached over literal subjects that are not
// the account's own API. The server compares what it delivers with the subjects
// of those sources that are here.
func (p *pass) checkExternal(o origin, here []wideStream) {
	e := o.External
	if e == nil {
		return
	}
	apiAt, deliverAt := o.src.Def(), o.src.Def()
	if o.src.External != nil {
		apiAt, deliverAt = o.src.External.API.RangeOr(apiAt), o.src.External.Deliver.RangeOr(deliverAt)
		if !o.src.External.API.IsSet() || o.src.External.Deliver.Invalid() {
			return // the loader has said why
		}
	}
	if err := literal(e.API); err != nil {
		p.add(diag.New("bad-subject", apiAt, e.API, err.Error()))
	} else if e.API == "$JS.API" {
		p.add(diag.New("source-external", apiAt, "$JS.API is the account's own API, not another's"))
	}
	if e.Deliver == "" {
		return
	}
	if err := literal(e.Deliver); err != nil {
		p.add(diag.New("bad-subject", deliverAt, e.Deliver, err.Error()))
		return
	}
	for _, from := range here {
		for sub := range from.wide.Overlapping(e.Deliver + ".>") {
			if subject.Overlap(sub, e.Deliver+"."+sub) {
				p.add(diag.New("source-external", deliverAt, fmt.Sprintf(
					"what is delivered to %s.> would be stored by stream %s, which stores %q", e.Deliver, from.Config.Name, sub)))
				return
			}
		}
	}
}

// literal returns why s cannot be published to, or nil.
func literal(s string) error {
	if err := subject.Valid(s); err != nil {
		return err
	}
	if !subject.Literal(s) {
		return fmt.Errorf("it holds a wildcard")
	}
	return nil
}

// wideStream is a stream with those of its subjects that end in ">": others do
// not overlap what is the same but for tokens before it.
type wideStream struct {
	*Stream
	wide *subject.Index[none]
}

// wideSubjects are the wide subjects of streams, collected once for each.
type wideSubjects map[*Stream]*subject.Index[none]

// here are the streams with wide subjects that s copies within its account,
// where what s copies is delivered by others too.
func (w wideSubjects) here(s *Stream, byName map[string]*Stream) []wideStream {
	delivered := false
	for o := range s.origins() {
		delivered = delivered || o.External != nil && o.External.Deliver != ""
	}
	if !delivered {
		return nil
	}
	var all []wideStream
	listed := make(map[*Stream]bool)
	for o := range s.origins() {
		from := byName[o.Name]
		if o.External != nil || from == nil || listed[from] {
			continue
		}
		listed[from] = true
		if wide := w.of(from); wide.Len() > 0 {
			all = append(all, wideStream{from, wide})
		}
	}
	return all
}

func (w wideSubjects) of(s *Stream) *subject.Index[none] {
	index := w[s]
	if index == nil {
		index = new(subject.Index[none])
		for _, sub := range s.Config.Subjects {
			if tail(sub) {
				index.Add(sub, none{})
			}
		}
		w[s] = index
	}
	return index
}

package compiler

import (
	"fmt"
	"iter"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// streamSource is a mirror or a source as written; what comes from a share is
// left open, for shares are compiled later.
func (p *pass) streamSource(src *schema.StreamSource, what string) *StreamSource {
	if src == nil {
		return nil
	}
	s := &StreamSource{
		Name:          src.Name.Value,
		OptStartSeq:   natural(p, src.OptStartSeq, "opt_start_seq"),
		OptStartTime:  p.moment(src.OptStartTime, "opt_start_time"),
		FilterSubject: string(src.FilterSubject.Value),
	}
	for _, t := range src.SubjectTransforms {
		s.SubjectTransforms = append(s.SubjectTransforms, *subjectTransform(t))
	}
	if src.External != nil {
		s.External = &External{API: src.External.API.Value, Deliver: src.External.Deliver.Value}
	}
	if src.Consumer != nil {
		s.Consumer = &SourceConsumer{Name: src.Consumer.Name.Value, DeliverSubject: string(src.Consumer.DeliverSubject.Value)}
	}
	shared := src.Share.IsSet() || src.Share.Invalid()
	switch {
	case shared && src.External != nil:
		p.add(diag.New("field-conflict", src.External.Def(), "external", "share"))
	case shared && src.Name.IsSet():
		p.add(diag.New("field-conflict", src.Name.Range(), "name", "share"))
	case !shared && !src.Name.IsSet() && !src.Name.Invalid():
		p.add(diag.New("missing-attribute", src.Def(), what, "name"))
	case !shared && src.Name.IsSet() && src.Name.Value == "":
		p.add(diag.New("stream-name", src.Name.Range(), fmt.Sprintf("the stream name %q %s", "", assetName(""))))
	}
	return s
}

func (p *pass) streamSources(srcs []*schema.StreamSource) []*StreamSource {
	var out []*StreamSource
	for _, src := range srcs {
		out = append(out, p.streamSource(src, "source"))
	}
	return out
}

// origin is a mirror or a source beside its block.
type origin struct {
	*StreamSource
	src    *schema.StreamSource
	mirror bool
}

// word is the block's type.
func (o origin) word() string {
	if o.mirror {
		return "mirror"
	}
	return "source"
}

// open reports that the origin's name, or more, was not there to be compiled;
// why has been said.
func (o origin) open() bool { return o.Name == "" }

// at is where an attribute of the origin stands, or its block.
func (o origin) at(r hcl.Range) hcl.Range {
	if r != (hcl.Range{}) {
		return r
	}
	return o.src.Def()
}

// origins yields the stream's mirror and its sources.
func (s *Stream) origins() iter.Seq[origin] {
	mirror, sources := sourceBlocks(s.Src)
	return func(yield func(origin) bool) {
		if mirror != nil && !yield(origin{s.Config.Mirror, mirror, true}) {
			return
		}
		for i, src := range sources {
			if i < len(s.Config.Sources) && !yield(origin{s.Config.Sources[i], src, false}) {
				return
			}
		}
	}
}

// sourceBlocks are the blocks of a stream's or a bucket's mirror and sources.
func sourceBlocks(e schema.Entity) (mirror *schema.StreamSource, sources []*schema.StreamSource) {
	if b, ok := e.(*schema.Bucket); ok {
		return b.Mirror, b.Sources
	}
	s := e.(*schema.Stream)
	return s.Mirror, s.Sources
}

// checkOrigins holds a stream's mirror and sources to the server's rules
// (server/stream.go checkStreamCfgLocked). byName are the account's streams,
// wide those that were asked for.
func (p *pass) checkOrigins(s *Stream, byName map[string]*Stream, wide wideSubjects) {
	if !s.Config.copies() {
		return
	}
	here := wide.here(s, byName)
	seen := make(map[string]origin)
	durable := make(map[string]origin)
	both := s.Config.Mirror != nil && len(s.Config.Sources) > 0 // which is said
	for o := range s.origins() {
		if o.open() {
			continue
		}
		p.checkOrigin(s, o, byName, here)
		if both {
			continue
		}
		for _, k := range []struct {
			in   map[string]origin
			key  string
			what string
		}{{seen, o.identity(), "this is the same source twice"}, {durable, o.durable(), "two sources cannot use the same consumer"}} {
			first, twice := k.in[k.key]
			if !twice {
				k.in[k.key] = o
			} else if k.key != "" {
				p.add(diag.WithNote(diag.New("source-duplicate", o.src.Def(), k.what), first.src.Def(), "the other is here"))
				break
			}
		}
	}
}

// identity is what the server tells sources apart by (composeIName).
func (o origin) identity() string {
	key := fmt.Appendf(nil, "%q", []string{o.Name, o.api()})
	if o.Consumer != nil {
		key = fmt.Appendf(key, "%q", o.Consumer.Name)
	}
	if len(o.SubjectTransforms) == 0 {
		key = fmt.Appendf(key, "%q", []string{wideIfEmpty(o.FilterSubject), ">"})
	}
	for _, t := range o.SubjectTransforms {
		key = fmt.Appendf(key, "%q", []string{wideIfEmpty(t.Src), wideIfEmpty(t.Dest)})
	}
	return string(key)
}

// durable is what it tells the consumers of durable sources apart by
// (composeCName); "" where there is none.
func (o origin) durable() string {
	if o.Consumer == nil {
		return ""
	}
	return fmt.Sprintf("%q", []string{o.Name, o.api(), o.Consumer.Name})
}

func (o origin) api() string {
	if o.External == nil {
		return ""
	}
	return o.External.API
}

func wideIfEmpty(s string) string {
	if s == "" {
		return ">"
	}
	return s
}

func (p *pass) checkOrigin(s *Stream, o origin, byName map[string]*Stream, here []wideStream) {
	src := o.src
	if why := assetName(o.Name); why != "" && !(o.mirror && o.External != nil) {
		p.add(diag.New("stream-name", o.at(src.Name.Range()), fmt.Sprintf("the stream name %q %s", o.Name, why)))
	}
	if o.OptStartSeq != 0 && o.OptStartTime != nil {
		p.add(diag.New("field-conflict", o.at(src.OptStartTime.Range()), "opt_start_time", "opt_start_seq"))
	}
	if o.FilterSubject != "" && len(o.SubjectTransforms) > 0 {
		with := "subject_transform"
		if len(src.SubjectTransforms) == 0 {
			with += ", by which a bucket takes another's keys"
		}
		p.add(diag.New("field-conflict", o.at(src.FilterSubject.Range()), "filter_subject", with))
	}
	var from *Stream // where it is the account's own
	if o.External == nil {
		from = byName[o.Name]
	}
	p.checkSourceConsumer(o, from)
	p.checkTransforms(o)
	p.checkExternal(o, here)
	if from != nil {
		mine, its := s.Config.MaxMsgSize, from.Config.MaxMsgSize
		if mine > 0 && its > 0 && mine < its {
			at, ok := siteOf(s.Src).at("max_msg_size")
			if ok {
				p.add(diag.New("bad-value", at, "max_msg_size", fmt.Sprintf("at least that of %s %s, %d", o.word(), o.Name, its), fmt.Sprint(mine)))
			}
		}
	}
}

// checkSourceConsumer: a durable consumer has its own start and filter. from is
// its stream, where it is the account's own.
func (p *pass) checkSourceConsumer(o origin, from *Stream) {
	c, src := o.Consumer, o.src
	if c == nil {
		return
	}
	var nameAt, deliverAt hcl.Range
	if src.Consumer != nil {
		nameAt, deliverAt = src.Consumer.Name.Range(), src.Consumer.DeliverSubject.RangeOr(src.Consumer.Def())
		if !src.Consumer.Name.IsSet() || src.Consumer.DeliverSubject.Invalid() {
			return // the loader has said why
		}
	}
	if why := assetName(c.Name); why != "" {
		p.add(diag.New("consumer-name", o.at(nameAt), fmt.Sprintf("the consumer name %q %s", c.Name, why)))
	}
	if c.DeliverSubject == "" {
		if src.Consumer == nil {
			return // the consumer that is shared has been told
		}
		p.add(diag.New("missing-attribute", o.at(deliverAt), "a source's consumer", "deliver_subject"))
	} else if !subject.Literal(c.DeliverSubject) {
		p.add(diag.New("bad-subject", o.at(deliverAt), c.DeliverSubject, "messages cannot be delivered to wildcards"))
	}
	for _, clash := range []struct {
		set  bool
		at   hcl.Range
		name string
	}{
		{o.OptStartSeq != 0, src.OptStartSeq.Range(), "opt_start_seq"},
		{o.OptStartTime != nil, src.OptStartTime.Range(), "opt_start_time"},
		{o.FilterSubject != "", src.FilterSubject.Range(), "filter_subject"},
	} {
		if clash.set {
			p.add(diag.New("field-conflict", o.at(clash.at), clash.name, "consumer"))
		}
	}
	if from != nil && src.Consumer != nil && assetName(c.Name) == "" {
		p.checkOwnConsumer(o, from, nameAt, deliverAt)
	}
}

// checkOwnConsumer: a consumer of the account's own stream must be one that
// streams copy from, and deliver where it is said to, or the server copies
// nothing and says nothing. One that is not declared is a warning; a bucket's are
// none.
func (p *pass) checkOwnConsumer(o origin, from *Stream, nameAt, deliverAt hcl.Range) {
	if _, bucket := streamBucket(from); bucket {
		return
	}
	c := from.consumer(o.Consumer.Name)
	if c == nil {
		d := diag.New("unknown-reference", nameAt, fmt.Sprintf("consumer %q in stream %q", o.Consumer.Name, from.Config.Name))
		p.suggest(d, o.Consumer.Name, len(from.Consumers), func(i int) string { return from.Consumers[i].Config.Name })
		p.add(warnUnless(d, false)) // others may make it
		return
	}
	var d *hcl.Diagnostic
	is, to := c.Config.AckPolicy, c.Config.DeliverSubject
	switch {
	case c.Src.AckPolicy.Invalid() || c.Src.DeliverSubject.Invalid():
		return
	case is != ackFlowControl:
		d = diag.New("bad-value", nameAt, "a "+o.word()+"'s consumer", fmt.Sprintf("one with ack_policy = %q", ackFlowControl), fmt.Sprintf("%s, which has %q", c.title(), is))
	case to != "" && o.Consumer.DeliverSubject != "" && to != o.Consumer.DeliverSubject:
		d = diag.New("bad-value", deliverAt, "deliver_subject", fmt.Sprintf("%q, where %s delivers", to, c.title()), quote(o.Consumer.DeliverSubject))
	default:
		return
	}
	p.add(diag.WithNote(d, c.Src.LabelOrNameRange(), "%s is declared here", c.title()))
}

// checkTransforms: each must be possible, and no message may match two. For a
// mirror none may overlap, for a source none may contain another.
func (p *pass) checkTransforms(o origin) {
	at := func(i int) (srcAt, destAt hcl.Range) {
		if i >= len(o.src.SubjectTransforms) { // a bucket's own
			return o.src.Def(), o.src.Def()
		}
		t := o.src.SubjectTransforms[i]
		return t.Src.RangeOr(t.Def()), t.Dest.RangeOr(t.Def())
	}
	clashing := nested[string]
	if o.mirror {
		clashing = overlapping[string]
	}
	var index subject.Index[string]
	for i, t := range o.SubjectTransforms {
		srcAt, destAt := at(i)
		mine := wideIfEmpty(t.Src)
		if p.checkMapping(t, srcAt, destAt) {
			if its, clashes := clashing(&index, mine); clashes {
				p.add(diag.New("filter-overlap", srcAt, fmt.Sprintf("the transforms of %q and %q overlap", its, mine)))
			}
		}
		index.Add(mine, mine)
	}
}

// checkMapping reports a transform that the server cannot make, and whether it
// can.
func (p *pass) checkMapping(t SubjectTransform, srcAt, destAt hcl.Range) bool {
	if t.Src != "" {
		if err := subject.Valid(t.Src); err != nil {
			p.add(diag.New("bad-subject", srcAt, t.Src, err.Error()))
			return false
		}
	}
	if err := subject.ValidMapping(t.Src, t.Dest); err != nil {
		p.add(diag.New("bad-mapping", destAt, fmt.Sprintf("%q cannot become %q: %v", wideIfEmpty(t.Src), t.Dest, err)))
		return false
	}
	return true
}

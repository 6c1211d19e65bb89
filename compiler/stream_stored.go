package compiler

import (
	"jsc/compiler/subject"
	"jsc/schema"
)

// Storing works out by which subjects streams store their messages, each stream
// once. The zero Storing is ready; it is for one state of a topology.
type Storing struct {
	stored map[*Stream][]string // those that are being worked out have none
	byName map[*Account]map[string]*Stream
}

// unknown is what a stream may store of which nothing is known.
var unknown = []string{subject.Rest}

// mostStored bounds the work for one stream that copies others.
const mostStored = 10_000

// Arriving are the subjects by which messages come into the stream: its own,
// and those that it copies, as they are renamed on the way. None comes by any
// other; where another account or system has the origin, all may.
func (k *Storing) Arriving(s *Stream) []string {
	if s.subjectsRefused() {
		return unknown
	}
	var out []string
	if s.Config.Mirror == nil {
		out = append(out, s.Config.Subjects...)
	}
	if !s.Config.copies() {
		return out
	}
	for o := range s.origins() {
		out = append(out, k.copied(s, o)...)
		if len(out) > mostStored {
			return unknown
		}
	}
	return out
}

// Stored are the subjects by which the stream stores what arrives, after its
// subject_transform. It stores nothing by any other.
func (k *Storing) Stored(s *Stream) []string {
	if stored, has := k.stored[s]; has {
		if stored == nil {
			return unknown // it copies itself, which is refused
		}
		return stored
	}
	if k.stored == nil {
		k.stored = make(map[*Stream][]string)
	}
	k.stored[s] = nil
	stored := k.Arriving(s)
	if t := s.Config.SubjectTransform; t != nil {
		arriving := stored
		stored = t.images(arriving, written(s))
		for _, a := range arriving {
			if !subject.Contains(wideIfEmpty(t.Src), a) {
				stored = append(stored, a) // what it does not match stays
			}
		}
	}
	k.stored[s] = append([]string{}, stored...)
	return stored
}

// written is the subject_transform block of a stream; nil where it has none.
func written(s *Stream) *schema.SubjectTransform {
	if src, ok := s.Src.(*schema.Stream); ok {
		return src.SubjectTransform
	}
	return nil
}

// copied are the subjects by which messages of an origin arrive. What neither
// its filter nor any of its transforms matches is not copied.
func (k *Storing) copied(into *Stream, o origin) []string {
	its := unknown
	if s := k.stream(into.Account, o.Name); s != nil && o.External == nil && !o.open() {
		its = k.Stored(s)
	}
	if len(o.SubjectTransforms) == 0 {
		filter := SubjectTransform{Src: o.FilterSubject}
		return filter.images(its, nil)
	}
	if len(its)*len(o.SubjectTransforms) > mostStored {
		return unknown
	}
	var out []string
	for i, t := range o.SubjectTransforms {
		var src *schema.SubjectTransform
		if i < len(o.src.SubjectTransforms) {
			src = o.src.SubjectTransforms[i]
		}
		out = append(out, t.images(its, src)...)
	}
	return out
}

// images are the subjects that become of those that the transform, which was
// written as src where it was, matches.
func (t *SubjectTransform) images(of []string, src *schema.SubjectTransform) []string {
	if subject.ValidMapping(t.Src, t.Dest) != nil || src != nil && (src.Src.Invalid() || src.Dest.Invalid()) {
		return unknown // that has been said
	}
	var out []string
	for _, s := range of {
		if image, ok := subject.Image(t.Src, t.Dest, s); ok {
			out = append(out, image)
		}
	}
	return out
}

func (k *Storing) stream(a *Account, name string) *Stream {
	if k.byName == nil {
		k.byName = make(map[*Account]map[string]*Stream)
	}
	byName := k.byName[a]
	if byName == nil {
		byName = make(map[string]*Stream, len(a.Streams))
		for _, s := range a.Streams {
			byName[s.Config.Name] = s
		}
		k.byName[a] = byName
	}
	return byName[name]
}

package compiler

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// stored is one subject of a stream.
type stored struct {
	*Stream
	i int
}

// at is where the subject was written: in the list, or by the stream's name.
func (s stored) at() hcl.Range {
	if src, ok := s.Src.(*schema.Stream); ok && src.Subjects.IsSet() && len(src.Subjects.Value) > 0 {
		return src.Subjects.Elem(s.i)
	}
	return s.Src.Header().LabelOrNameRange()
}

// subjectsRefused reports that subjects were written, and were refused.
func (s *Stream) subjectsRefused() bool {
	src, ok := s.Src.(*schema.Stream)
	return ok && src.Subjects.Invalid()
}

// subjectIndex is an index of the stream's subjects.
func (s *Stream) subjectIndex() *subject.Index[none] { return indexOf(s.Config.Subjects) }

func indexOf(subjects []string) *subject.Index[none] {
	index := new(subject.Index[none])
	for _, sub := range subjects {
		index.Add(sub, none{})
	}
	return index
}

// checkSubjects: no message may be stored by two streams of an account, nor
// twice by one, and none may be of JetStream's own traffic.
func (p *pass) checkSubjects(streams []*Stream) {
	var index subject.Index[stored]
	for _, s := range streams {
		for i, sub := range s.Config.Subjects {
			mine := stored{s, i}
			p.checkCaptured(mine, sub)
			for other, its := range index.Overlapping(sub) {
				p.add(diag.WithNote(diag.New("stream-subject-overlap", mine.at(), overlapText(sub, other, s, its.Stream)),
					its.at(), "%q is stored here", other))
				break // one is enough: when it is mended the next one shows
			}
			index.Add(sub, mine)
		}
	}
}

func overlapText(sub, other string, s, its *Stream) string {
	switch {
	case s == its && sub == other:
		return fmt.Sprintf("stream %s stores %q twice", s.Config.Name, sub)
	case s == its:
		return fmt.Sprintf("stream %s stores some messages twice: %q overlaps %q", s.Config.Name, sub, other)
	case sub == other:
		return fmt.Sprintf("streams %s and %s both store %q", its.Config.Name, s.Config.Name, sub)
	}
	return fmt.Sprintf("%q of stream %s overlaps %q of stream %s", sub, s.Config.Name, other, its.Config.Name)
}

// ownTraffic is what a stream may only store without acknowledging it, and the
// part of it that is free (server/stream.go checkStreamCfgLocked).
var ownTraffic = []struct{ subjects, free string }{
	{"$JS.>", "$JS.EVENT.>"},
	{"$JSC.>", ""},
	{"$NRG.>", ""},
	{"$SYS.>", "$SYS.ACCOUNT.>"},
}

func (p *pass) checkCaptured(s stored, sub string) {
	c := &s.Config
	if sub == subject.Rest {
		switch {
		case !c.NoAck:
			p.add(diag.New("stream-captures-api", s.at(), fmt.Sprintf("stream %s stores every message, which needs no_ack", c.Name)))
		case c.Replicas != 1:
			p.add(diag.New("stream-captures-api", s.at(), fmt.Sprintf("stream %s stores every message, which needs num_replicas = 1", c.Name)))
		}
		return
	}
	if c.NoAck {
		return
	}
	for _, t := range ownTraffic {
		if subject.Overlap(sub, t.subjects) && (t.free == "" || !subject.Contains(t.free, sub)) {
			p.add(diag.New("stream-captures-api", s.at(), fmt.Sprintf("stream %s stores %q, which overlaps the server's own %s", c.Name, sub, t.subjects)))
			return
		}
	}
}

package verify

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"jsc/compiler"
	"jsc/compiler/subject"
)

// feed is a subject that a probe publishes to, and the one by which the stream
// then stores the message. Both are literal.
type feed struct{ published, stored string }

// feeds are where a probe publishes for each of the filters that it uses; ">"
// is any subject.
type feeds map[string]feed

// feedsOf finds for each filter a message that the stream stores and the filter
// takes, if there is one. The stream's own subjects come before those of what it
// copies, of which the probe takes the origin's place. Where nobody can foresee
// what a function of the stream's subject_transform makes, this has to go: then
// messages are published as they would be stored.
func feedsOf(s *compiler.Stream, filters []string) (found feeds, foreseen bool) {
	var storing compiler.Storing
	in := inlet{arriving: storing.Arriving(s)}
	if t := s.Config.SubjectTransform; t != nil {
		in.rename(t)
	}
	found = in.feeds(filters)
	if len(found) < len(filters) && subject.Computes(in.dest) {
		direct := inlet{arriving: storing.Stored(s)}
		if more := direct.feeds(filters); len(more) > len(found) {
			return more, false
		}
	}
	return found, true
}

// inlet is how messages come into a stream.
type inlet struct {
	arriving  []string
	src, dest string
	to        server.SubjectTransformer // the server's own; nil: they stay
}

func (in *inlet) rename(t *compiler.SubjectTransform) {
	in.src, in.dest = t.Src, t.Dest
	if to, err := server.NewSubjectTransform(t.Src, t.Dest); err == nil && to != nil {
		in.to = to
	}
}

func (in *inlet) feeds(filters []string) feeds {
	found := make(feeds)
	for _, filter := range filters {
		for _, a := range in.arriving {
			if f, ok := in.feed(a, filter); ok {
				found[filter] = f
				break
			}
		}
	}
	return found
}

// fillers is how many words are tried where the transform makes something else
// of a word, as a partition's number.
const fillers = 100

// feed is one that arrives by a subject and that the filter takes.
func (in *inlet) feed(arriving, filter string) (feed, bool) {
	if in.to != nil {
		image, _ := subject.Image(in.src, in.dest, arriving)
		goal, ok := common(image, filter)
		for i := 0; ok && i < fillers; i++ {
			filler := token
			if i > 0 {
				filler = fmt.Sprint(token, i)
			}
			if published, _ := subject.Preimage(in.src, in.dest, arriving, goal, filler); published != "" {
				if stored, always := in.stored(published); always && subject.Contains(filter, stored) {
					return feed{published, stored}, true
				}
			}
		}
	}
	published, ok := common(arriving, filter)
	if !ok {
		return feed{}, false
	}
	stored, always := in.stored(published)
	return feed{published, stored}, always && subject.Contains(filter, stored)
}

// stored is by which subject a message is stored, and whether it always is.
func (in *inlet) stored(published string) (stored string, always bool) {
	if in.to == nil {
		return published, true
	}
	store := func() string {
		if s, err := in.to.Match(published); err == nil {
			return s
		}
		return published // what the transform does not match stays
	}
	stored = store()
	for range 64 { // of a random number two do not agree all that often
		if store() != stored {
			return stored, false
		}
	}
	return stored, true
}

// of is the feed of the first of the filters that has one.
func (f feeds) of(stream string, filters []string) (feed, error) {
	for _, filter := range filters {
		if one, ok := f[filter]; ok {
			return one, nil
		}
	}
	return feed{}, fmt.Errorf("no subject of stream %s matches %s", stream, strings.Join(filters, ", "))
}

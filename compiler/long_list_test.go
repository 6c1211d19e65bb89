package compiler

import (
	"fmt"
	"strconv"
	"testing"

	"jsc/compiler/bundle"
	"jsc/schema"
)

// many is so long that what compares each with each takes minutes.
const many = 100_000

// manySubjects are the subjects first.0, first.1 and so on, the last one first.
func manySubjects(first string) []string {
	list := make([]string, many)
	for i := range list {
		list[i] = fmt.Sprintf("%s.%d", first, len(list)-1-i)
	}
	return list
}

// manyTransforms are transforms of manySubjects.
func manyTransforms() []SubjectTransform {
	list := make([]SubjectTransform, many)
	for i, s := range manySubjects("s") {
		list[i].Src = s
	}
	return list
}

// longLists are checks of what a block may list without end.
var longLists = []struct {
	name  string
	check func(*pass)
}{
	{"filters of a consumer", func(p *pass) {
		s := &Stream{Account: &Account{}, Config: StreamConfig{Subjects: manySubjects("s")}}
		s.Consumers = []*Consumer{{Stream: s, Src: &schema.Consumer{}, Config: ConsumerConfig{Name: "C", AckPolicy: "explicit", FilterSubjects: manySubjects("s")}}}
		p.checkStreamConsumers(s, new(Storing))
	}},
	{"transforms of a mirror", func(p *pass) {
		p.checkTransforms(origin{&StreamSource{SubjectTransforms: manyTransforms()}, &schema.StreamSource{}, true})
	}},
	{"transforms of a source", func(p *pass) {
		p.checkTransforms(origin{&StreamSource{SubjectTransforms: manyTransforms()}, &schema.StreamSource{}, false})
	}},
	{"transforms that tell a source apart", func(*pass) {
		origin{StreamSource: &StreamSource{SubjectTransforms: manyTransforms()}}.identity()
	}},
	{"subjects of a source and what others deliver", func(p *pass) {
		from := &Stream{Config: StreamConfig{Name: "T", Subjects: manySubjects("s")}}
		from.Config.Subjects[0] = "x.>"
		src := &schema.Stream{StreamSettings: &schema.StreamSettings{}}
		s := &Stream{Src: src, Config: StreamConfig{Name: "S"}}
		for i, name := range append(manySubjects("d"), "T") {
			o := &StreamSource{Name: "X" + strconv.Itoa(i), External: &External{API: "api", Deliver: name}}
			if name == "T" {
				o = &StreamSource{Name: name}
			}
			s.Config.Sources = append(s.Config.Sources, o)
			src.Sources = append(src.Sources, &schema.StreamSource{})
		}
		p.checkOrigins(s, map[string]*Stream{"T": from}, make(wideSubjects))
	}},
	{"accounts that import each from the one before", func(p *pass) {
		from := &Account{Name: "0"}
		for i := range many {
			a := &Account{Name: strconv.Itoa(i)}
			for _, typ := range []Type{ServiceType, StreamType} {
				a.Imports = append(a.Imports, &Import{From: from, Type: typ, Subject: "s", Local: "s"})
			}
			a.Exports = []*Export{{Type: StreamType, Subject: "s"}}
			p.t.Accounts = append(p.t.Accounts, a)
			from = a
		}
		p.checkImportCycles()
	}},
	{"destinations of a mapping, too many in each cluster", func(p *pass) {
		src := &schema.Mapping{}
		for i := range many {
			to := &schema.MappingTo{Head: schema.Head{Name: strconv.Itoa(i)}, Cluster: schema.Set(strconv.Itoa(i%(many/2)), nil)}
			src.To = append(src.To, to)
		}
		p.destinations(src, "a")
		if len(p.diags) == many/2 {
			p.diags = nil
		}
	}},
	{"shares of a bundle", func(p *pass) {
		shares := make([]bundle.Share, many)
		for i := range shares {
			shares[i].Name = strconv.Itoa(i)
		}
		src := &schema.Accept{Share: schema.Set(strconv.Itoa(many-1), nil)}
		p.chosen(&acceptance{src: src}, shares)
	}},
	{"streams that copy each the one before", func(p *pass) {
		streams := make([]*Stream, many)
		byName := make(map[string]*Stream)
		for i := range streams {
			src := &schema.Stream{StreamSettings: &schema.StreamSettings{Sources: []*schema.StreamSource{{}}}}
			streams[i] = &Stream{Src: src, Config: StreamConfig{Name: strconv.Itoa(i), Sources: []*StreamSource{{Name: strconv.Itoa(i - 1)}}}}
			byName[strconv.Itoa(i)] = streams[i]
		}
		p.checkCycles(streams, byName)
	}},
	{"streams of the importer of many shares", func(p *pass) {
		to := &Account{}
		for i := range many {
			own := &Stream{Config: StreamConfig{Name: fmt.Sprintf("own-%06d", i)}}
			to.Streams = append(to.Streams, own)
			s := &Share{Stream: &Stream{Config: StreamConfig{Name: fmt.Sprintf("shared-%06d", i)}}}
			s.Targets = []*Target{{Share: s, To: to}}
			p.t.Shares = append(p.t.Shares, s)
		}
		if p.mayCollide() {
			p.findCollisions()
		}
	}},
	{"filters of a mirror and of the share that it copies", func(p *pass) {
		s := &Share{Filters: manySubjects("s"), Src: &schema.Share{}}
		p.sharedFilters(s, origin{&StreamSource{SubjectTransforms: manyTransforms()}, &schema.StreamSource{}, true})
	}},
	{"filters of a share", func(p *pass) {
		stream := &schema.Stream{}
		p.streams = map[schema.Entity]*Stream{stream: {Src: stream, Config: StreamConfig{Subjects: manySubjects("s")}}}
		filters := make([]schema.Subject, many)
		for i, s := range manySubjects("s") {
			filters[many-1-i] = schema.Subject(s)
		}
		src := &schema.Share{Stream: schema.Set[schema.Entity](stream, nil), ShareTerms: &schema.ShareTerms{FilterSubjects: schema.Set(filters, nil)}}
		p.indexShared([]*schema.Share{src})
		p.shareFilters(&Share{Src: src, Stream: p.streams[stream], Kind: kindOf("stream", "read", nil)})
	}},
}

// TestLongLists holds what is checked of every pair in a list to a time that
// can be waited for.
func TestLongLists(t *testing.T) {
	for _, l := range longLists {
		t.Run(l.name, func(t *testing.T) {
			p := &pass{t: &Topology{}}
			l.check(p)
			for _, d := range p.diags {
				t.Fatalf("%d diagnostics, and nothing is wrong; the first: %s", len(p.diags), d.Summary)
			}
		})
	}
}

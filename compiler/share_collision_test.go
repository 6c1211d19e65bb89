package compiler

import (
	"testing"

	"pgregory.net/rapid"

	"jsc/schema"
)

// TestMayCollide foresees every collision, whatever streams are called.
func TestMayCollide(t *testing.T) {
	found := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := drawShares(t)
		foreseen := p.mayCollide()
		if p.findCollisions(); len(p.diags) > 0 && !foreseen {
			t.Errorf("not foreseen: %v", p.diags[0].Diagnostic)
		}
		found[foreseen]++
	})
	if found[true] == 0 || found[false] == 0 {
		t.Errorf("%d foreseen and %d others tell nothing", found[true], found[false])
	}
}

// drawShares draws shares of consumers among three accounts.
func drawShares(t *rapid.T) *pass {
	streams, consumers := []string{"S", "S.C", "C", "*", ">", "T", "U", "V"}, []string{"C", "C.C", "*", "D"}
	p := &pass{t: &Topology{}}
	p.t.Server.Ack.V1 = true
	for _, name := range []string{"A", "B", "C"} {
		a := &Account{Name: name}
		p.t.Accounts = append(p.t.Accounts, a)
		for range rapid.IntRange(1, 2).Draw(t, "streams") {
			s := &Stream{Account: a, Src: &schema.Stream{}, Config: StreamConfig{Name: rapid.SampledFrom(streams).Draw(t, "stream")}}
			s.Consumers = []*Consumer{{Stream: s, Src: &schema.Consumer{}, Config: ConsumerConfig{
				Name: rapid.SampledFrom(consumers).Draw(t, "consumer"), DeliverSubject: "deliver", FlowControl: true,
			}}}
			a.Streams = append(a.Streams, s)
		}
	}
	for range rapid.IntRange(2, 6).Draw(t, "shares") {
		from := rapid.IntRange(0, 2).Draw(t, "from")
		a := p.t.Accounts[from]
		stream := rapid.SampledFrom(a.Streams).Draw(t, "shared")
		s := &Share{Src: &schema.Share{}, Kind: kindOf("consumer", "", &stream.Consumers[0].Config), From: a, Stream: stream, Consumer: stream.Consumers[0]}
		s.aim(&Target{Src: &schema.To{}, Share: s, To: p.t.Accounts[(from+1+rapid.IntRange(0, 1).Draw(t, "to"))%3]})
		if rapid.Bool().Draw(t, "accepted") {
			p.t.Accepted = append(p.t.Accepted, s)
		} else {
			p.t.Shares = append(p.t.Shares, s)
		}
	}
	return p
}

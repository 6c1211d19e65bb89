package compiler

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// serverClosing is the search of nats-server (server/stream.go
// checkStreamCfgLocked), which visits a stream once for each way to it.
func serverClosing(n network, from int) (at int, l *link, met []int) {
	queue := []int{from}
	for len(queue) > 0 {
		at, queue = queue[0], queue[1:]
		if !slices.Contains(met, at) {
			met = append(met, at)
		}
		for i := range n[at] {
			switch l := &n[at][i]; {
			case !slices.Contains(met, l.to):
				queue = append(queue, l.to)
			case l.closes:
				return at, l, met
			}
		}
	}
	return 0, nil, met
}

// TestClosingAsServer compares what is found in networks of many shapes, and
// from where, with what the server finds.
func TestClosingAsServer(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 20_000 {
		n := make(network, 1+random.IntN(12))
		forward := random.IntN(3) > 0 // no circle, and ways of many lengths
		for range random.IntN(3 * len(n)) {
			from, to := random.IntN(len(n)), random.IntN(len(n))
			if forward {
				from, to = min(from, to), max(from, to)
			}
			if from != to || !forward {
				n[from] = append(n[from], link{to: to, closes: random.IntN(4) > 0})
			}
		}
		plain := n.plain()
		for from := range n {
			wantAt, wantLink, wantMet := serverClosing(n, from)
			at, l, met := n.closing(from, make([]int, len(n)))
			if at != wantAt || l != wantLink || !slices.Equal(met, wantMet) {
				t.Fatalf("from %d of %v: link %v of %d after %v, and the server finds %v of %d after %v",
					from, n, l, at, met, wantLink, wantAt, wantMet)
			}
			if plain[from] && l != nil {
				t.Fatalf("%d of %v leads to a circle, and is plain", from, n)
			}
			if l != nil {
				found++
			}
		}
	}
	if found == 0 {
		t.Fatal("no network has a circle")
	}
}

// TestClosingManyWays follows layers of streams, each of which copies all of
// the next layer: there are 10^100 ways through them.
func TestClosingManyWays(t *testing.T) {
	const layers, width = 100, 10
	n := make(network, layers*width)
	for i := range (layers - 1) * width {
		for to := range width {
			n[i] = append(n[i], link{to: (i/width+1)*width + to, closes: true})
		}
	}
	if at, l, _ := n.closing(0, make([]int, len(n))); l != nil {
		t.Errorf("the link of %d to %d closes a circle, and there is none", at, l.to)
	}
}

package compiler

import "jsc/schema/parallel"

// each calls work for everything in list on all processors, and gives what it
// returns in the list's order. The pass that work gets may be read, but not
// changed: what is reported to it comes to p in the list's order. Work may
// change what belongs to its own part of the topology alone.
func each[T, R any](p *pass, list []T, work func(p *pass, x T) R) []R {
	results := make([]R, len(list))
	step := len(list)/mostParts + 1
	parts := make([]pass, (len(list)+step-1)/step)
	parallel.Do(len(parts), func(n int) {
		part := &parts[n]
		*part = *p
		part.diags, part.isPart = nil, true
		for i := n * step; i < min((n+1)*step, len(list)); i++ {
			results[i] = work(part, list[i])
		}
	})
	for _, part := range parts {
		for _, r := range part.diags {
			p.report(r)
		}
	}
	return results
}

// mostParts is how many passes a list is parted among at most: enough for all
// processors to end at one time.
const mostParts = 256

// none is what work returns that has no result.
type none struct{}

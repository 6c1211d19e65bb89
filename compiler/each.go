package compiler

import "jsc/schema/parallel"

// each calls work for everything in list on all processors, and gives what it
// returns in the list's order. The pass that work gets may be read, but not
// changed: what is reported to it comes to p in the list's order. Work may
// change what belongs to its own part of the topology alone.
func each[T, R any](p *pass, list []T, work func(p *pass, x T) R) []R {
	results := make([]R, len(list))
	reports := make([][]report, len(list))
	parallel.Do(len(list), func(i int) {
		part := *p
		part.diags, part.isPart = nil, true
		results[i] = work(&part, list[i])
		reports[i] = part.diags
	})
	for _, of := range reports {
		for _, r := range of {
			p.report(r)
		}
	}
	return results
}

// none is what work returns that has no result.
type none struct{}

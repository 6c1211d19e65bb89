package compiler

// plain marks the nodes from which no node can be reached along two different
// paths, nor any node again: no check for cycles need start there. A node is
// plain that leads to one plain one alone, or to several that nothing else leads
// to, nor to anything beyond them.
func plain(next [][]int) []bool {
	before := make([][]int, len(next))
	for i, links := range next {
		for _, to := range links {
			before[to] = append(before[to], i)
		}
	}
	plain := make([]bool, len(next))
	apart := make([]bool, len(next)) // nothing else leads to what is beyond them
	left := make([]int, len(next))   // links to others than such
	var queue []int
	add := func(i int, alone bool) {
		plain[i], apart[i] = true, alone
		queue = append(queue, i)
	}
	for i, links := range next {
		if left[i] = len(links); left[i] == 0 {
			add(i, true)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		alone := apart[at] && len(before[at]) == 1
		for _, i := range before[at] {
			if alone {
				left[i]--
			}
			if left[i] == 0 || len(next[i]) == 1 {
				add(i, alone)
			}
		}
	}
	return plain
}

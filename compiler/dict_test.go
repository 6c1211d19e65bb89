package compiler

import (
	"strconv"
	"testing"
)

// A dict has what was added, few or many, and nothing else.
func TestDict(t *testing.T) {
	const most = 3 * maxListed
	for _, room := range []int{0, 1, most} {
		var d dict[int]
		d.grow(room)
		for n := range most {
			if _, has := d.get(strconv.Itoa(n)); has {
				t.Errorf("%d is there before it is added", n)
			}
			d.add(strconv.Itoa(n), n)
			for i := range n + 1 {
				if got, has := d.get(strconv.Itoa(i)); !has || got != i {
					t.Errorf("of %d, %d is %d, %v", n+1, i, got, has)
				}
			}
		}
	}
}

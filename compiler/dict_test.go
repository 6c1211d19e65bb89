package compiler

import (
	"strconv"
	"testing"
)

// A dict has what was added, few or many, and nothing else.
func TestDict(t *testing.T) {
	var d dict[int]
	for n := range 3 * maxListed {
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

package parallel

import (
	"errors"
	"sync/atomic"
	"testing"

	"jsc/schema/diag"
)

func TestDo(t *testing.T) {
	for _, n := range []int{0, 1, 1000} {
		seen := make([]atomic.Int32, n)
		Do(n, func(i int) { seen[i].Add(1) })
		for i := range seen {
			if got := seen[i].Load(); got != 1 {
				t.Errorf("%d of %d was done %d times", i, n, got)
			}
		}
	}
}

// TestPanic: a panic comes to the caller, who can recover it.
func TestPanic(t *testing.T) {
	cause := errors.New("cause")
	defer func() {
		if b, ok := recover().(*diag.Bug); !ok || b.Value != cause {
			t.Errorf("recovered %v", b)
		}
	}()
	Do(100, func(i int) {
		if i == 7 {
			panic(cause)
		}
	})
	t.Error("Do returns")
}

// TestTry: whoever fails first in time, the least number's error comes back, and
// all is done.
func TestTry(t *testing.T) {
	const n = 1000
	var done atomic.Int32
	failures := map[int]error{3: errors.New("3"), 500: errors.New("500"), n - 1: errors.New("the last")}
	for range 20 {
		done.Store(0)
		err := Try(n, func(i int) error {
			done.Add(1)
			return failures[i]
		})
		if err != failures[3] || done.Load() != n {
			t.Errorf("error %v after %d", err, done.Load())
		}
	}
	if err := Try(n, func(int) error { return nil }); err != nil {
		t.Error(err)
	}
}

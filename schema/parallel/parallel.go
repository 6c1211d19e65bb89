// Package parallel spreads work over the processors. It stands below all that
// computes.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"

	"jsc/schema/diag"
)

// Do calls work for 0 to n-1, on all processors, and returns when all is done.
// A panic of work ends the rest and is thrown again here, as a *diag.Bug: left
// to itself it would end the process, and print what it is about.
func Do(n int, work func(i int)) {
	var (
		next atomic.Int64
		all  sync.WaitGroup
		bug  atomic.Pointer[diag.Bug]
	)
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			defer func() {
				if b := diag.Caught(recover()); b != nil {
					bug.CompareAndSwap(nil, b)
				}
			}()
			for i := next.Add(1) - 1; i < int64(n) && bug.Load() == nil; i = next.Add(1) - 1 {
				work(int(i))
			}
		})
	}
	all.Wait()
	if b := bug.Load(); b != nil {
		panic(b)
	}
}

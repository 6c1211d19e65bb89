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
	DoWith(n, func() struct{} { return struct{}{} }, func(_ struct{}, i int) { work(i) })
}

// DoWith is Do for work that needs something which only one at a time can use,
// such as room for what it does not keep. own makes that, for each processor.
func DoWith[T any](n int, own func() T, work func(own T, i int)) {
	var (
		next atomic.Int64
		all  sync.WaitGroup
		bug  atomic.Pointer[diag.Bug]
	)
	workers := min(n, runtime.GOMAXPROCS(0))
	// Who takes several at a time waits less for the others, and is not left
	// behind with many at the end.
	step := max(1, int64(n)/(64*int64(max(1, workers))))
	for range workers {
		all.Go(func() {
			defer func() {
				if b := diag.Caught(recover()); b != nil {
					bug.CompareAndSwap(nil, b)
				}
			}()
			mine := own()
			for end := next.Add(step); end-step < int64(n) && bug.Load() == nil; end = next.Add(step) {
				for i := end - step; i < min(end, int64(n)); i++ {
					work(mine, int(i))
				}
			}
		})
	}
	all.Wait()
	if b := bug.Load(); b != nil {
		panic(b)
	}
}

// Try is Do for work that may fail. All is done; the error is that of the least
// number, so that the same one comes back every time.
func Try(n int, work func(i int) error) error {
	return TryWith(n, func() struct{} { return struct{}{} }, func(_ struct{}, i int) error { return work(i) })
}

// TryWith is Try with DoWith's own.
func TryWith[T any](n int, own func() T, work func(own T, i int) error) error {
	var (
		mu    sync.Mutex
		least = n
		first error
	)
	DoWith(n, own, func(mine T, i int) {
		if err := work(mine, i); err != nil {
			mu.Lock()
			defer mu.Unlock()
			if i < least {
				least, first = i, err
			}
		}
	})
	return first
}

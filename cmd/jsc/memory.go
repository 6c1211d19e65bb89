package main

import (
	"io/fs"
	"runtime"
	"runtime/debug"
)

// enough is as much memory as most topologies need.
const enough = 960 << 20

// spared is how much memory jsc takes before garbage is first collected: enough,
// but no more than half of what the machine or the container has.
func spared(root fs.FS) int64 { return machineMemory(root, 2*enough) / 2 }

// collectLate puts the first collection of garbage off until that much memory
// is taken; from then on all is as usual. A compiler that is done in a moment
// would spend a third of it on memory that its end gives back anyhow. GOGC and
// GOMEMLIMIT, where lookup finds them, have the last word.
func collectLate(spared int64, lookup func(string) (string, bool)) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if value, _ := lookup(name); value != "" {
			return
		}
	}
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(spared)
	runtime.AddCleanup(new([16]byte), func(int) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}, 0)
}

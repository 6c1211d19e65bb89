package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestCollectLate: garbage stays until the memory that is spared is taken, and
// is collected as usual from then on.
func TestCollectLate(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(limit)
	defer debug.SetGCPercent(percent)
	none := func(string) (string, bool) { return "", false }

	collectLate(1<<20, func(name string) (string, bool) { return "50", name == "GOGC" })
	if debug.SetMemoryLimit(-1) != limit {
		t.Error("GOGC does not have the last word")
	}

	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	collectLate(int64(before.Sys)+256<<20, none)
	waste(128 << 20)
	runtime.ReadMemStats(&after)
	if after.NumGC != before.NumGC {
		t.Errorf("%d collections before the spared memory was taken", after.NumGC-before.NumGC)
	}
	for deadline := time.Now().Add(time.Minute); debug.SetMemoryLimit(-1) != limit; {
		if waste(64 << 20); time.Now().After(deadline) {
			t.Fatal("memory is spared for ever")
		}
	}
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("GOGC is %d in the end, not 100", now)
	}
}

var wasted []byte

func waste(bytes int) {
	const at = 1 << 20
	for ; bytes > 0; bytes -= at {
		wasted = make([]byte, at)
	}
}

package schema

import (
	"testing"
	"time"
)

// A duration that a message shows can be copied into a topology, and is as
// somebody would write it there.
func TestFormatDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "250ms": 250 * time.Millisecond, "30s": 30 * time.Second, "5m": 5 * time.Minute, "1m30s": 90 * time.Second,
		"1h": time.Hour, "1h30m": 90 * time.Minute, "1h0m1s": time.Hour + time.Second, "10h": 10 * time.Hour, "1d": 24 * time.Hour,
		"36h": 36 * time.Hour, "90d": 90 * 24 * time.Hour, "-1m": -time.Minute,
	} {
		got := FormatDuration(d)
		if got != want {
			t.Errorf("%v is %q, not %q", d, got, want)
		}
		if read, err := ParseDuration(got); d >= 0 && (err != nil || read != d) {
			t.Errorf("%q is read as %v, %v", got, read, err)
		}
	}
}

func TestFormatSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 512: "512 B", 1000: "1000 B", 1 << 10: "1 KiB", 1536 << 10: "1536 KiB", 64 << 20: "64 MiB", 5 << 30: "5 GiB", 3 << 40: "3 TiB", 1 << 60: "1048576 TiB",
	} {
		if got := FormatSize(n); got != want {
			t.Errorf("FormatSize(%d) = %q, want %q", n, got, want)
		}
	}
}

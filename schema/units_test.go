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

// What is written well and too large is said to be too large.
func TestTooMuch(t *testing.T) {
	in := func(attribute string) string {
		return "account \"A\" {\n stream \"S\" {\n  " + attribute + "\n }\n}"
	}
	for attribute, want := range map[string]string{
		`max_age = "147y"`:                      "",
		`max_age = "292y171d"`:                  "",
		`max_age = "106751d"`:                   "",
		`max_age = "106751d1ns"`:                "bad-value ~ at most \"106751d\"",
		`max_age = "9999999999y"`:               "bad-value ~ at most \"106751d\"",
		`max_age = "1e3d"`:                      "bad-duration",
		`max_bytes = "7.5EiB"`:                  "",
		`max_bytes = "9EB"`:                     "",
		`max_bytes = "8EiB"`:                    "bad-value ~ at most 9223372036854775807",
		`max_bytes = "3eib"`:                    "bad-size",
		`first_seq = 9223372036854775807`:       "",
		`first_seq = 18446744073709551615`:      "bad-value ~ at most 9223372036854775807",
		`max_msgs = -9223372036854775809`:       "bad-value ~ at least -9223372036854775808",
		`max_msgs = 1.5`:                        "bad-value ~ a whole number",
		`description = duration("9999999999y")`: "bad-expression ~ longer than 106751d",
	} {
		_, diags := load1(t, in(attribute))
		if want == "" {
			hold(t, diags)
		} else {
			hold(t, diags, "t.hcl:3 "+want)
		}
	}
	_, diags := load1(t, "account \"A\" { expires = \"300y\" }")
	hold(t, diags, "t.hcl:1 bad-value ~ at most \"106751d\"")
}

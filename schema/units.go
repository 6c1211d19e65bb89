package schema

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jsc/schema/diag"
)

// durationUnits are the units of a duration, the longer name of a common
// beginning first.
var durationUnits = []struct {
	name string
	unit time.Duration
}{
	{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"µs", time.Microsecond}, {"ms", time.Millisecond},
	{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour},
	{"d", 24 * time.Hour}, {"w", 7 * 24 * time.Hour}, {"y", 365 * 24 * time.Hour},
}

// maxDuration is the longest duration in whole days of which NATS, which counts
// nanoseconds, has the number; a second more can be added to it.
const maxDuration = 106751 * 24 * time.Hour

// errTooMuch is of a duration or a size that is written well and too large.
var errTooMuch = errors.New("too much")

// ParseDuration reads "30s", "1d12h", "1.5h". A day is 24 hours, a week 7
// days, a year 365 days. "0" alone needs no unit.
func ParseDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a duration", s)
	if s == "0" {
		return 0, nil
	}
	if s == "" {
		return 0, bad
	}
	var total float64
	var exact int64
	for rest := s; rest != ""; {
		n := 0
		for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.') {
			n++
		}
		if n == 0 {
			return 0, bad
		}
		num := rest[:n]
		rest = rest[n:]
		unit := time.Duration(0)
		for _, u := range durationUnits {
			if after, ok := strings.CutPrefix(rest, u.name); ok && (after == "" || after[0] >= '0' && after[0] <= '9' || after[0] == '.') {
				unit, rest = u.unit, after
				break
			}
		}
		if unit == 0 {
			return 0, bad
		}
		f, err := strconv.ParseFloat(num, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return 0, bad
		}
		total += f * float64(unit)
		if total > float64(maxDuration) {
			return 0, tooLong(s)
		}
		if i, err := strconv.ParseInt(num, 10, 64); err == nil {
			exact += i * int64(unit)
		} else {
			exact += int64(math.Round(f * float64(unit)))
		}
		if exact > int64(maxDuration) { // which the sum of floats may have lost
			return 0, tooLong(s)
		}
	}
	return time.Duration(exact), nil
}

func tooLong(s string) error {
	return fmt.Errorf("%w: %q is longer than %s", errTooMuch, s, FormatDuration(maxDuration))
}

// FormatDuration writes a duration as people do in a topology: in days where it
// is whole ones, else in units without those that are none, as in 1h30m.
func FormatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d != 0 && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// sizeUnits are the units of a size.
var sizeUnits = map[string]int64{
	"": 1, "B": 1,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50, "EiB": 1 << 60,
	"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "EB": 1e18,
}

// ParseSize reads "1MiB", "10GB" or "512": a number of bytes.
func ParseSize(s string) (int64, error) {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.') {
		n++
	}
	unit, ok := sizeUnits[strings.TrimSpace(s[n:])]
	if n == 0 || !ok {
		return 0, fmt.Errorf("%q is not a size", s)
	}
	if i, err := strconv.ParseInt(s[:n], 10, 64); err == nil && i <= math.MaxInt64/unit {
		return i * unit, nil
	}
	f, err := strconv.ParseFloat(s[:n], 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && f*float64(unit) >= math.MaxInt64:
		return 0, fmt.Errorf("%w: %q is more than %d bytes", errTooMuch, s, math.MaxInt64)
	case err != nil || f*float64(unit) != math.Trunc(f*float64(unit)):
		return 0, fmt.Errorf("%q is not a size", s)
	}
	return int64(f * float64(unit)), nil
}

// FormatSize is a number of bytes as messages have it: in the largest unit that
// it is a multiple of.
func FormatSize(n int64) string {
	for _, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if size := sizeUnits[unit]; n != 0 && n%size == 0 {
			return strconv.FormatInt(n/size, 10) + " " + unit
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}

// FormatUnix is a time in Unix seconds as messages have it: RFC 3339, in UTC.
func FormatUnix(seconds int64) string {
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}

// parseTime reads RFC 3339, or a day, which is its midnight in UTC.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time", s)
	}
	return t.UTC(), nil
}

// badSubject says what keeps s from being a subject; "" when nothing does. A
// wildcard in part of a token is no wildcard to nats-server and is allowed.
func badSubject(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case len(s) > 4096:
		return "it is longer than 4096 bytes"
	case !utf8.ValidString(s):
		return "it is not UTF-8"
	}
	for _, r := range s {
		if unicode.IsSpace(r) {
			return "it has white space"
		}
		if diag.HiddenInName(r) {
			return "it has an invisible character"
		}
	}
	tokens := strings.Split(s, ".")
	for i, t := range tokens {
		if t == "" {
			return "it has an empty token"
		}
		if t == ">" && i < len(tokens)-1 {
			return `">" may only be the last token`
		}
	}
	return ""
}

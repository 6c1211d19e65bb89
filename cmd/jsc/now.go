package main

import (
	"fmt"
	"strconv"
	"time"
)

// now is the moment that a build counts from, in Unix seconds: --now, else
// SOURCE_DATE_EPOCH, else the clock.
func (t *terminal) now(flag string) (int64, error) {
	if flag != "" {
		return parseMoment("--now", flag)
	}
	if epoch := t.getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		return parseMoment("SOURCE_DATE_EPOCH", epoch)
	}
	return time.Now().Unix(), nil
}

// lastMoment is in the year 9000: a lock's times end with 9999, and no token
// lives for longer than 292 years. Milliseconds lie beyond it.
const lastMoment = 221_845_392_000

// parseMoment reads a time in Unix seconds or as RFC 3339 writes it.
func parseMoment(from, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		var at time.Time
		at, err = time.Parse(time.RFC3339, text)
		n = at.Unix()
	}
	if err != nil || n <= 0 || n > lastMoment {
		return 0, usageError{fmt.Errorf("%s is a time as in 2027-01-31T00:00:00Z, or Unix seconds, not %q", from, text)}
	}
	return n, nil
}

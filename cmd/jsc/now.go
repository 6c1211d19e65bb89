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
		return moment("--now", flag)
	}
	if epoch := t.getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		return moment("SOURCE_DATE_EPOCH", epoch)
	}
	return time.Now().Unix(), nil
}

func moment(from, text string) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return n, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Unix() <= 0 {
		return 0, usageError{fmt.Errorf("%s is a time as in 2027-01-31T00:00:00Z, or Unix seconds, not %q", from, text)}
	}
	return at.Unix(), nil
}

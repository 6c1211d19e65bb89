package diag

import (
	"strconv"
	"strings"
)

// Count is a number with its thousands apart.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural is so many of what: "1 file", "2,000 files".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return Count(n) + " " + what + "s"
}

// Article is a noun with "a" or "an" before it.
func Article(noun string) string {
	if noun != "" && strings.IndexByte("aeio", noun[0]) >= 0 { // "a user"
		return "an " + noun
	}
	return "a " + noun
}

package diag

import "strings"

// ShellQuote is a word as a POSIX shell reads it back: in single quotes, where
// only a single quote itself means anything; that one ends them, stands
// escaped, and begins them anew.
func ShellQuote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

package diag

import "strings"

// ShellQuote is a word as a POSIX shell reads it back: in single quotes, where
// only a single quote itself means anything; that one ends them, stands
// escaped, and begins them anew.
func ShellQuote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// ShellWord is ShellQuote for sentences: what every shell takes as it stands, as
// most names and paths are, has no quotes.
func ShellWord(word string) string {
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return ShellQuote(word)
}

// plain are the characters that mean nothing to a shell, wherever they stand.
const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./,:=@%+"

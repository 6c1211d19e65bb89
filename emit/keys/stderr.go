package keys

import (
	"bytes"
	"io"
	"unicode/utf8"

	"jsc/schema/diag"
)

// mostHeld is how many bytes that may yet become a seed are kept back; a seed
// has 58.
const mostHeld = 4 << 10

// relay passes on what a signer writes to its stderr as jsc prints all text that
// is not its own: without control characters, and [redacted] where a seed
// stands. What may be the beginning of one waits for the next write.
type relay struct {
	to   io.Writer
	held []byte
}

// Write never fails: a signer is not to end because nobody reads what it says.
func (r *relay) Write(data []byte) (int, error) {
	text := append(r.held, data...)
	cut := len(text) - unfinished(text)
	r.held = bytes.Clone(text[cut:])
	r.pass(text[:cut])
	return len(data), nil
}

// end passes on what is still held.
func (r *relay) end() {
	r.pass(r.held)
	r.held = nil
}

func (r *relay) pass(text []byte) {
	if len(text) > 0 {
		io.WriteString(r.to, diag.SanitizeLines(string(text)))
	}
}

// unfinished is how many bytes at the end of text wait: those from the first S
// in the last run of base32 characters, or those of a character that is not
// whole.
func unfinished(text []byte) int {
	run := len(text)
	for run > 0 && len(text)-run < mostHeld && diag.InSeed(text[run-1]) {
		run--
	}
	if at := bytes.IndexByte(text[run:], 'S'); at >= 0 && len(text)-run < mostHeld {
		return len(text) - run - at
	}
	for n := 1; n <= min(len(text), utf8.UTFMax-1); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return n
			}
			break
		}
	}
	return 0
}

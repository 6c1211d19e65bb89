package emit

import "bytes"

// Parts are a file's bytes: texts that may be those of tokens, and what stands
// around them.
type Parts struct {
	Texts []string
	at    []int  // where in rest they stand
	rest  []byte // the bytes without them
}

// NewParts has room for so many texts, and bytes around them.
func NewParts(texts, bytes int) Parts {
	return Parts{make([]string, 0, texts), make([]int, 0, texts), make([]byte, 0, bytes)}
}

// Add goes on with some bytes and a text. It keeps a copy of the bytes.
func (p *Parts) Add(before []byte, text string) {
	p.rest = append(p.rest, before...)
	p.at, p.Texts = append(p.at, len(p.rest)), append(p.Texts, text)
}

// End ends with some bytes.
func (p *Parts) End(rest []byte) { p.rest = append(p.rest, rest...) }

// IsMadeOf reports that Make makes a file of these parts, of which it uses room,
// and returns it for the next. That of a file whose bytes no token's text is in as
// it is, it does not tell.
func (a *Artifact) IsMadeOf(p *Parts, room []byte) (same bool, left []byte) {
	if a.decodes {
		return false, room
	}
	// With the same texts in the same places, it is the rest that counts. A text
	// is plain, or it would not be a token's, so no form writes it otherwise.
	n, same := 0, true
	text := func(out []byte, t *Token) []byte {
		same = same && n < len(p.at) && p.at[n] == len(out) && t.Text != "" && p.Texts[n] == t.Text
		n++
		return out
	}
	var out []byte
	var err error
	if a.inPieces != nil { // which need not find room for the texts
		out, err = a.inPieces(room[:0], text, nil)
	} else {
		out, err = a.form(a, room[:0], text)
	}
	return same && err == nil && n == len(p.at) && bytes.Equal(out, p.rest), out
}

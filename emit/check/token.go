package check

import (
	"bytes"
	"strings"

	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/schema/parallel"
)

// token is one token that is committed somewhere.
type token struct {
	text    string
	paths   []string    // of the files that hold it; none for one that is embedded only
	id      string      // in the lock; "" until it is known
	claims  jwt.Claims  // nil when the text is no token of ours
	planned *emit.Token // that says the same, of which the claims are; nil: none
	err     error       // why not
	valid   bool        // its issuer may have signed it
}

// header is how the text of a token begins, whatever its header says: the
// base64 of `{"`.
const header = "eyJ"

// span is a part of a text.
type span struct{ begin, end int }

// textsIn are where in a text there is what looks like a token: a header, a payload
// and a signature, that may be empty.
func textsIn(text []byte) (found []span) {
	for at := 0; ; {
		next := bytes.Index(text[at:], []byte(header))
		if next < 0 {
			return found
		}
		at += next
		payload := at + base64Length(text[at:]) + 1
		if end := payload + base64Length(text[min(payload, len(text)):]); payload < end && end < len(text) && text[payload-1] == '.' && text[end] == '.' {
			end += 1 + base64Length(text[end+1:])
			found = append(found, span{at, end})
			at = end
		} else {
			at += len(header)
		}
	}
}

// base64Length is how many characters of base64, in either alphabet, text begins
// with.
func base64Length(text []byte) int {
	for i, c := range text {
		if !isBase64[c] {
			return i
		}
	}
	return len(text)
}

var isBase64 = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=") {
		is[c] = true
	}
	return is
}()

// recognize finds the tokens that are, to the byte, what the plan says, so that
// nothing in them needs to be decoded; the signatures of them are looked at by
// unmask.
func (c *checker) recognize() {
	if c.plain {
		return
	}
	own, others := make(map[string]*token, len(c.byPath)), make(map[string]*token, len(c.tokens)) // by ID; by what is signed
	for _, t := range c.tokens {
		if t.id != "" {
			own[t.id] = t
		} else if dot := strings.LastIndexByte(t.text, '.'); dot >= 0 {
			others[t.text[:dot]] = t
		}
	}
	at := make([]*token, len(c.plan.Tokens))
	found, forged := c.plan.Recognize(func(i int, input []byte) string {
		if at[i] = own[c.plan.Tokens[i].ID]; at[i] == nil {
			at[i] = others[string(input)]
		}
		if at[i] == nil || c.unverified[at[i].text] {
			return ""
		}
		return at[i].text
	})
	c.unmask = forged
	c.recognized = make([]*token, len(found))
	for i, claims := range found {
		if claims != nil {
			at[i].claims, at[i].planned, c.recognized[i] = claims, c.plan.Tokens[i], at[i]
		}
	}
}

// readTokens decodes every other token, and those that accounts embed.
func (c *checker) readTokens() {
	read := 0
	for read < len(c.tokens) {
		batch := c.tokens[read:]
		read = len(c.tokens)
		parallel.Do(len(batch), func(i int) {
			if t := batch[i]; t.planned == nil {
				t.claims, t.err = emit.Decode(t.text)
			}
		})
		for _, t := range batch {
			a, ok := t.claims.(*jwt.AccountClaims)
			if !ok {
				continue
			}
			for _, imp := range a.Imports {
				if imp.Token != "" {
					c.add(imp.Token, "")
				}
			}
		}
	}
}

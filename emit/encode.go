package emit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
)

// header is the first part of every token, in the jwt library's bytes.
const header = `{"typ":"JWT","alg":"ed25519-nkey"}`

// jtiSize is how many bytes of digest a jti is: SHA-512/256's.
const jtiSize = sha512.Size256

// signatureLength is how many characters of a token its signature takes, the dot
// before it included.
var signatureLength = len(".") + base64Raw.EncodedLen(ed25519.SignatureSize)

// claimsVersion is the version of the claims' layout that jwt/v2 stamps
// (libVersion in its decoder.go).
const claimsVersion = 2

var (
	base64Raw     = base64.RawURLEncoding.Strict()
	base32Raw     = base32.StdEncoding.WithPadding(base32.NoPadding)
	encodedHeader = base64Raw.EncodeToString([]byte(header))
)

// SigningInput is the text of a token that its signature is over: header and
// payload, as the jwt library lays them out, with the claims' own iat and exp.
// The claims are left as they are.
//
// The library's Encode reads the clock and its jti covers the outer claims
// only: two bodies signed in one second have the same jti, and a full resolver
// ignores a preload whose jti it has. Here jti is over the whole payload.
func SigningInput(c jwt.Claims) ([]byte, error) { return newEncoder().claimsInput(c) }

// bodyStart is how every body begins: exp, jti and iat stand before it.
const bodyStart = `{"iss":`

// encoder encodes tokens one after the other. What its methods return is good
// until the next call of one.
type encoder struct {
	body    []byte
	payload []byte
	input   []byte

	text      []byte // whose signature was looked at last
	issuer    string // of that
	key       nkeys.KeyPair
	signature [ed25519.SignatureSize]byte
}

func newEncoder() *encoder { return &encoder{} }

// bodyOf is a token's payload without iat, jti and exp: all of it that costs
// time to encode.
func (e *encoder) bodyOf(t *Token) ([]byte, error) {
	if t.Activation == nil {
		return e.claimsBody(t.Claims())
	}
	w := jsonWriter{out: e.body[:0], html: true}
	w.activation(t.Activation, t.Issuer.PublicKey)
	return e.whole(w.out, t.Subject)
}

// activation writes the body of activationClaims, which are most of what there
// is to encode.
func (w *jsonWriter) activation(a *compiler.Activation, issuer string) {
	w.begin('{')
	w.textIf("iss", issuer)
	w.textIf("name", a.Subject)
	w.textIf("sub", a.To.PublicKey)
	w.key("nats")
	w.begin('{')
	w.textIf("subject", a.Subject)
	w.text("kind", string(a.Type))
	if issuer != a.From.PublicKey {
		w.textIf("issuer_account", a.From.PublicKey)
	}
	w.text("type", string(jwt.ActivationClaim))
	w.number("version", claimsVersion)
	w.end('}')
	w.end('}')
}

// claimsBody is the body of claims, which are left as they are.
func (e *encoder) claimsBody(c jwt.Claims) ([]byte, error) {
	d := c.Claims()
	w := jsonWriter{out: e.body[:0], html: true}
	if w.claims(c) {
		return e.whole(w.out, d.Subject)
	}
	was := *d
	d.IssuedAt, d.ID, d.Expires = 0, "", 0
	body, err := appendJSON(e.body[:0], c, true)
	d.IssuedAt, d.ID, d.Expires = was.IssuedAt, was.ID, was.Expires // others may be read meanwhile
	if err != nil {
		return nil, err
	}
	return e.whole(bytes.TrimSuffix(body, []byte("\n")), d.Subject)
}

// whole is the body of a subject's token.
func (e *encoder) whole(body []byte, subject string) ([]byte, error) {
	e.body = body
	if !bytes.HasPrefix(body, []byte(bodyStart)) {
		return nil, fmt.Errorf("claims of %s begin with another field than iss", subject)
	}
	return body, nil
}

// inputOf is what a token's signature is over; of an account's, once what it
// embeds has its text, which its claims have from then on.
func (e *encoder) inputOf(t *Token) ([]byte, error) {
	for _, m := range t.embeds {
		m.into.Token = m.token()
	}
	body, err := e.bodyOf(t)
	if err != nil {
		return nil, err
	}
	return e.signingInput(body, t.IssuedAt, t.Expires), nil
}

// claimsInput is SigningInput.
func (e *encoder) claimsInput(c jwt.Claims) ([]byte, error) {
	body, err := e.claimsBody(c)
	d := c.Claims()
	switch {
	case err != nil:
		return nil, err
	case d.IssuedAt == 0:
		return nil, fmt.Errorf("claims of %s have no iat", d.Subject)
	}
	return e.signingInput(body, d.IssuedAt, d.Expires), nil
}

// signingInput is what the signature is over of a token with a body. Behind it
// there is room for a signature.
func (e *encoder) signingInput(body []byte, iat, exp int64) []byte {
	e.payload = appendPayload(e.payload[:0], body, iat, exp)
	n := len(encodedHeader) + len(".") + base64Raw.EncodedLen(len(e.payload))
	e.input = slices.Grow(e.input[:0], n+signatureLength)
	e.input = append(e.input, encodedHeader...)
	e.input = append(e.input, '.')
	e.input = base64Raw.AppendEncode(e.input, e.payload)
	return e.input
}

// appendPayload appends claims as JSON, jti included, of their body.
func appendPayload(out, body []byte, iat, exp int64) []byte {
	begin := len(out)
	out = append(out, '{')
	if exp != 0 {
		out = append(out, `"exp":`...)
		out = strconv.AppendInt(out, exp, 10)
		out = append(out, ',')
	}
	at := len(out)
	out = append(out, `"iat":`...)
	out = strconv.AppendInt(out, iat, 10)
	out = append(out, ',')
	out = append(out, body[1:]...)
	sum := sha512.Sum512_256(out[begin:])
	var id [len(`"jti":"",`) + (jtiSize*8+4)/5]byte
	jti := append(id[:0], `"jti":"`...)
	jti = base32Raw.AppendEncode(jti, sum[:])
	jti = append(jti, `",`...)
	return slices.Insert(out, at, jti...)
}

// payloadLength is how many bytes the payload has that is made of a body of
// some.
func payloadLength(body int, iat, exp int64) int {
	n := body + len(`"jti":"","iat":,`) + base32Raw.EncodedLen(jtiSize) + digits(iat)
	if exp != 0 {
		n += len(`"exp":,`) + digits(exp)
	}
	return n
}

// digits is how many characters a number has.
func digits(n int64) int {
	var room [20]byte
	return len(strconv.AppendInt(room[:0], n, 10))
}

// digest is the lock's word for what a token says, whenever it was issued: over
// its body, with its declared expiry in place of exp. Embedded tokens are to
// stand in the body as embed.inDigest has them. What is behind the body may be
// overwritten. was is returned for itself, as most digests are a former token's.
func digest(body []byte, expiry compiler.Expiry, was string) string {
	body = append(body, "\nexpires "...)
	body = append(body, declared(expiry)...)
	sum := sha256.Sum256(append(body, '\n'))
	const prefix = "sha256:"
	var text [len(prefix) + 2*sha256.Size]byte
	copy(text[:], prefix)
	hex.Encode(text[len(prefix):], sum[:])
	if string(text[:]) == was {
		return was
	}
	return string(text[:])
}

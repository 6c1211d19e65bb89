package emit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/jwt/v2"
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
func SigningInput(c jwt.Claims) ([]byte, error) {
	d := c.Claims()
	was := *d
	body, err := encodeBody(c)
	*d = was
	switch {
	case err != nil:
		return nil, err
	case d.IssuedAt == 0:
		return nil, fmt.Errorf("claims of %s have no iat", d.Subject)
	}
	return signingInput(body, d.IssuedAt, d.Expires), nil
}

// bodyStart is how every body begins: exp, jti and iat stand before it.
const bodyStart = `{"iss":`

// encodeBody is the claims as JSON without iat, jti and exp, which c is left
// without. It is all of a token that costs time to encode.
func encodeBody(c jwt.Claims) ([]byte, error) {
	d := c.Claims()
	d.IssuedAt, d.ID, d.Expires = 0, "", 0
	plain, err := json.Marshal(c)
	if err == nil && !bytes.HasPrefix(plain, []byte(bodyStart)) {
		err = fmt.Errorf("claims of %s begin with another field than iss", d.Subject)
	}
	return plain, err
}

// signingInput is SigningInput of claims whose body is known. There is room
// behind it for a signature.
func signingInput(body []byte, iat, exp int64) []byte {
	payload := payload(body, iat, exp)
	out := make([]byte, 0, len(encodedHeader)+len(".")+base64Raw.EncodedLen(len(payload))+signatureLength)
	out = append(out, encodedHeader...)
	out = append(out, '.')
	return base64Raw.AppendEncode(out, payload)
}

// payload is claims as JSON, jti included, of their body.
func payload(body []byte, iat, exp int64) []byte {
	plain := make([]byte, 0, payloadLength(len(body), iat, exp))
	plain = append(plain, '{')
	if exp != 0 {
		plain = append(plain, `"exp":`...)
		plain = strconv.AppendInt(plain, exp, 10)
		plain = append(plain, ',')
	}
	at := len(plain)
	plain = append(plain, `"iat":`...)
	plain = strconv.AppendInt(plain, iat, 10)
	plain = append(plain, ',')
	plain = append(plain, body[1:]...)
	sum := sha512.Sum512_256(plain)
	id := make([]byte, 0, len(`"jti":"",`)+base32Raw.EncodedLen(jtiSize))
	id = append(id, `"jti":"`...)
	id = base32Raw.AppendEncode(id, sum[:])
	id = append(id, `",`...)
	return slices.Insert(plain, at, id...)
}

// payloadLength is how many bytes the payload has that is made of a body of
// some.
func payloadLength(body int, iat, exp int64) int {
	n := body + len(`"jti":"","iat":,`) + base32Raw.EncodedLen(jtiSize) + len(strconv.FormatInt(iat, 10))
	if exp != 0 {
		n += len(`"exp":,`) + len(strconv.FormatInt(exp, 10))
	}
	return n
}

// digest is the lock's word for what a token says, whenever it was issued: over
// its body, with its declared expiry in place of exp. Embedded tokens are to
// stand in the body as embed.inDigest has them.
func digest(body []byte, declared string) string {
	h := sha256.New()
	h.Write(body)
	h.Write([]byte("\nexpires " + declared + "\n"))
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

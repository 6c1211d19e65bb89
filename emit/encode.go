package emit

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/nats-io/jwt/v2"
)

// header is the first part of every token, in the jwt library's bytes.
const header = `{"typ":"JWT","alg":"ed25519-nkey"}`

// jtiSize is how many bytes of digest a jti is: SHA-512/256's.
const jtiSize = sha512.Size256

// claimsVersion is the version of the claims' layout that jwt/v2 stamps
// (libVersion in its decoder.go).
const claimsVersion = 2

var (
	base64Raw     = base64.RawURLEncoding.Strict()
	base32Raw     = base32.StdEncoding.WithPadding(base32.NoPadding)
	encodedHeader = base64Raw.EncodeToString([]byte(header))
)

// SigningInput is the text of a token that its signature is over: header and
// payload, as the jwt library lays them out, with the claims' own iat.
//
// The library's Encode reads the clock and its jti covers the outer claims
// only: two bodies signed in one second have the same jti, and a full resolver
// ignores a preload whose jti it has. Here jti is over the whole payload.
func SigningInput(c jwt.Claims) ([]byte, error) {
	payload, err := payload(c)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(encodedHeader)+1+base64Raw.EncodedLen(len(payload)))
	n := copy(out, encodedHeader)
	out[n] = '.'
	base64Raw.Encode(out[n+1:], payload)
	return out, nil
}

// payload is the claims as JSON, jti included. The claims are marshalled once,
// without jti, which is then put where the library has it: after exp.
func payload(c jwt.Claims) ([]byte, error) {
	d := c.Claims()
	d.ID = ""
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512_256(plain)
	d.ID = base32Raw.EncodeToString(sum[:])

	at := 1
	if d.Expires != 0 {
		at = len(`{"exp":,`) + len(strconv.FormatInt(d.Expires, 10))
	}
	if !bytes.HasPrefix(plain[at:], []byte(`"iat":`)) {
		return nil, fmt.Errorf("claims of %s begin with another field than exp and iat", d.Subject)
	}
	out := make([]byte, 0, len(plain)+len(d.ID)+len(`"jti":"",`))
	out = append(out, plain[:at]...)
	out = append(out, `"jti":"`...)
	out = append(out, d.ID...)
	out = append(out, `",`...)
	return append(out, plain[at:]...), nil
}

// digest is the lock's word for what a token says, whenever it was issued: over
// the payload without iat and jti, with its declared expiry in place of exp.
// Embedded tokens are to stand in c as embed.inDigest has them. c is left without iat,
// jti and exp; size is how many bytes of payload that is.
func digest(c jwt.Claims, declared string) (digest string, size int, err error) {
	d := c.Claims()
	d.IssuedAt, d.ID, d.Expires = 0, "", 0
	body, err := json.Marshal(c)
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	h.Write(body)
	h.Write([]byte("\nexpires " + declared + "\n"))
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), len(body), nil
}

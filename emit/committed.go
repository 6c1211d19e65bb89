package emit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/schema/parallel"
)

// newClaims are empty claims by the type that a token says it has.
var newClaims = map[jwt.ClaimType]func() jwt.Claims{
	jwt.OperatorClaim:   func() jwt.Claims { return &jwt.OperatorClaims{} },
	jwt.AccountClaim:    func() jwt.Claims { return &jwt.AccountClaims{} },
	jwt.UserClaim:       func() jwt.Claims { return &jwt.UserClaims{} },
	jwt.ActivationClaim: func() jwt.Claims { return &jwt.ActivationClaims{} },
}

// Decode reads a token that a build wrote. It is an error if the text is not,
// byte for byte, what a build writes of such claims (another header, lax base64,
// fields in another order, unknown or twice), or if the signature is not that of
// the key that the token names as its issuer. Whose key that is, is the caller's
// to judge.
func Decode(text string) (jwt.Claims, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a token has three parts, this has %d", len(parts))
	}
	payload, err := base64Raw.DecodeString(parts[1])
	if err != nil {
		return nil, errors.New("its claims are not base64 as NATS writes it")
	}
	var kind struct {
		NATS struct {
			Type jwt.ClaimType `json:"type"`
		} `json:"nats"`
	}
	if err := json.Unmarshal(payload, &kind); err != nil {
		return nil, errors.New("its claims are not JSON")
	}
	empty := newClaims[kind.NATS.Type]
	if empty == nil {
		return nil, fmt.Errorf("it is of the type %q", kind.NATS.Type)
	}
	c := empty()
	if err := json.Unmarshal(payload, c); err != nil {
		return nil, fmt.Errorf("its claims are not those of a token of type %s", kind.NATS.Type)
	}
	input, err := SigningInput(c)
	if err != nil || string(input) != parts[0]+"."+parts[1] {
		return nil, errors.New("it is not in the form that a build writes")
	}
	sig, err := base64Raw.DecodeString(parts[2])
	if err != nil || len(sig) != ed25519.SignatureSize || base64Raw.EncodeToString(sig) != parts[2] {
		return nil, errors.New("its signature is not base64 as NATS writes it")
	}
	issuer, err := nkeys.FromPublicKey(c.Claims().Issuer)
	if err != nil {
		return nil, errors.New("its issuer is no public key")
	}
	if issuer.Verify(input, sig) != nil {
		return nil, errors.New("its signature does not verify")
	}
	return c, nil
}

// Recognize finds the committed tokens that are, to the byte, what the plan says,
// save for their signatures: what Decode would read of them are the claims that
// the plan has, which are returned by the index of Tokens; nil of others.
// committed is a text that may be a token's, by its index and what its signature
// is over, or "". It may be asked from several goroutines.
//
// forged are the texts of those whose signature does not verify. It takes long, and
// may run beside whatever else is done with the plan.
func (p *Plan) Recognize(committed func(i int, input []byte) string) (found []jwt.Claims, forged func() []string) {
	found = make([]jwt.Claims, len(p.Tokens))
	for _, tokens := range p.inOrder() {
		parallel.DoWith(len(tokens), newEncoder, func(e *encoder, i int) {
			if t := tokens[i]; !p.unsigned(t) {
				found[t.index] = e.recognize(t, committed)
			}
		})
	}
	var all []claimed
	for i, claims := range found {
		if claims != nil {
			all = append(all, claimed{p.Tokens[i].Text, claims.Claims().Issuer})
		}
	}
	return found, func() []string { return unverified(all) }
}

// claimed is a token's text and the key that it says signed it.
type claimed struct{ text, issuer string }

// unverified are the texts whose signature does not verify.
func unverified(all []claimed) (forged []string) {
	verified := make([]bool, len(all))
	parallel.DoWith(len(all), newEncoder, func(e *encoder, i int) { verified[i] = e.verifies(all[i].text, all[i].issuer) })
	for i, t := range all {
		if !verified[i] {
			forged = append(forged, t.text)
		}
	}
	return forged
}

// inOrder are the plan's tokens: those that embed others come behind.
func (p *Plan) inOrder() [2][]*Token {
	var all [2][]*Token
	for _, t := range p.Tokens {
		last := min(1, len(t.embeds))
		all[last] = append(all[last], t)
	}
	return all
}

// recognize is Recognize for one token.
func (e *encoder) recognize(t *Token, committed func(int, []byte) string) jwt.Claims {
	if t.IssuedAt == 0 || slices.ContainsFunc(t.embeds, func(m embed) bool { return m.from != nil && m.from.Text == "" }) {
		return nil
	}
	input, err := e.inputOf(t)
	if err != nil || HasReplacement(e.payload) {
		return nil
	}
	text, claims := committed(t.index, input), t.Claims()
	if !hasLength(text, input) {
		return nil
	}
	t.Text = text
	return claims
}

// HasReplacement reports that a JSON text has an escaped U+FFFD, which is what
// bytes that are no UTF-8 became: once read, it would be written otherwise.
func HasReplacement(json []byte) bool { return bytes.Contains(json, []byte(`\ufffd`)) }

// Fill gives every token of a plan the text that committed has for it, whatever
// that says, so that the files of a build can be rendered without a key; a
// token for which it has "" gets a text with a signature that never verifies.
// It returns, by the index of Tokens, whose text says to the byte what the plan says.
// Signatures are not looked at. committed may be asked from several goroutines.
// What Recognize has recognized is not encoded again.
func (p *Plan) Fill(committed func(id string) string) (same []bool, err error) {
	same = make([]bool, len(p.Tokens))
	for _, tokens := range p.inOrder() {
		err := parallel.TryWith(len(tokens), newEncoder, func(e *encoder, i int) (err error) {
			t := tokens[i]
			same[t.index], err = p.fill(e, t, committed)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return same, nil
}

// fill is Fill for one token.
func (p *Plan) fill(e *encoder, t *Token, committed func(id string) string) (same bool, err error) {
	if p.unsigned(t) {
		return true, nil
	}
	text := committed(t.ID)
	if t.Text != "" && t.Text == text && !slices.ContainsFunc(t.embeds, func(m embed) bool { return m.into.Token != m.token() }) {
		return true, nil
	}
	input, err := e.inputOf(t)
	if err != nil {
		return false, fmt.Errorf("encode the token of %s: %w", t.ID, err)
	}
	if t.Text = text; t.Text == "" {
		t.Text = string(input) + "." + noSignature
		return false, nil
	}
	return hasInput(t.Text, input), nil
}

// noSignature is in the place of a signature that there is none of.
var noSignature = strings.Repeat("A", base64Raw.EncodedLen(ed25519.SignatureSize))

// Unsigned reports that a file holds a token that Fill had no text for.
func Unsigned(data []byte) bool { return bytes.Contains(data, []byte("."+noSignature)) }

package emit

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"

	"jsc/emit/keys"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// Keyring finds the signers of keys. It is safe for concurrent use.
type Keyring interface {
	// Signer is the signer of a key, by its ID in the lock and its public key.
	Signer(id, publicKey string) (keys.Signer, error)
}

// errLocked is a caller's mistake: it did not look at Changes.
var errLocked = errors.New("the lock would have to change, and the plan is a locked one")

// Sign fills in the text of every token. A token that former has already, byte
// for byte, with a signature that verifies, is taken from there; only the others
// need their issuer's seed, which ring is asked for. The outcome does not
// depend on former, nor on how many cores sign. A nil former has no token.
//
// Mistakes about keys (one is not made yet, none has its seed, the seed is
// another's) come back as hcl.Diagnostics with all that were found.
func (p *Plan) Sign(ctx context.Context, ring Keyring, former func(id string) (token string, ok bool)) error {
	return p.SignOnly(ctx, ring, former, p.Tokens, nil)
}

// SignOnly is Sign for some tokens and those that they embed. Of a token for
// which kept is true, former has the text that it would be signed to, and it is
// taken as it is; nil: of none.
func (p *Plan) SignOnly(ctx context.Context, ring Keyring, former func(id string) (token string, ok bool), tokens []*Token, kept func(*Token) bool) error {
	if len(p.Unpinned) > 0 {
		return p.missingKeys()
	}
	if p.locked && len(p.Changes()) > 0 {
		return errLocked
	}
	wanted := make(map[*Token]bool, len(tokens))
	for _, t := range tokens {
		wanted[t] = true
		if kept == nil || !kept(t) {
			for _, e := range t.embeds {
				if e.from != nil {
					wanted[e.from] = true
				}
			}
		}
	}
	var plain, embedding []*Token
	for _, t := range p.Tokens {
		switch {
		case !wanted[t] || p.unsigned(t):
		case len(t.embeds) == 0:
			plain = append(plain, t)
		default:
			embedding = append(embedding, t)
		}
	}
	s := &signing{ctx: ctx, ring: ring, former: former, kept: kept, place: p.KeyPlace, signers: map[KeyRef]keys.Signer{}}
	for _, tokens := range [][]*Token{plain, embedding} {
		if err := s.sign(tokens); err != nil {
			return err
		}
	}
	return nil
}

// signing is one run of Sign.
type signing struct {
	ctx     context.Context
	ring    Keyring
	former  func(string) (string, bool)
	kept    func(*Token) bool
	place   func(id string) hcl.Range
	signers map[KeyRef]keys.Signer
}

// sign signs tokens that do not depend on each other.
func (s *signing) sign(tokens []*Token) error {
	inputs := make([][]byte, len(tokens))
	err := s.parallel(len(tokens), func(i int) error {
		t := tokens[i]
		if s.kept != nil && s.kept(t) {
			var ok bool
			if t.Text, ok = s.former(t.ID); !ok {
				return fmt.Errorf("read the token of %s from %s: it is not there any more; run the command again", t.ID, t.Path())
			}
			return nil
		}
		input, err := t.signingInput()
		if err != nil {
			return fmt.Errorf("encode the token of %s: %w", t.ID, err)
		}
		if t.Text = s.reuse(t, input); t.Text == "" {
			inputs[i] = input
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.find(tokens, inputs); err != nil {
		return err
	}
	return s.parallel(len(tokens), func(i int) error {
		if inputs[i] == nil {
			return nil
		}
		t := tokens[i]
		sig, err := s.signers[t.Issuer].Sign(inputs[i])
		if err != nil {
			return fmt.Errorf("sign the token of %s with %s: %w", t.ID, t.Issuer.ID, err)
		}
		t.Text = string(base64Raw.AppendEncode(append(inputs[i], '.'), sig))
		inputs[i] = nil // the text of thousands of accounts is most of what is in memory
		return nil
	})
}

// signingInput is what the token's signature is over; of an account's, once
// what it embeds has its text.
func (t *Token) signingInput() ([]byte, error) {
	if len(t.embeds) == 0 {
		return signingInput(t.body, t.IssuedAt, t.Expires), nil
	}
	for _, e := range t.embeds {
		e.into.Token = e.token()
	}
	return SigningInput(t.Claims)
}

// reuse is the former text of a token when it is what would be signed, and its
// signature verifies; else "".
func (s *signing) reuse(t *Token, input []byte) string {
	if s.former == nil {
		return ""
	}
	text, ok := s.former(t.ID)
	encoded, found := strings.CutPrefix(text, string(input)+".")
	// The length is checked because base64 skips line breaks.
	if !ok || !found || len(encoded) != base64Raw.EncodedLen(ed25519.SignatureSize) {
		return ""
	}
	sig, err := base64Raw.DecodeString(encoded)
	if err != nil {
		return ""
	}
	key, err := nkeys.FromPublicKey(t.Issuer.PublicKey)
	if err != nil || key.Verify(input, sig) != nil {
		return ""
	}
	return text
}

// find asks for the signer of every token that is to be signed. Errors come in
// the order of tokens, and all; what keeps several keys from being found is said
// once.
func (s *signing) find(tokens []*Token, inputs [][]byte) error {
	var (
		mistakes hcl.Diagnostics
		failures []error
	)
	var issuers []KeyRef
	asked, said := map[KeyRef]bool{}, map[string]bool{}
	for i, t := range tokens {
		if inputs[i] != nil && !asked[t.Issuer] && s.signers[t.Issuer] == nil {
			asked[t.Issuer] = true
			issuers = append(issuers, t.Issuer)
		}
	}
	found, errs := make([]keys.Signer, len(issuers)), make([]error, len(issuers))
	parallel.Do(len(issuers), func(i int) { found[i], errs[i] = s.ring.Signer(issuers[i].ID, issuers[i].PublicKey) })
	for i, issuer := range issuers {
		signer, err := found[i], errs[i]
		var mistake *keys.Error
		switch {
		case errors.As(err, &mistake):
			d := mistake.Diagnostic()
			if at := s.place(issuer.ID); at != (hcl.Range{}) {
				d.Subject = &at
			}
			mistakes = append(mistakes, d)
		case err != nil:
			if !said[err.Error()] {
				failures = append(failures, fmt.Errorf("find the key of %s: %w", issuer.ID, err))
			}
			said[err.Error()] = true
		case signer.PublicKey() != issuer.PublicKey:
			d := diag.New("key-mismatch", s.place(issuer.ID), issuer.ID, signer.PublicKey(), issuer.PublicKey)
			mistakes = append(mistakes, d)
		default:
			s.signers[issuer] = signer
		}
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	return nil
}

// parallel calls work for 0 to n-1 on all cores. It returns the error of the
// least number, so that the same one comes back every time.
func (s *signing) parallel(n int, work func(int) error) error {
	err := parallel.Try(n, func(i int) error {
		if s.ctx.Err() != nil {
			return nil
		}
		return work(i)
	})
	if err := s.ctx.Err(); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return err
}

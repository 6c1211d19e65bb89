package emit

import (
	"context"
	"errors"
	"fmt"

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
	// Prove is an error unless the seed of a key is at hand; a *keys.Error of the
	// rule key-missing where there is just none.
	Prove(id, publicKey string) error
}

// errLocked is a caller's mistake: it did not look at Changes.
var errLocked = errors.New("the lock would have to change, and the plan is a locked one")

// Sign fills in the text of every token. A token that former has already, byte
// for byte, with a signature that verifies, is taken from there; only the others
// need their issuer's seed, which ring is asked for. What is signed does not
// depend on former, nor on how many cores sign. former is nil where there is
// no output.
//
// No token is signed for a key that nothing bears out, see prover. Mistakes about
// keys (one is not made yet, is not proven, none has its seed, the seed is
// another's) come back as hcl.Diagnostics with all that were found.
func (p *Plan) Sign(ctx context.Context, ring Keyring, former func(id string) (token string, ok bool)) error {
	return p.SignOnly(ctx, ring, former, p.Tokens, nil)
}

// SignOnly is Sign for tokens and what they embed. Where kept(t) is true,
// former's text of t is trusted to be the final one and taken unverified; kept
// may be nil.
func (p *Plan) SignOnly(ctx context.Context, ring Keyring, former func(id string) (token string, ok bool), tokens []*Token, kept func(*Token) bool) error {
	if len(p.Unpinned) > 0 {
		return p.missingKeys()
	}
	if p.locked && len(p.Changes()) > 0 {
		return errLocked
	}
	wanted := make([]bool, len(p.Tokens))
	for _, t := range tokens {
		if wanted[t.index] {
			continue
		}
		wanted[t.index] = true
		if kept == nil || !kept(t) {
			for _, e := range t.embeds {
				if e.from != nil {
					wanted[e.from.index] = true
				}
			}
		}
	}
	var plain, embedding, signed []*Token
	for _, t := range p.Tokens {
		switch {
		case !wanted[t.index] || p.unsigned(t):
			continue
		case len(t.embeds) == 0:
			plain = append(plain, t)
		default:
			embedding = append(embedding, t)
		}
		if t.State != Kept {
			signed = append(signed, t)
		}
	}
	s := &signing{ctx: ctx, ring: ring, former: former, kept: kept, plan: p, signers: map[KeyRef]keys.Signer{}, prover: newProver(p, ring, former)}
	// What is known to be signed is proven before anything is.
	if err := s.prover.prove(s.find, signed, p.tokenless()...); err != nil {
		return err
	}
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
	plan    *Plan
	signers map[KeyRef]keys.Signer
	prover  *prover
}

// sign signs tokens that do not depend on each other.
func (s *signing) sign(tokens []*Token) error {
	unsigned := make([]bool, len(tokens))
	err := s.parallel(len(tokens), func(e *encoder, i int) (err error) {
		t := tokens[i]
		t.Text, err = s.formerText(e, t)
		unsigned[i] = t.Text == ""
		return err
	})
	if err != nil {
		return err
	}
	var signed, lost []*Token // those that the folder should have are lost
	for i, t := range tokens {
		if !unsigned[i] {
			continue
		}
		signed = append(signed, t)
		if t.State == Kept {
			lost = append(lost, t)
		}
	}
	if err := s.prover.prove(s.find, lost); err != nil {
		return err
	}
	if err := s.find(signed); err != nil {
		return err
	}
	return s.parallel(len(signed), func(e *encoder, i int) error {
		t := signed[i]
		input, err := e.inputOf(t)
		if err != nil {
			return fmt.Errorf("encode the token of %s: %w", t.ID, err)
		}
		sig, err := s.signers[t.Issuer].Sign(input)
		if err != nil {
			return fmt.Errorf("sign the token of %s with %s: %w", t.ID, t.Issuer.ID, err)
		}
		t.Text = string(base64Raw.AppendEncode(append(input, '.'), sig))
		return nil
	})
}

// formerText is the text that a token has already; else "".
func (s *signing) formerText(e *encoder, t *Token) (string, error) {
	if s.former == nil {
		return "", nil
	}
	text, ok := s.former(t.ID)
	kept := s.kept != nil && s.kept(t)
	switch {
	case kept && !ok:
		return "", fmt.Errorf("read the token of %s from %s: it is not there any more; run the command again", t.ID, t.Path())
	case !ok:
		return "", nil
	case kept:
		return text, nil
	}
	input, err := e.inputOf(t)
	if err != nil {
		return "", fmt.Errorf("encode the token of %s: %w", t.ID, err)
	}
	if !e.isSigned(text, input, t.Issuer.PublicKey) {
		return "", nil
	}
	return text, nil
}

// isSigned reports that a text is what would be signed, and that its signature
// verifies. Tokens of one issuer come one after the other.
func (e *encoder) isSigned(text string, input []byte, issuer string) bool {
	return hasLength(text, input) && e.verifies(text, issuer)
}

// hasLength reports that a text is an input with what has the length of a signature,
// which is looked at because base64 skips line breaks.
func hasLength(text string, input []byte) bool {
	return hasInput(text, input) && len(text) == len(input)+signatureLength
}

// verifies reports that the signature at a text's end, behind a dot, verifies.
func (e *encoder) verifies(text, issuer string) bool {
	e.text = append(e.text[:0], text...)
	end := len(e.text) - signatureLength
	sig, err := base64Raw.AppendDecode(e.signature[:0], e.text[end+len("."):])
	if err != nil {
		return false
	}
	if e.issuer != issuer || e.key == nil {
		if e.key, err = nkeys.FromPublicKey(issuer); err != nil {
			e.key = nil
			return false
		}
		e.issuer = issuer
	}
	return e.key.Verify(e.text[:end], sig) == nil
}

// hasInput reports that a text is an input with some signature.
func hasInput(text string, input []byte) bool {
	return len(text) > len(input) && text[:len(input)] == string(input) && text[len(input)] == '.'
}

// find asks for the signer of every one of some tokens. Errors come in
// the order of tokens, and all; what keeps several keys from being found is said
// once.
func (s *signing) find(tokens []*Token) error {
	var (
		mistakes hcl.Diagnostics
		failures []error
	)
	var issuers []KeyRef
	asked, said := map[KeyRef]bool{}, map[string]bool{}
	for _, t := range tokens {
		if !asked[t.Issuer] && s.signers[t.Issuer] == nil {
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
			mistakes = append(mistakes, s.plan.KeyMistake(mistake))
		case err != nil:
			if !said[err.Error()] {
				failures = append(failures, fmt.Errorf("find the key of %s: %w", issuer.ID, err))
			}
			said[err.Error()] = true
		case signer.PublicKey() != issuer.PublicKey:
			d := diag.New("key-mismatch", s.plan.KeyPlace(issuer.ID), issuer.ID, signer.PublicKey(), issuer.PublicKey)
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
func (s *signing) parallel(n int, work func(*encoder, int) error) error {
	err := parallel.TryWith(n, newEncoder, func(e *encoder, i int) error {
		if s.ctx.Err() != nil {
			return nil
		}
		return work(e, i)
	})
	if err := s.ctx.Err(); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return err
}

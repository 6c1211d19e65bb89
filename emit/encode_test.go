package emit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/json"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit/lock"
)

// The library is the truth on what a token looks like: whatever it stamps and
// however it lays out, ours is the same save for jti.
func TestEncodingIsTheLibrarys(t *testing.T) {
	w := example()
	p := w.build(t, lock.New(), start)
	seen := map[Kind]bool{}
	for _, tk := range p.Tokens {
		seen[tk.Kind] = true
		c := tk.Claims()
		text, err := c.EncodeWithSigner(w.ring.pair(tk.Issuer.ID), func(string, []byte) ([]byte, error) { return nil, nil })
		if err != nil {
			t.Fatalf("%s: %v", tk.ID, err)
		}
		theirHeader, _, _ := strings.Cut(text, ".")
		ourHeader, _, _ := strings.Cut(tk.Text, ".")
		if theirHeader != ourHeader {
			t.Errorf("%s: header %s, the library's is %s", tk.ID, ourHeader, theirHeader)
		}
		_, rest, _ := strings.Cut(tk.Text, ".")
		encoded, _, _ := strings.Cut(rest, ".")
		ours, err := base64Raw.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		var said jwt.ClaimsData
		if err := json.Unmarshal(ours, &said); err != nil {
			t.Fatal(err)
		}
		// The library has set its own clock and jti in the claims by now.
		d := c.Claims()
		d.IssuedAt, d.ID = tk.IssuedAt, ""
		plain, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha512.Sum512_256(plain); said.ID != base32Raw.EncodeToString(sum[:]) {
			t.Errorf("%s: jti %s is not the digest of\n%s", tk.ID, said.ID, plain)
		}
		d.ID = said.ID
		if whole, err := json.Marshal(c); err != nil || !bytes.Equal(whole, ours) {
			t.Errorf("%s:\n%s\nthe library's is\n%s", tk.ID, ours, whole)
		}
	}
	for _, k := range kinds {
		if !seen[k.Name] {
			t.Errorf("no token of kind %s was tried", k.Name)
		}
	}
}

// TestActivationsAreTheLibrarys: they are encoded without its structs.
func TestActivationsAreTheLibrarys(t *testing.T) {
	e := newEncoder()
	for _, s := range odd {
		from, to := &compiler.Account{PublicKey: "A<FROM>"}, &compiler.Account{PublicKey: "A" + s}
		for kind := range claimTypes {
			for _, issuer := range []string{from.PublicKey, "ASIGNING", ""} {
				tk := &Token{Activation: &compiler.Activation{From: from, To: to, Type: kind, Subject: s}, Issuer: KeyRef{PublicKey: issuer}}
				got, err := e.bodyOf(tk)
				ours, refused := string(got), err != nil
				theirs, err := e.claimsBody(tk.Claims())
				if ours != string(theirs) || refused != (err != nil) || refused != (issuer == "") {
					t.Errorf("%q, by %q: %s (%v)\nnot %s (%v)", s, issuer, ours, refused, theirs, err)
				}
			}
		}
	}
}

func TestJTICoversTheWholePayload(t *testing.T) {
	w := example()
	one := w.build(t, lock.New(), start)
	w.given[0].subject = "deliver.others"
	two := w.build(t, lock.New(), start)
	id := lock.AccountID("ACCTA")
	a, b := decoded(t, one.Token(id).Text).Claims(), decoded(t, two.Token(id).Text).Claims()
	if a.IssuedAt != b.IssuedAt || a.Subject != b.Subject {
		t.Fatal("the outer claims differ too")
	}
	if a.ID == b.ID {
		t.Error("two bodies have one jti; a full resolver would ignore the second")
	}
}

func decoded(t *testing.T, text string) jwt.Claims {
	c, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTokensAreValid(t *testing.T) {
	for name, w := range map[string]*world{"example": example(), "empty": newWorld()} {
		for _, tk := range w.build(t, lock.New(), start).Tokens {
			c, err := jwt.Decode(tk.Text)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, tk.ID, err)
			}
			vr := jwt.CreateValidationResults()
			c.Validate(vr)
			for _, issue := range vr.Issues {
				if !issue.TimeCheck {
					t.Errorf("%s: %s: %s", name, tk.ID, issue.Description)
				}
			}
			if d := c.Claims(); d.IssuedAt != start || d.Issuer != tk.Issuer.PublicKey {
				t.Errorf("%s: %s: issued at %d by %s", name, tk.ID, d.IssuedAt, d.Issuer)
			}
		}
	}
}

func benchmarkToken(b *testing.B) (*Token, *world) {
	w := example()
	p := w.build(b, lock.New(), start)
	for _, tk := range p.Tokens {
		if tk.Kind == ActivationToken {
			return tk, w
		}
	}
	b.Fatal("no activation")
	return nil, nil
}

// BenchmarkActivation encodes and signs one activation; BenchmarkLibrary does
// the same with the plain jwt library.
func BenchmarkActivation(b *testing.B) {
	tk, w := benchmarkToken(b)
	signer := fastSigner(b, w.ring.pair(tk.Issuer.ID))
	e := newEncoder()
	b.ResetTimer()
	for b.Loop() {
		input, err := e.inputOf(tk)
		if err != nil {
			b.Fatal(err)
		}
		sig, err := signer.Sign(input)
		if err != nil {
			b.Fatal(err)
		}
		tk.Text = string(base64Raw.AppendEncode(append(input, '.'), sig))
	}
}

func BenchmarkLibrary(b *testing.B) {
	tk, w := benchmarkToken(b)
	pair := w.ring.pair(tk.Issuer.ID)
	for b.Loop() {
		if _, err := tk.Claims().Encode(pair); err != nil {
			b.Fatal(err)
		}
	}
}

func fastSigner(b *testing.B, pair nkeys.KeyPair) signer {
	raw, err := pair.Seed()
	if err != nil {
		b.Fatal(err)
	}
	_, seed, err := nkeys.DecodeSeed(raw)
	if err != nil {
		b.Fatal(err)
	}
	return newSigner(seed)
}

// signer is an Ed25519 key at hand, as emit/keys has it.
type signer ed25519.PrivateKey

func newSigner(seed []byte) signer { return signer(ed25519.NewKeyFromSeed(seed)) }

func (s signer) Sign(data []byte) ([]byte, error) {
	return ed25519.Sign(ed25519.PrivateKey(s), data), nil
}

package keys

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestScanFindsSeedsEverywhere puts each spelling of a seed at every offset of an
// output: at its start and at its end, in one that is nothing else, beside blocks
// that are the seed's own, and among many other seeds. What stands before a seed
// is encoded with it, so that encodings meet it at each of their own offsets, too.
func TestScanFindsSeedsEverywhere(t *testing.T) {
	keys := []*Key{Generate(Account), Generate(Operator), Generate(User)}
	for range 300 {
		keys = append(keys, Generate(User))
	}
	r := holding(t, keys...)
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	plain := func(b []byte) string { return string(b) }
	upper := func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
	encodings := []struct {
		name   string
		encode func([]byte) string
		text   bool // of the text form, too
	}{
		{"plain", plain, true},
		{"hex", hex.EncodeToString, false},
		{"HEX", upper, false},
		{"base32", base32.StdEncoding.EncodeToString, false},
		{"base32, raw", base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString, false},
		{"base64", base64.StdEncoding.EncodeToString, true},
		{"base64, raw", base64.RawStdEncoding.EncodeToString, true},
		{"base64url", base64.URLEncoding.EncodeToString, true},
		{"base64url, raw", base64.RawURLEncoding.EncodeToString, true},
	}
	searched := 0
	find := func(what string, k *Key, data []byte) {
		t.Helper()
		searched++
		if err := r.Scan(data); err == nil || !strings.Contains(err.Error(), k.public) {
			t.Fatalf("%s in %d bytes: %v", what, len(data), err)
		}
	}
	for _, k := range keys[:3] {
		raw := slices.Clone((*k.secret())[:32])
		for _, e := range encodings {
			secrets := [][]byte{raw}
			if e.text {
				secrets = append(secrets, []byte(seedOf(t, k)))
			}
			for _, secret := range secrets {
				for within := range 16 {
					spelled := []byte(e.encode(slices.Concat(noise(within), secret, noise(random.IntN(3)))))
					for before := range 2*block + 1 {
						for _, after := range []int{0, 1, random.IntN(3 * block)} {
							data := slices.Concat(noise(before), spelled, noise(after))
							find(fmt.Sprintf("%s, %d within, at %d", e.name, within, before), k, data)
						}
					}
				}
				alone := []byte(e.encode(secret))
				find(e.name+" alone", k, alone)
				// All but the last byte of a seed comes right before the seed.
				find(e.name+" twice", k, slices.Concat(alone[:len(alone)-1], alone))
			}
		}
		for n := range len(raw) {
			if err := r.Scan(raw[:n]); err != nil {
				t.Fatalf("%d bytes of a seed: %v", n, err)
			}
		}
	}
	t.Logf("%d seeds were found", searched)
}

// TestManyAskForOneKey asks a Ring for few keys from many goroutines, with every
// kind of source: all get a signer that signs alike, and none waits for ever.
func TestManyAskForOneKey(t *testing.T) {
	dir := t.TempDir()
	var keys []*Key
	var seeds string
	for i := range 6 {
		k := Generate(Account)
		keys = append(keys, k)
		switch i % 3 {
		case 0:
			write(t, fmt.Sprintf("%s/%s.nk", dir, k.public), seedOf(t, k))
		case 1:
			write(t, fmt.Sprintf("%s/named-%d.nk", dir, i), seedOf(t, k))
		case 2:
			seeds += seedOf(t, k) + "\n"
		}
	}
	r := open(t, Options{Sources: []string{"dir:" + dir, "env:SEEDS"}, Getenv: func(string) string { return seeds }})
	lost := Generate(Account)
	type answer struct {
		of        *Key
		signature []byte
		err       error
	}
	const each = 50
	answers := make(chan answer)
	for range each {
		for _, k := range append(keys, lost) {
			go func() {
				s, err := r.Signer("account/A", k.public)
				if err != nil {
					answers <- answer{of: k, err: err}
					return
				}
				signature, err := s.Sign([]byte("data"))
				answers <- answer{k, signature, err}
			}()
			go func() { _ = r.Scan([]byte(k.public)) }()
		}
	}
	for range each * (len(keys) + 1) {
		a := <-answers
		want, err := a.of.Sign([]byte("data"))
		switch {
		case err != nil:
			t.Fatal(err)
		case a.of == lost:
			if a.err == nil || !strings.Contains(a.err.Error(), lost.public) {
				t.Errorf("a key that is nowhere: %v", a.err)
			}
		case a.err != nil || string(a.signature) != string(want):
			t.Errorf("%s signs %x, %v", a.of.public, a.signature, a.err)
		}
	}
}

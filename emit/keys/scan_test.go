package keys

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// holding is a Ring that has read some keys' seeds.
func holding(t testing.TB, keys ...*Key) *Ring {
	t.Helper()
	var text []byte
	for _, k := range keys {
		seed, err := k.seed()
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, seed...), '\n')
	}
	r, err := Open(t.Context(), Options{Sources: []string{"env:SEEDS"}, Getenv: func(string) string { return string(text) }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Held(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestScanFindsEverySpelling(t *testing.T) {
	keys := []*Key{Generate(Account), Generate(Operator), Generate(User)}
	r := holding(t, keys...)
	noise := rand.NewChaCha8([32]byte{})
	for _, k := range keys {
		text := []byte(seedOf(t, k))
		raw := (*k.secret())[:32]
		for before := range 20 {
			for after := range 4 {
				around := func(secret []byte) []byte {
					padded := make([]byte, before+len(secret)+after)
					noise.Read(padded)
					copy(padded[before:], secret)
					return padded
				}
				for name, spelled := range map[string][]byte{
					"text":          around(text),
					"raw":           around(raw),
					"private":       around(*k.secret()),
					"hex":           []byte(hex.EncodeToString(around(raw))),
					"HEX":           fmt.Appendf(nil, "%X", around(raw)),
					"base32":        []byte(base32.StdEncoding.EncodeToString(around(raw))),
					"base64":        []byte(base64.StdEncoding.EncodeToString(around(raw))),
					"base64url":     []byte(base64.RawURLEncoding.EncodeToString(around(raw))),
					"text, base64":  []byte(base64.StdEncoding.EncodeToString(around(text))),
					"text, url":     []byte(base64.URLEncoding.EncodeToString(around(text))),
					"text, in text": around(fmt.Appendf(nil, "{\"seed\": %q}", text)),
				} {
					err := r.Scan(spelled)
					if err == nil {
						t.Errorf("%s at %d is not found", name, before)
						continue
					}
					if !strings.Contains(err.Error(), k.public) || strings.Contains(err.Error(), string(text)) {
						t.Errorf("%s at %d: error %v", name, before, err)
					}
				}
			}
		}
	}
}

func TestScanFindsASeedInAToken(t *testing.T) {
	user := Generate(User)
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.NewUserClaims(user.public)
	clean, err := claims.Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	r := holding(t, user)
	if err := r.Scan([]byte(clean)); err != nil {
		t.Error(err)
	}
	for _, gap := range []string{"", "x", "xy"} {
		claims.Tags = jwt.TagList{gap + seedOf(t, user)}
		token, err := claims.Encode(account)
		if err != nil {
			t.Fatal(err)
		}
		if r.Scan([]byte(token)) == nil {
			t.Errorf("the seed after %q is not found", gap)
		}
	}
}

func TestScanLeavesTheRest(t *testing.T) {
	k := Generate(Account)
	r := holding(t, k)
	seed := seedOf(t, k)
	signature, err := k.Sign([]byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, clean := range []string{"", "x", k.public, seed[:20], seed[:31], string(signature), seedOf(t, Generate(Account)), strings.Repeat("\x00", 1000)} {
		if err := r.Scan([]byte(clean)); err != nil {
			t.Error(err)
		}
	}
	empty := open(t, Options{Root: t.TempDir()})
	if err := empty.Scan([]byte(seed)); err != nil {
		t.Errorf("a seed that was never read is found: %v", err)
	}
}

// Seeds are looked for from when they are read or stored.
func TestScanKnowsNewSeeds(t *testing.T) {
	dir, read, made := t.TempDir(), Generate(Account), Generate(Account)
	write(t, dir+"/a.nk", seedOf(t, read))
	r := open(t, Options{Sources: []string{"dir:" + dir}})
	if err := r.Scan([]byte("x")); err != nil {
		t.Fatal(err)
	}
	signs(t, r, read)
	if err := r.Add(made); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Key{read, made} {
		if r.Scan([]byte(seedOf(t, k))) == nil {
			t.Error("a new seed is not found")
		}
	}
}

func TestScanIsSafeForConcurrentUse(t *testing.T) {
	k := Generate(Account)
	r := holding(t, k)
	seed := []byte(seedOf(t, k))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if r.Scan(seed) == nil {
				t.Error("the seed is not found")
			}
		})
		all.Go(func() { r.o.hoard.add(Generate(User)) })
	}
	all.Wait()
}

func TestCloseWipes(t *testing.T) {
	stored := Generate(Account)
	r := open(t, Options{Root: t.TempDir()})
	if err := r.Add(stored); err != nil {
		t.Fatal(err)
	}
	private := *stored.secret()
	s, err := r.Signer("account/ACCTA", stored.public)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if !bytes.Equal(private, make([]byte, len(private))) {
		t.Error("the seed is still in memory")
	}
	if _, err := s.Sign([]byte("data")); err == nil {
		t.Error("a closed ring's signer signs")
	}
}

func BenchmarkScan(b *testing.B) {
	for _, seeds := range []int{10, 10_000} {
		b.Run(fmt.Sprint(seeds), func(b *testing.B) {
			keys := make([]*Key, seeds)
			for i := range keys {
				keys[i] = Generate(Account)
			}
			r := holding(b, keys...)
			data := make([]byte, 10<<20)
			rand.NewChaCha8([32]byte{}).Read(data)
			data = []byte(base64.RawURLEncoding.EncodeToString(data))
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if err := r.Scan(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

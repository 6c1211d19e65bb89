package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nkeys"
	"pgregory.net/rapid"
)

// publicKey returns the same valid nkey for the same role and name.
func publicKey(role nkeys.PrefixByte, name string) string {
	sum := sha256.Sum256([]byte(name))
	key, err := nkeys.Encode(role, sum[:])
	if err != nil {
		panic(err)
	}
	return string(key)
}

func accountKeyOf(name string) string { return publicKey(nkeys.PrefixByteAccount, name) }
func userKeyOf(name string) string    { return publicKey(nkeys.PrefixByteUser, name) }

func digestOf(claims string) string {
	sum := sha256.Sum256([]byte(claims))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// exampleLock has every kind of entry, and names that need encoding.
func exampleLock() *Lock {
	a, b := accountKeyOf("A"), accountKeyOf("B")
	l := New()
	l.Keys[OperatorID("RETAIL")] = publicKey(nkeys.PrefixByteOperator, "O")
	l.Keys[OperatorSigningKeyID("RETAIL", "main")] = publicKey(nkeys.PrefixByteOperator, "OS")
	l.Keys[AccountID("ACCTA")] = a
	l.Keys[AccountID("ACCTB")] = b
	l.Keys[UserID("ACCTA", "ordér \"a/b\"")] = userKeyOf("U")
	l.Tokens[AccountID("ACCTA")] = Token{IssuedAt: 1790000000, Subject: a, Claims: digestOf("1")}
	l.Tokens[ActivationID("ACCTA", "service", "$JS.ACK.S.C.>", "ACCTB")] =
		Token{IssuedAt: 1790000000, Subject: b, Expires: 1797776000, Claims: digestOf("2")}
	l.Revoked[RevocationID(a, "stream", "deliver.x", b)] = Revocation{Before: 1790000500, Expires: 1797776000}
	l.Revoked[UserRevocationID(a, userKeyOf("V"))] = Revocation{Before: 1790000500}
	l.Retire(SigningKeyID("ACCTA", "old"), accountKeyOf("old 2"))
	l.Retire(SigningKeyID("ACCTA", "old"), accountKeyOf("old 1"))
	l.Retire(SigningKeyID("ACCTA", "old"), accountKeyOf("old 1"))
	return l
}

func TestEncodeLayout(t *testing.T) {
	a, b := accountKeyOf("A"), accountKeyOf("B")
	old := []string{accountKeyOf("old 1"), accountKeyOf("old 2")}
	slices.Sort(old)
	revoked := []string{
		fmt.Sprintf(`    "%s/stream/deliver.x/%s": {"before": 1790000500, "exp": 1797776000}`, a, b),
		fmt.Sprintf(`    "%s/user/%s": {"before": 1790000500}`, a, userKeyOf("V")),
	}
	want := `{
  "format": 1,
  "keys": {
    "account/ACCTA": "` + a + `",
    "account/ACCTA/user/ordér \"a%2Fb\"": "` + userKeyOf("U") + `",
    "account/ACCTB": "` + b + `",
    "operator/RETAIL": "` + publicKey(nkeys.PrefixByteOperator, "O") + `",
    "operator/RETAIL/signing/main": "` + publicKey(nkeys.PrefixByteOperator, "OS") + `"
  },
  "tokens": {
    "account/ACCTA": {"iat": 1790000000, "sub": "` + a + `", "claims": "` + digestOf("1") + `"},
    "activation/ACCTA/service/$JS.ACK.S.C.>/ACCTB": {"iat": 1790000000, "sub": "` + b + `", "exp": 1797776000, "claims": "` + digestOf("2") + `"}
  },
  "revoked": {
` + revoked[0] + ",\n" + revoked[1] + `
  },
  "retired": {
    "account/ACCTA/signing/old": ["` + old[0] + `", "` + old[1] + `"]
  }
}
`
	if diff := cmp.Diff(want, string(exampleLock().Encode())); diff != "" {
		t.Errorf("layout (-want +got):\n%s", diff)
	}
}

func TestEncodeEmpty(t *testing.T) {
	want := "{\n  \"format\": 1,\n  \"keys\": {},\n  \"tokens\": {},\n  \"revoked\": {},\n  \"retired\": {}\n}\n"
	if got := string(New().Encode()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	l := exampleLock()
	before := l.Encode()
	c := l.Clone()
	if !c.Equal(l) || !l.Equal(c) {
		t.Fatal("a clone is not equal")
	}
	c.Keys["account/X"] = accountKeyOf("X")
	clear(c.Tokens)
	clear(c.Revoked)
	c.Retired[SigningKeyID("ACCTA", "old")][0] = "changed"
	if string(l.Encode()) != string(before) {
		t.Error("a change of the clone changed the original")
	}
	if c.Equal(l) {
		t.Error("a changed clone is equal")
	}
}

func TestName(t *testing.T) {
	for path, want := range map[string]string{
		"shop.hcl":            "shop.lock.json",
		"deep/er/shop.hcl":    "shop.lock.json",
		"shop.hcl.json":       "shop.lock.json",
		"shop.prod.hcl":       "shop.prod.lock.json",
		"topology":            "jsc.lock.json",
		".":                   "jsc.lock.json",
		"":                    "jsc.lock.json",
		"/srv/nats/topology/": "jsc.lock.json",
		".hcl":                "jsc.lock.json",
	} {
		if got := Name(path); got != want {
			t.Errorf("Name(%q) = %q, want %q", path, got, want)
		}
	}
}

// anyLock draws locks with names of every kind. Of two of them, an ID has one
// key or different ones, and no other ID has either.
func anyLock(t *rapid.T) *Lock {
	name := rapid.OneOf(rapid.StringMatching(`[A-Z]{1,3}`), rapid.StringN(1, 6, -1))
	key := func(role nkeys.PrefixByte) string { return publicKey(role, rapid.StringN(0, 2, -1).Draw(t, "key")) }
	pin := func(role nkeys.PrefixByte, id string) string {
		return publicKey(role, id+"="+rapid.StringN(0, 2, -1).Draw(t, "key"))
	}
	when := rapid.Int64Range(1, latestTime)
	expiry := rapid.OneOf(rapid.Just[int64](0), when)
	kind := rapid.SampledFrom([]string{"stream", "service"})
	l := New()
	for range rapid.IntRange(0, 5).Draw(t, "entries") {
		n, m := name.Draw(t, "name"), name.Draw(t, "name")
		l.Keys[AccountID(n)] = pin(nkeys.PrefixByteAccount, AccountID(n))
		l.Keys[UserID(n, m)] = pin(nkeys.PrefixByteUser, UserID(n, m))
		l.Keys[OperatorSigningKeyID(n, m)] = pin(nkeys.PrefixByteOperator, OperatorSigningKeyID(n, m))
		l.Tokens[ActivationID(n, kind.Draw(t, "kind"), m, n)] = Token{
			IssuedAt: when.Draw(t, "iat"), Subject: pin(nkeys.PrefixByteAccount, AccountID(n)),
			Expires: expiry.Draw(t, "exp"), Claims: digestOf(m),
		}
		l.Tokens[OperatorID(n)] = Token{IssuedAt: when.Draw(t, "iat"), Subject: key(nkeys.PrefixByteOperator), Claims: digestOf(n)}
		l.Revoked[RevocationID(key(nkeys.PrefixByteAccount), kind.Draw(t, "kind"), m, key(nkeys.PrefixByteAccount))] =
			Revocation{Before: when.Draw(t, "before"), Expires: expiry.Draw(t, "exp")}
		l.Retire(SigningKeyID(n, m), pin(nkeys.PrefixByteAccount, SigningKeyID(n, m)))
	}
	return l
}

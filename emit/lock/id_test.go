package lock

import (
	"slices"
	"testing"

	"github.com/nats-io/nkeys"
	"pgregory.net/rapid"

	"jsc/schema"
)

func TestID(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{OperatorID("RETAIL"), "operator/RETAIL"},
		{OperatorSigningKeyID("RETAIL", "main"), "operator/RETAIL/signing/main"},
		{AccountID("ACCTA"), "account/ACCTA"},
		{SigningKeyID("ACCTA", "x"), "account/ACCTA/signing/x"},
		{UserID("ACCTA", "order-service"), "account/ACCTA/user/order-service"},
		{ActivationID("ACCTA", "service", "$JS.ACK.S.C.>", "ACCTB"), "activation/ACCTA/service/$JS.ACK.S.C.>/ACCTB"},
		{RevocationID("AD", "stream", "a.b", "AB"), "AD/stream/a.b/AB"},
		{UserRevocationID("AD", "UB"), "AD/user/UB"},
		{AccountID("a/b"), "account/a%2Fb"},
		{AccountID("50%"), "account/50%25"},
		{AccountID("a\tb\x7f\u0085é☃"), "account/a%09b%7F%C2%85é☃"},
		{AccountID("a b\"\\<&>"), "account/a b\"\\<&>"},
		{AccountID("\xff\uFFFD\xc3"), "account/%FF\uFFFD%C3"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestPartsIsTheInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 8), func(b []byte) string { return string(b) })
		parts := rapid.SliceOfN(rapid.OneOf(bytes, rapid.StringN(1, 8, -1)), 1, 5).Draw(t, "parts")
		got, ok := Parts(schema.ID(parts...))
		if !ok || !slices.Equal(got, parts) {
			t.Fatalf("Parts(%q) = %q, %v; want %q", schema.ID(parts...), got, ok, parts)
		}
	})
}

func TestPartsRefuses(t *testing.T) {
	for _, id := range []string{
		"", "/", "account/", "/account", "account//x",
		"account/%", "account/%2", "account/%2f", "account/%zz", "account/%41", "account/%C3%A9",
		"account/a\x01", "account/\xff", "account/\u0085",
	} {
		if parts, ok := Parts(id); ok {
			t.Errorf("Parts(%q) = %q", id, parts)
		}
	}
}

func TestRole(t *testing.T) {
	for id, want := range map[string]nkeys.PrefixByte{
		"operator/N":           nkeys.PrefixByteOperator,
		"operator/N/signing/x": nkeys.PrefixByteOperator,
		"account/A":            nkeys.PrefixByteAccount,
		"account/A/signing/x":  nkeys.PrefixByteAccount,
		"account/A/user/U":     nkeys.PrefixByteUser,
	} {
		if got, ok := Role(id); !ok || got != want {
			t.Errorf("Role(%q) = %v, %v; want %v", id, got, ok, want)
		}
	}
	for _, id := range []string{"", "account", "user/U", "account/A/user", "account/A/other/x", "operator/N/user/x", "activation/A/stream/s/B"} {
		if _, ok := Role(id); ok {
			t.Errorf("Role(%q) is one", id)
		}
	}
}

func TestRevocationIDsOfUsersParse(t *testing.T) {
	account, user := accountKeyOf("A"), userKeyOf("U")
	for id, want := range map[string]bool{
		UserRevocationID(account, user):        true,
		UserRevocationID(account, "*"):         true,
		RevokeID(account, user, "laptop lost"): true,
		RevokeID(account, "*", "a/b"):          true,
		UserRevocationID(account, account):     false,
		UserRevocationID(user, user):           false,
		UserRevocationID(account, "any"):       false,
	} {
		l := New()
		l.Revoked[id] = Revocation{Before: 1}
		if _, diags := Parse("x.lock.json", l.Encode()); diags.HasErrors() == want {
			t.Errorf("%s: %v", id, diags)
		}
	}
}

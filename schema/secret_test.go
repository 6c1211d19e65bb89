package schema

import (
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/nats-io/nkeys"
)

// Seeds are made here, so that no text in this tree has their shape.
func seedText(t *testing.T, prefix nkeys.PrefixByte) string {
	t.Helper()
	pair, err := nkeys.CreatePair(prefix)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return string(seed)
}

func TestFindSecret(t *testing.T) {
	user := seedText(t, nkeys.PrefixByteUser)
	shaped := "SA" + strings.Repeat("Z7", 28)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text string
		offset     int
	}{
		{"alone", user, 0},
		{"quoted", `seed = "` + user + `"`, 8},
		{"glued to lower case", "seed" + user + "x", 4},
		{"glued to capitals", "XYZ" + user + "ABC", 3},
		{"checksum wrong", `x = "` + user[:56] + `AA"`, 5},
		{"shape only", "\n" + shaped, 1},
		{"without its checksum", "x = " + user[:55], 4},
		{"one character less", user[:57] + "0", 0},
		{"second line", "a\n\n" + user, 3},
		{"operator", seedText(t, nkeys.PrefixByteOperator), 0},
		{"account", seedText(t, nkeys.PrefixByteAccount), 0},
		{"server", seedText(t, nkeys.PrefixByteServer), 0},
		{"cluster", seedText(t, nkeys.PrefixByteCluster), 0},
		{"curve", seedText(t, nkeys.PrefixByteCurve), 0},
		{"creds", "a = <<E\n-----BEGIN NATS USER JWT-----\n", 8},
		{"the shortest", "-----BEGIN A NKEY SEED-----", 0},
		{"seed block", "-----BEGIN USER NKEY SEED-----", 0},
		{"block before seed", "-----BEGIN USER NKEY SEED-----\n" + user, 0},
		{"age identity", "# made by age-keygen\n" + identity.String(), 21},
		{"age identity, without its checksum", identity.String()[:len("AGE-SECRET-KEY-1")+52], 0},
		{"age identity before seed", identity.String() + "\n" + user, 0},
		{"age identity of the hybrid type", "x" + hybrid.String(), 1},
		{"seed before block", user + "\n-----BEGIN USER NKEY SEED-----", 0},
	} {
		if offset, ok := FindSecret([]byte(test.text)); !ok || offset != test.offset {
			t.Errorf("%s: FindSecret = %d, %v; want %d", test.name, offset, ok, test.offset)
		}
		if len(test.text) < shortestSecret {
			t.Errorf("%s is shorter than shortestSecret", test.name)
		}
	}
}

func TestFindSecretLeavesTheRest(t *testing.T) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := pair.PublicKey()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	user := seedText(t, nkeys.PrefixByteUser)
	for name, text := range map[string]string{
		"empty":                 "",
		"public key":            `public_key = "` + public + `"`,
		"digest":                strings.Repeat("ABCDEFGH", 7),
		"too short":             user[:54],
		"cut, by chance":        "SUM" + strings.Repeat("MER", 18),
		"cut, not alone":        "O" + user[:55],
		"broken up":             user[:30] + " " + user[30:],
		"other type":            "SB" + user[2:],
		"lower case":            strings.ToLower(user),
		"activation":            "-----BEGIN NATS ACTIVATION JWT-----\neyJ0eXAiOiJKV1QifQ.e30.c2ln\n------END NATS ACTIVATION JWT------\n",
		"age public key":        identity.Recipient().String(),
		"age identity, by name": "# the identity, AGE-SECRET-KEY-1…, stands in identity.txt",
		"word":                  "SUBSCRIBE = true",
		"long, by chance":       strings.Repeat("SUMMER", 20),
		"long, other type":      strings.Repeat("SBA", 30),
	} {
		if offset, ok := FindSecret([]byte(text)); ok {
			t.Errorf("%s: found at %d", name, offset)
		}
	}
}

func BenchmarkFindSecret(b *testing.B) {
	data := []byte(strings.Repeat("account \"ACCTA\" { description = \"SUMMER sale ABCDEFGHIJKLM\" }\n", 16_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, ok := FindSecret(data); ok {
			b.Fatal("found")
		}
	}
}

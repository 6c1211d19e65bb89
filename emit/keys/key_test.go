package keys

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
)

// seedOf is the text of a key's seed.
func seedOf(t *testing.T, k *Key) string {
	t.Helper()
	seed, err := k.seed()
	if err != nil {
		t.Fatal(err)
	}
	return string(seed)
}

func TestKeySignsAsNkeysDoes(t *testing.T) {
	for _, row := range roles {
		k := Generate(row.role)
		if role, ok := RoleOf(k.PublicKey()); !ok || role != row.role || k.Role() != row.role {
			t.Errorf("RoleOf(%s) = %v, %v; want %v", k.PublicKey(), role, ok, row.role)
		}
		pair, err := nkeys.FromSeed([]byte(seedOf(t, k)))
		if err != nil {
			t.Fatal(err)
		}
		if public, _ := pair.PublicKey(); public != k.PublicKey() {
			t.Errorf("public key %s, nkeys says %s", k.PublicKey(), public)
		}
		data := []byte("header.payload")
		got, err := k.Sign(data)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := pair.Sign(data); !bytes.Equal(got, want) {
			t.Errorf("%v: signature %x, nkeys gives %x", row.role, got, want)
		}
	}
}

func TestGenerateIsNewEachTime(t *testing.T) {
	if a, b := Generate(Account), Generate(Account); a.PublicKey() == b.PublicKey() {
		t.Error("two generated keys are the same")
	}
}

func TestRoleOf(t *testing.T) {
	server, err := nkeys.CreateServer()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := server.PublicKey()
	for _, bad := range []string{"", "A", "ABC", public, seedOf(t, Generate(User))} {
		if role, ok := RoleOf(bad); ok {
			t.Errorf("RoleOf(%.4q…) = %v, want none", bad, role)
		}
	}
}

func TestWipe(t *testing.T) {
	k := Generate(User)
	private := *k.secret()
	k.wipe()
	if !bytes.Equal(private, make([]byte, len(private))) {
		t.Error("the private key is still in memory")
	}
	if _, err := k.Sign([]byte("x")); err == nil {
		t.Error("a wiped key signs")
	}
	if _, err := k.seed(); err == nil {
		t.Error("a wiped key has a seed")
	}
}

// forms are the ways a seed may be spelled in text.
func forms(t *testing.T, k *Key) []string {
	raw := (*k.secret())[:32]
	return []string{seedOf(t, k), string(raw), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
		strings.Trim(fmt.Sprint([]byte(raw)), "[]"), strings.Trim(fmt.Sprint([]byte(seedOf(t, k))), "[]")}
}

func TestKeyPrintsRedacted(t *testing.T) {
	k := Generate(Operator)
	type holder struct {
		Key    *Key
		Value  Key
		hidden Key
		key    *Key
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "key", k, "value", *k, "holder", fmt.Sprint(holder{k, *k, *k, k}))
	encoded, err := json.Marshal(map[string]any{"key": k, "value": *k, "holder": holder{Key: k, Value: *k}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(encoded), `"key":"[redacted]"`) {
		t.Errorf("JSON is %s", encoded)
	}
	asText, err := k.MarshalText()
	if err != nil || string(asText) != "[redacted]" {
		t.Errorf("text is %s: %v", asText, err)
	}
	printed := []string{log.String(), string(encoded), k.String(), k.GoString()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		for _, value := range []any{k, *k, holder{k, *k, *k, k}, &holder{k, *k, *k, k}, []*Key{k}, map[string]Key{"k": *k}} {
			printed = append(printed, fmt.Sprintf(verb, value))
		}
	}
	for _, text := range printed {
		for _, form := range forms(t, k) {
			if strings.Contains(text, form) {
				t.Errorf("a seed is printed: %.20s…", text)
			}
		}
	}
	if got := fmt.Sprintf("%v %+v %#v %s %x %d", k, k, *k, *k, k, k); got != strings.Repeat(" [redacted]", 6)[1:] {
		t.Errorf("printed %s", got)
	}
}

func TestRingPrintsNoSeed(t *testing.T) {
	k := Generate(Account)
	env := func(string) string { return seedOf(t, k) }
	r := open(t, Options{Sources: []string{"env:SEEDS", "dir:" + t.TempDir()}, Getenv: env})
	signs(t, r, k)
	if err := r.Scan([]byte("data")); err != nil {
		t.Fatal(err)
	}
	signer, err := r.Signer("account/ACCTA", k.public)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Ring   *Ring
		ring   *Ring
		Signer Signer
		signer Signer
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, value := range []any{r, holder{r, r, signer, signer}, &holder{r, r, signer, signer}} {
			text := fmt.Sprintf(verb, value)
			for _, form := range forms(t, k) {
				if strings.Contains(text, form) {
					t.Errorf("%s prints a seed: %.40s…", verb, text)
				}
			}
		}
	}
}

func BenchmarkSign(b *testing.B) {
	k := Generate(Account)
	data := bytes.Repeat([]byte("x"), 1000)
	for b.Loop() {
		if _, err := k.Sign(data); err != nil {
			b.Fatal(err)
		}
	}
}

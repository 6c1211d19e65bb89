package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
)

func newIdentity(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// seal encrypts as the age command does without -a.
func seal(t *testing.T, text string, to ...age.Recipient) string {
	t.Helper()
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sealed.String()
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestAgeWithIdentity(t *testing.T) {
	dir, k, identity := t.TempDir(), Generate(Account), newIdentity(t)
	write(t, filepath.Join(dir, "id"), "# made for CI\n"+newIdentity(t).String()+"\n"+identity.String()+"\n")
	write(t, filepath.Join(dir, "keys.age"), seal(t, "# comment\n"+seedOf(t, k)+"\n", identity.Recipient()))
	signs(t, open(t, Options{Sources: []string{"age:keys.age"}, Dir: dir, Getenv: environment(AgeIdentity, "id")}), k)
}

// git may track an age file, and not the identity that opens it.
func TestAgeInTree(t *testing.T) {
	k, identity := Generate(Account), newIdentity(t)
	top := repository(t, map[string]string{"id": identity.String(), "keys.age": seal(t, seedOf(t, k), identity.Recipient())}, "keys.age")
	o := Options{Sources: []string{"age:keys.age"}, Dir: top, Getenv: environment(AgeIdentity, "id")}
	signs(t, open(t, o), k)
	runGit(t, top, "add", "id")
	_, err := open(t, o).Signer("account/ACCTA", k.public)
	refused(t, err, "key-in-tree", "id")
}

func TestAgeFailures(t *testing.T) {
	dir, k, identity := t.TempDir(), Generate(Account), newIdentity(t)
	write(t, filepath.Join(dir, "id"), identity.String())
	write(t, filepath.Join(dir, "other"), newIdentity(t).String())
	write(t, filepath.Join(dir, "broken"), identity.String()[:60]+"!")
	write(t, filepath.Join(dir, "keys.age"), seal(t, seedOf(t, k), identity.Recipient()))
	write(t, filepath.Join(dir, "words.age"), seal(t, "words", identity.Recipient()))
	sealed := seal(t, seedOf(t, k), identity.Recipient())
	write(t, filepath.Join(dir, "cut.age"), sealed[:len(sealed)-3])
	write(t, filepath.Join(dir, "plain"), seedOf(t, k))
	for _, test := range []struct {
		file   string
		getenv func(string) string
		want   string
	}{
		{"keys.age", nil, "set JSC_AGE_IDENTITY to the file of an age identity, or JSC_AGE_PASSPHRASE"},
		{"keys.age", environment(AgeIdentity, "other"), "not encrypted to the identity"},
		{"keys.age", environment(AgePassphrase, "wrong"), "not encrypted to the identity"},
		{"keys.age", environment(AgeIdentity, "lacking"), "JSC_AGE_IDENTITY"},
		{"keys.age", environment(AgeIdentity, "broken"), "is not a file of age identities"},
		{"lacking.age", environment(AgeIdentity, "id"), "lacking.age"},
		{"plain", environment(AgeIdentity, "id"), "read keys from age:plain"},
		{"cut.age", environment(AgeIdentity, "id"), "read keys from age:cut.age"},
		{"words.age", environment(AgeIdentity, "id"), "line 1: not a seed"},
	} {
		_, err := open(t, Options{Sources: []string{"age:" + test.file}, Dir: dir, Getenv: test.getenv}).Signer("account/ACCTA", k.public)
		failed(t, err, test.want)
		for _, secret := range []string{seedOf(t, k), identity.String()[20:60], "wrong"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows a secret: %v", err)
			}
		}
	}
}

func TestExportAge(t *testing.T) {
	dir, a, b := t.TempDir(), Generate(Account), Generate(Operator)
	one, two := newIdentity(t), newIdentity(t)
	seeds := seedOf(t, a) + " " + seedOf(t, b)
	pins := func(public string) (string, bool) { return "account/ACCTA", public == a.public }
	r := open(t, Options{Sources: []string{"env:SEEDS"}, Getenv: environment("SEEDS", seeds), Pinned: pins})

	var all bytes.Buffer
	if err := r.ExportAge(&all, []string{one.Recipient().String(), two.Recipient().String()}); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(all.Bytes(), []byte(armor.Header+"\n")) || !bytes.HasSuffix(all.Bytes(), []byte(armor.Footer+"\n")) {
		t.Errorf("the export is not armored: %.40s…", all.Bytes())
	}
	if err := r.Scan(all.Bytes()); err != nil {
		t.Error(err)
	}
	write(t, filepath.Join(dir, "all.age"), all.String())
	for _, identity := range []*age.X25519Identity{one, two} {
		write(t, filepath.Join(dir, "id"), identity.String())
		again := open(t, Options{Sources: []string{"age:all.age"}, Dir: dir, Getenv: environment(AgeIdentity, "id")})
		signs(t, again, a)
		signs(t, again, b)
	}
	plain, err := age.Decrypt(armor.NewReader(&all), one)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(plain); err != nil || !strings.Contains(text.String(), "# "+a.public+" account/ACCTA\n") {
		t.Errorf("the comment is missing: %v", err)
	}

	// One key, by a passphrase.
	phrase := environment("SEEDS", seeds, AgePassphrase, "correct horse")
	r = open(t, Options{Sources: []string{"env:SEEDS"}, Getenv: phrase})
	var some bytes.Buffer
	if err := r.ExportAge(&some, nil, b.public); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "some.age"), some.String())
	r = open(t, Options{Sources: []string{"age:some.age"}, Dir: dir, Getenv: phrase})
	signs(t, r, b)
	if held, err := r.Held(); err != nil || len(held) != 1 {
		t.Errorf("held %v: %v", held, err)
	}
}

func TestExportAgeFailures(t *testing.T) {
	k, lacking, identity := Generate(Account), Generate(Operator), newIdentity(t)
	r := open(t, Options{Sources: []string{"env:SEEDS"}, Getenv: environment("SEEDS", seedOf(t, k))})
	to := []string{identity.Recipient().String()}
	var out bytes.Buffer
	refused(t, r.ExportAge(&out, to, k.public, lacking.public), "key-missing", lacking.public)
	failed(t, r.ExportAge(&out, to, "AB"), `"AB" is not a public key`)
	failed(t, r.ExportAge(&out, nil), AgePassphrase)
	failed(t, r.ExportAge(&out, []string{"ssh-ed25519 AAAA"}), "not an age public key")
	err := r.ExportAge(&out, []string{identity.String()})
	failed(t, err, "not an age public key")
	if strings.Contains(err.Error(), identity.String()) {
		t.Error("the error shows the identity")
	}
	if out.Len() > 0 {
		t.Errorf("the failures wrote %d bytes", out.Len())
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	failed(t, r.ExportAge(full, to), "no space left")
}

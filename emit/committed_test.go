package emit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"

	"jsc/emit/folder"
	"jsc/emit/lock"
)

// every token of a plan, read back, is as it was.
func TestDecode(t *testing.T) {
	w := full()
	p, diags := NewPlan(w.topology(), lock.New(), start)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if err := p.Sign(t.Context(), w.ring, nil); err != nil {
		t.Fatal(err)
	}
	kinds := map[jwt.ClaimType]bool{}
	for _, tk := range p.Tokens {
		c, err := Decode(tk.Text)
		if err != nil {
			t.Fatalf("%s: %v", tk.ID, err)
		}
		if c.Claims().Subject != tk.Claims().Claims().Subject || c.Claims().IssuedAt != tk.IssuedAt {
			t.Errorf("%s is read as the token of %s", tk.ID, c.Claims().Subject)
		}
		kinds[c.ClaimType()] = true
		// No other text is read as the same: not one byte may change.
		for at := 0; at < len(tk.Text); at += 1 + len(tk.Text)/50 {
			changed := []byte(tk.Text)
			changed[at] ^= 1
			if _, err := Decode(string(changed)); err == nil {
				t.Errorf("%s is read with byte %d changed", tk.ID, at)
			}
		}
	}
	if len(kinds) != 4 {
		t.Errorf("kinds of token read: %v", kinds)
	}
	// The library's own tokens are not what a build writes.
	account := jwt.NewAccountClaims(w.ring.public("account/A"))
	text, err := account.Encode(w.ring.pair("operator/OP"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(text); err == nil || !strings.Contains(err.Error(), "form") {
		t.Errorf("the library's: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("")
	f.Add("a.b.c")
	f.Add(encodedHeader + "." + base64Raw.EncodeToString([]byte(`{"nats":{"type":"account"}}`)) + ".")
	f.Add(encodedHeader + "." + base64Raw.EncodeToString([]byte(`{"iat":1,"nats":{"type":"user","permissions":null}}`)) + "." + noSignature)
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := Decode(text); err == nil {
			t.Errorf("a token without a signature is read: %v", c)
		}
	})
}

func TestParseManifest(t *testing.T) {
	files := render(t, full())
	data := string(files[ManifestPath].Data)
	m, err := ParseManifest([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Artifacts) != len(files)-1 || len(m.Shares) == 0 {
		t.Errorf("%d files and %d shares", len(m.Artifacts), len(m.Shares))
	}
	for name, changed := range map[string]string{
		"white space":      strings.Replace(data, ": ", ":  ", 1),
		"a field twice":    strings.Replace(data, `"format": 1,`, "\"format\": 1,\n  \"format\": 1,", 1),
		"an unknown field": strings.Replace(data, `"format": 1,`, "\"format\": 1,\n  \"x\": 1,", 1),
		"another format":   strings.Replace(data, `"format": 1,`, `"format": 2,`, 1),
		"more after it":    data + "{}",
		"half of it":       data[:len(data)/2],
		"nothing":          "",
	} {
		if changed == data {
			t.Errorf("%s: nothing is changed", name)
		}
		if _, err := ParseManifest([]byte(changed)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// TestManifestDigest holds that a manifest of many pieces has the digest of the
// whole.
func TestManifestDigest(t *testing.T) {
	l := &Layout{lockName: "jsc.lock.json"}
	var digests []string
	for i := range 1000 {
		l.Artifacts = append(l.Artifacts, Artifact{Path: fmt.Sprintf("accounts/%d.jwt", i), Kind: "account-jwt"})
		digests = append(digests, folder.Digest([]byte{byte(i)}))
	}
	data := l.Manifest(digests)
	if len(data) < 2*pieceSize {
		t.Fatalf("%d bytes are too few to mean anything", len(data))
	}
	if got, want := l.ManifestDigest(digests), folder.Digest(data); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

package emit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/compiler/bundle"
	"jsc/emit/folder"
	"jsc/emit/lock"
	"jsc/schema"
)

// full is the example with streams and a server block to render.
func full() *world {
	w := example()
	w.edit = func(t *compiler.Topology) {
		for _, a := range t.Accounts {
			if a.Name == "ACCTA" {
				s := &compiler.Stream{Account: a, Config: compiler.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}}}
				s.Consumers = []*compiler.Consumer{{Stream: s, Config: compiler.ConsumerConfig{Name: "C1", Durable: "C1"}}}
				a.Streams = []*compiler.Stream{s}
			}
		}
	}
	return w
}

func render(t *testing.T, w *world) map[string]Artifact {
	t.Helper()
	files, err := Render(w.build(t, lock.New(), start), "jsc.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Artifact{}
	for _, f := range files {
		out[f.Path] = f
	}
	return out
}

func paths(files map[string]Artifact) []string {
	var out []string
	for p := range files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func TestFiles(t *testing.T) {
	files := render(t, full())
	odd, user := FileName("odd name/é"), FileName("odd \"user\"")
	want := []string{
		"accounts/ACCTA.json", "accounts/ACCTA.jwt", "accounts/ACCTB.json", "accounts/ACCTB.jwt",
		"accounts/SYS.json", "accounts/SYS.jwt", "accounts/" + odd + ".json", "accounts/" + odd + ".jwt",
		"activations/ACCTA.json", "activations/ACCTB.json", "activations/OTHER.json",
		"activations/OTHER/README.md", "activations/OTHER/svc-one.service.jwt", "activations/" + odd + ".json",
		"jetstream/ACCTA/ORDERS.json", "jetstream/ACCTA/ORDERS/C1.json",
		"manifest.json", "operator.conf", "operator.jwt", "resolver.conf", "server.conf",
		"users/ACCTA/app.jwt", "users/ACCTB/" + user + ".jwt",
	}
	slices.Sort(want)
	if got := paths(files); !slices.Equal(got, want) {
		t.Errorf("files\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for path, f := range files {
		if !folder.Made(path) {
			t.Errorf("%s has no form that the output folder knows", path)
		}
		if len(f.Data) == 0 || f.Data[len(f.Data)-1] != '\n' {
			t.Errorf("%s is empty or does not end in a newline", path)
		}
		if bytes.Contains(f.Data, []byte("stand-in")) || bytes.Contains(f.Data, []byte(`\u003e`)) && !strings.HasSuffix(path, ".jwt") {
			t.Errorf("%s holds what it should not:\n%s", path, f.Data)
		}
	}
}

func TestManifest(t *testing.T) {
	files := render(t, full())
	data := files[ManifestPath].Data
	var m struct {
		Format    int
		Lock      string
		Artifacts []ManifestArtifact
		Shares    []ManifestShare
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if m.Format != 1 || m.Lock != "jsc.lock.json" || len(m.Artifacts) != len(files)-1 {
		t.Errorf("format %d, lock %q, %d artifacts of %d", m.Format, m.Lock, len(m.Artifacts), len(files)-1)
	}
	kinds := map[string]bool{}
	for i, a := range m.Artifacts {
		kinds[a.Kind] = true
		if i > 0 && a.Path <= m.Artifacts[i-1].Path {
			t.Errorf("%s is out of order", a.Path)
		}
		if sum := sha256.Sum256(files[a.Path].Data); a.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: digest %s", a.Path, a.SHA256)
		}
		entry, err := appendJSON(nil, a, false)
		if err != nil || !bytes.Contains(data, []byte("\n    "+strings.TrimSuffix(string(entry), "\n"))) {
			t.Errorf("%s does not stand on a line of its own", a.Path)
		}
		token := strings.HasSuffix(a.Path, ".jwt")
		if token != (a.Subject != "" && a.Issuer != "" && a.IssuedAt == start) && a.Kind != "account-claims" {
			t.Errorf("%s: %+v", a.Path, a)
		}
	}
	for _, k := range artifactKinds {
		if !kinds[k.kind] {
			t.Errorf("no artifact of kind %s", k.kind)
		}
	}
	var push *ManifestShare
	for i := range m.Shares {
		if m.Shares[i].Name == "deliver-orders" {
			push = &m.Shares[i]
		}
	}
	if len(m.Shares) != 5 || push == nil {
		t.Fatalf("shares: %+v", m.Shares)
	}
	g := ManifestGrant{Grant: "subject", Type: "stream", Subject: "deliver.orders", Local: "from.ACCTA.deliver.orders", Private: true}
	if push.From != "ACCTA" || push.To != "ACCTB" || push.Kind != "subject" || len(push.Grants) != 1 || push.Grants[0] != g {
		t.Errorf("share: %+v", push)
	}
}

func TestAccountClaimsAreReadable(t *testing.T) {
	files := render(t, full())
	got := string(files["accounts/ACCTB.json"].Data)
	for _, want := range []string{"\n  \"nats\": {\n", "\"subject\": \"$JS.ACK.ORDERS.C1.>\"", "\"iat\": 1790000000"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestBundle(t *testing.T) {
	w := full()
	p := w.build(t, lock.New(), start)
	files, err := Render(p, "l")
	if err != nil {
		t.Fatal(err)
	}
	var b bundle.Bundle
	for _, f := range files {
		if f.Path == "activations/ACCTB.json" {
			if err := json.Unmarshal(f.Data, &b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if b.Format != 1 || b.To.PublicKey != w.ring.public("account/ACCTB") || len(b.Bundles) != 1 {
		t.Fatalf("bundle: %+v", b)
	}
	from := b.Bundles[0]
	if from.From.Account != "ACCTA" || from.From.PublicKey != w.ring.public("account/ACCTA") || len(from.Shares) != 2 {
		t.Fatalf("from: %+v", from)
	}
	for _, s := range from.Shares {
		for _, g := range s.Grants {
			c, err := jwt.DecodeActivationClaims(g.Token)
			if err != nil {
				t.Fatal(err)
			}
			if c.Subject != b.To.PublicKey || string(c.ImportSubject) != g.Subject {
				t.Errorf("%s: a token of %s for %s", s.Name, c.ImportSubject, c.Subject)
			}
		}
	}
}

func TestTokensOfRawExportsStandUnderExport(t *testing.T) {
	w := newWorld("A", "B")
	w.given = []given{{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc"}}
	w.edit = func(t *compiler.Topology) {
		for _, g := range t.Grants {
			g.Share, g.Row, g.Name = nil, nil, "the-import"
			g.Export.Raw = &schema.Export{Head: schema.Head{Name: "orders"}}
		}
	}
	files := render(t, w)
	for _, path := range []string{ManifestPath, "activations/B.json"} {
		if !bytes.Contains(files[path].Data, []byte("export/orders")) {
			t.Errorf("%s does not name export/orders:\n%s", path, files[path].Data)
		}
	}
}

func TestBearerTokensAreNotWritten(t *testing.T) {
	w := newWorld("A")
	w.users["A/plain"], w.users["A/bearer"], w.users["A/scoped"] = compiler.User{}, compiler.User{}, compiler.User{}
	w.edit = func(t *compiler.Topology) {
		for _, a := range t.Accounts {
			for _, u := range a.Users {
				switch u.Name {
				case "bearer":
					u.Limits.Bearer = true
				case "scoped":
					key := &compiler.SigningKey{Label: "role", PublicKey: w.ring.public("account/A/signing/role"), Role: &compiler.Role{Limits: freeUser()}}
					key.Role.Limits.Bearer = true
					a.SigningKeys = append(a.SigningKeys, key)
					u.SignedBy, u.Scoped = key, true
				}
			}
		}
	}
	p := w.build(t, lock.New(), start)
	files, err := Render(p, "l")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, name := range []string{"bearer", "scoped"} {
			if bytes.Contains(f.Data, []byte(p.Token("account/A/user/"+name).Text)) {
				t.Errorf("%s holds the token of %s", f.Path, name)
			}
		}
	}
	if !slices.ContainsFunc(files, func(f Artifact) bool { return f.Path == "users/A/plain.jwt" }) {
		t.Error("the plain user has no file")
	}
}

// A shell and the library read back what the README and the token file say.
func TestReadmeIsExactlyQuoted(t *testing.T) {
	w := newWorld("A")
	w.external = []string{"it's $HOME `x`"}
	w.given = []given{{from: "A", to: w.external[0], kind: compiler.ServiceType, subject: "$JS.API.INFO.*"}}
	w.edit = func(t *compiler.Topology) { t.Grants[0].Local = "A.'API'.$1" }
	files := render(t, w)
	dir := "activations/" + FileName(w.external[0])
	readme := string(files[dir+"/README.md"].Data)
	_, script, _ := strings.Cut(readme, "```sh\n")
	script, _, _ = strings.Cut(script, "```")
	out, err := exec.Command("sh", "-c", "nsc() { printf '%s\\n' \"$@\"; }\n"+script).Output()
	if err != nil {
		t.Fatal(err)
	}
	file := TokenFile(w.topology().Grants[0])
	want := "add\nimport\n--account=it's $HOME `x`\n--name=$JS-API-INFO-any.service\n--token=" + file + "\n--local-subject=A.'API'.$1\n"
	if string(out) != want {
		t.Errorf("the shell reads\n%s\nnot\n%s", out, want)
	}
	token, err := jwt.ParseDecoratedJWT(files[dir+"/"+file].Data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jwt.DecodeActivationClaims(token); err != nil {
		t.Error(err)
	}
	theirs, err := jwt.DecorateJWT(token)
	if err != nil || !bytes.Equal(theirs, files[dir+"/"+file].Data) {
		t.Errorf("the library decorates otherwise:\n%s", theirs)
	}
}

func TestExternalOperatorHasNoServer(t *testing.T) {
	w := full()
	edit := w.edit
	w.edit = func(t *compiler.Topology) {
		edit(t)
		t.Operator.External = true
		t.Operator.SystemAccount = nil
	}
	p := w.build(t, lock.New(), start)
	files, err := Render(p, "l")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Path, "operator") || strings.HasSuffix(f.Path, ".conf") {
			t.Errorf("%s is written", f.Path)
		}
	}
	c := p.Token("account/ACCTA").Claims().Claims()
	if c.Issuer != c.Subject {
		t.Errorf("ACCTA is signed by %s", c.Issuer)
	}
}

// TestCodeSpan holds that a name stays in its span: the span begins and ends
// with more backticks than stand together in it.
func TestCodeSpan(t *testing.T) {
	for text, want := range map[string]string{
		"a":      "`a`",
		"a`b":    "``a`b``",
		"``a":    "``` ``a ```",
		"a `` ":  "``` a ``  ```",
		"<b> *x": "`<b> *x`",
		"# a":    "`# a`",
	} {
		if got := codeSpan(text); got != want {
			t.Errorf("codeSpan(%q) is %q, not %q", text, got, want)
		}
	}
}

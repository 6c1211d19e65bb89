package compiler_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
)

// importLine is what a token will say of an import.
func importLine(i *compiler.Import) string {
	line := fmt.Sprintf("%s %s %q at %q from %s, private=%v", i.Name, i.Type, i.Subject, i.Local, i.From.Name, i.Grant.Terms.Private)
	if i.Activation != nil {
		line += " activated"
	}
	if i.Share {
		line += " share"
	}
	if i.AllowTrace {
		line += " trace"
	}
	return line
}

func TestImportsTakeTheTermsOfTheirExport(t *testing.T) {
	topology := valid(t, `
operator "O" {}
account "A" {
  export "private" {
    service            = "api.>"
    response_threshold = "5s"
    latency {
      sampling = "headers"
      results  = "latency"
    }
  }
  export "public" {
    stream = "news.*"
    public = true
  }
}
account "B" {
  import "q" {
    from          = account.A
    service       = "api.q.*"
    local_subject = "a.$1.q"
    share         = true
  }
  import "n" {
    from        = account.A
    stream      = "news.*"
    allow_trace = true
  }
  import "sys" {
    from    = account.SYS
    service = "$SYS.REQ.ACCOUNT.${account.B.public_key}.STATZ"
  }
}
account "SYS" {}`)
	b := account(t, topology, "B")
	var got []string
	for _, i := range b.Imports {
		got = append(got, importLine(i))
	}
	if diff := cmp.Diff([]string{
		`q service "api.q.*" at "a.$1.q" from A, private=true activated share`,
		`sys service "$SYS.REQ.ACCOUNT.` + b.PublicKey + `.STATZ" at "$SYS.REQ.ACCOUNT.` + b.PublicKey + `.STATZ" from SYS, private=false`,
		`n stream "news.*" at "news.*" from A, private=false trace`,
	}, got); diff != "" {
		t.Errorf("imports (-want +got):\n%s", diff)
	}
	want := compiler.Terms{Private: true, Response: "single", Threshold: 5 * time.Second, LatencySampling: -1, LatencyResults: "latency"}
	if diff := cmp.Diff(want, b.Imports[0].Grant.Terms); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	if len(topology.Activations) != 1 || topology.Activations[0].Subject != "api.q.*" || topology.Activations[0].To != b {
		t.Errorf("activations: %+v", topology.Activations)
	}
}

func TestPublicSharesCanBeImportedByName(t *testing.T) {
	const shared = `
operator "O" {}
account "A" {}
account "B" {
  import "x" {
    from   = account.A
    stream = "news.x"
  }
}
account "C" {}
share "news" {
  from    = account.A
  subject = "news.*"
  %s
}`
	b := account(t, valid(t, fmt.Sprintf(shared, "public = true")), "B")
	if len(b.Imports) != 1 || b.Imports[0].Activation != nil {
		t.Errorf("imports: %+v", b.Imports)
	}
	if _, rules := compiled(t, fmt.Sprintf(shared, `to "C" {}`)); !cmp.Equal(rules, []string{"import-without-export"}) {
		t.Errorf("a share that is not for B: %v", rules)
	}
}

// TestGivenTokens imports from an external account with tokens that are wrong
// in one respect each.
func TestGivenTokens(t *testing.T) {
	exporter, importer, stranger := newKey(t), newKey(t), newKey(t)
	public := func(k nkeys.KeyPair) string {
		pub, err := k.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		return pub
	}
	token := func(signer nkeys.KeyPair, change func(*jwt.ActivationClaims)) string {
		c := jwt.NewActivationClaims(public(importer))
		c.ImportType, c.ImportSubject = jwt.Service, "api.>"
		change(c)
		text, err := c.Encode(signer)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	as := func(k nkeys.KeyPair) func(*jwt.ActivationClaims) {
		return func(c *jwt.ActivationClaims) { c.IssuerAccount = public(k) }
	}
	keep := func(*jwt.ActivationClaims) {}
	good := token(exporter, keep)
	decorated, err := jwt.DecorateJWT(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token   string
		text    string // of the import's token, where it is another
		rules   []string
		expires int64
	}{
		"good":            {token: good},
		"of a file":       {token: good + "\n", text: good},
		"of nsc's file":   {token: string(decorated), text: good},
		"expired":         {token: token(exporter, func(c *jwt.ActivationClaims) { c.Expires = 7 }), expires: 7},
		"by signing key":  {token: token(stranger, as(exporter))},
		"another account": {token: token(exporter, func(c *jwt.ActivationClaims) { c.Subject = public(stranger) }), rules: []string{"activation-wrong-account"}},
		"another type":    {token: token(exporter, func(c *jwt.ActivationClaims) { c.ImportType = jwt.Stream }), rules: []string{"activation-wrong-subject"}},
		"another subject": {token: token(exporter, func(c *jwt.ActivationClaims) { c.ImportSubject = "api.y" }), rules: []string{"activation-wrong-subject"}},
		"another issuer":  {token: token(stranger, keep), rules: []string{"bad-value"}},
		"forged":          {token: strings.ToUpper(token(exporter, keep)), rules: []string{"bad-value"}},
	} {
		t.Run(name, func(t *testing.T) {
			topology, rules := compiled(t, fmt.Sprintf(`
operator "O" {}
account "X" {
  external   = true
  public_key = %q
}
account "B" {
  public_key = %q
  import "q" {
    from    = account.X
    service = "api.x"
    token   = %q
  }
}`, public(exporter), public(importer), c.token))
			if diff := cmp.Diff(c.rules, rules); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
			if len(rules) > 0 {
				return
			}
			i := account(t, topology, "B").Imports[0]
			if c.text == "" {
				c.text = c.token
			}
			if i.Token != c.text || i.Expires != c.expires || i.Activation != nil || !i.Grant.Terms.Private {
				t.Errorf("import: %+v", i)
			}
		})
	}
}

func newKey(t *testing.T) nkeys.KeyPair {
	t.Helper()
	k, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestTokensOfScopedKeys: the key's role is known only of an account here.
func TestTokensOfScopedKeys(t *testing.T) {
	signer, importer := newKey(t), newKey(t)
	signing, err := signer.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	to, err := importer.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	text := `
operator "O" {}
account "A" {
  signing_key "s" {
    %s
  }
  export "x" {
    service = "x"
  }
}
account "B" {
  public_key = "` + to + `"
  import "x" {
    from    = account.A
    service = "x"
    token   = "%s"
  }
}`
	keys := func(id string) (string, bool) { return signing, id == "account/A/signing/s" }
	c := jwt.NewActivationClaims(to)
	c.ImportType, c.ImportSubject = jwt.Service, "x"
	c.IssuerAccount = account(t, valid(t, `operator "O" {}`+"\n"+`account "A" {}`), "A").PublicKey
	token, err := c.Encode(signer)
	if err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string][]string{"": nil, "role {}": {"activation-signed-by-scoped-key"}} {
		if _, rules := compiledWith(t, fmt.Sprintf(text, role, token), keys); !cmp.Equal(rules, want) {
			t.Errorf("%q: rules %v, want %v", role, rules, want)
		}
	}
	if _, rules := compiled(t, fmt.Sprintf(text, "", token)); !cmp.Equal(rules, []string{"bad-value"}) {
		t.Errorf("a key that is none of A's: %v", rules)
	}
}

// TestDamagedTopologies leaves each line of every fixture out in turn: what is
// left is compiled without a panic, whatever the loader has refused of it.
func TestDamagedTopologies(t *testing.T) {
	for name, text := range fixtures(t) {
		all := strings.SplitAfter(text, "\n")
		for i := range all {
			rest := strings.Join(append(append([]string{}, all[:i]...), all[i+1:]...), "")
			if topology, _ := compiled(t, rest); topology == nil {
				t.Errorf("%s without line %d: no topology", name, i+1)
			}
		}
	}
}

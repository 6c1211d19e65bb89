package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// told exports to an account whose owner has the README and the tokens beside
// it, and nothing else.
const told = `
operator "SHOP" {}

account "SHOP" {
  jetstream {}
  user "admin" {}

  stream "ORDERS" {
    subjects = ["orders.>"]
    consumer "PUSH" {
      deliver_subject = "deliver.orders"
      deliver_group   = "work` + "`" + `ers"
    }
    consumer "PULL" {}
  }
  key_value "settings" {}
}

account "PARTNER" {
  external   = true
  public_key = "%s"
}

share "pushed" {
  consumer = account.SHOP.stream.ORDERS.consumer.PUSH
  to "PARTNER" {
    local_subject = "from.shop"
  }
}
share "pulled" {
  consumer = account.SHOP.stream.ORDERS.consumer.PULL
  to "PARTNER" {}
}
share "settings" {
  key_value = account.SHOP.key_value.settings
  mode      = "write"
  watch     = true
  to "PARTNER" {
    trusted = true
  }
}
share "copied" {
  stream = account.SHOP.stream.ORDERS
  mode   = "mirror"
  to "PARTNER" {
    trusted = true
  }
}
share "prices" {
  service = "prices.*"
  from    = account.SHOP
  public  = true
  to "PARTNER" {
    local_subject = "cost.$1"
  }
}
`

// TestReadmeIsEnough imports by the commands of a partner's README, and then
// runs what it says that clients do.
func TestReadmeIsEnough(t *testing.T) {
	cli := tool(t, "nats")
	exporter := newParty(t)
	owner, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	public, err := owner.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	exporter.write(t, fmt.Sprintf(told, public))
	exporter.jsc(t, "build", "--quiet", "--generate-keys", "--creds", filepath.Join(exporter.dir, "creds"))
	folder := filepath.Join(exporter.dir, "generated", "activations", "PARTNER")
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	imports, sections, _ := strings.Cut(string(text), "## What clients do")

	claims := jwt.NewAccountClaims(public)
	claims.Limits.JetStreamLimits = jwt.JetStreamLimits{DiskStorage: -1, MemoryStorage: -1, Streams: -1, Consumer: -1}
	claims.Imports = importsOf(t, folder, blockOf(t, imports, "sh"))
	renewed(t, claims.Imports, blockOf(t, after(t, imports, "delete the older imports first:\n"), "sh"))
	token, err := claims.Encode(exporter.key(t, "operator/SHOP"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, []*jwt.OperatorClaims{exporter.operator(t)}, append(exporter.accounts(t), token))
	world := &clients{cli: cli, dir: exporter.dir, url: s.ClientURL()}
	admin := world.user("SHOP", "admin", "_INBOX")
	admin.deploys(t, "ORDERS", "KV_settings")
	theirs := &clients{cli: cli, dir: t.TempDir(), url: s.ClientURL()}
	worker := client{theirs, userOf(t, owner, theirs.dir), ""}

	order := func() { admin.does(t, "pub", "--jetstream", "orders.new", "an order") }
	order()
	for _, c := range []struct {
		share, to, want string
		stir            func()
	}{
		{"pushed", "receive, as a plain subscriber", "an order", order},
		{"pulled", "pull", "an order", nil},
		{"settings", "put a value", "value", nil},
		{"settings", "get a value", "value", nil},
		{"settings", "watch", "value", nil},
	} {
		t.Run(c.share+": "+c.to, func(t *testing.T) {
			worker.shows(t, blockOf(t, after(t, after(t, sections, "### `"+c.share+"`\n"), "To "+c.to+":\n"), "sh"), c.want, c.stir)
		})
	}
	t.Run("copied", func(t *testing.T) {
		config := filepath.Join(theirs.dir, "copy.json")
		if err := os.WriteFile(config, []byte(blockOf(t, after(t, sections, "### `copied`\n"), "json")), 0o600); err != nil {
			t.Fatal(err)
		}
		worker.inbox = "_INBOX"
		worker.does(t, "stream", "add", "--config", config)
		worker.shows(t, "nats sub --stream=COPY --all", "an order", nil)
	})
	t.Run("prices", func(t *testing.T) {
		exporter.answers(t, s.ClientURL(), "prices.*")
		worker.shows(t, blockOf(t, after(t, after(t, sections, "### `prices`\n"), "To ask:\n"), "sh"), "prices.example", nil)
	})
}

// answers answers requests in the shop's account with their subject.
func (p *party) answers(t *testing.T, url, subject string) {
	t.Helper()
	nc := p.connect(t, url, "SHOP/admin", "_INBOX")
	if _, err := nc.Subscribe(subject, func(m *nats.Msg) { _ = m.Respond([]byte(m.Subject)) }); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
}

// after is what stands after a heading.
func after(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, heading)
	if !ok {
		t.Fatalf("there is no %q in\n%s", heading, text)
	}
	return rest
}

// blockOf is the first block of a language in markdown.
func blockOf(t *testing.T, text, language string) string {
	t.Helper()
	block, _, ok := strings.Cut(after(t, text, "\n```"+language+"\n"), "\n```\n")
	if !ok {
		t.Fatalf("a block of %s does not end:\n%s", language, text)
	}
	return block
}

// renewed holds that nsc, by commands, would delete all imports that have a token,
// and no other: it knows them by the exporter's subject and account.
func renewed(t *testing.T, imports jwt.Imports, commands string) {
	t.Helper()
	left := slices.Clone(imports)
	for _, given := range flagsOf(t, commands) {
		i := slices.IndexFunc(left, func(i *jwt.Import) bool {
			return string(i.Subject) == given["subject"] && i.Account == given["src-account"]
		})
		if i < 0 || given["account"] != "PARTNER" {
			t.Fatalf("%v deletes nothing", given)
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, i := range left {
		if i.Token != "" {
			t.Errorf("the import of %s is not deleted", i.Subject)
		}
	}
	if len(left) != 1 {
		t.Errorf("%d imports are left, not prices' alone", len(left))
	}
}

// flagsOf are the flags of each of some nsc commands.
func flagsOf(t *testing.T, commands string) (all []map[string]string) {
	t.Helper()
	out, err := exec.Command("sh", "-c", "nsc() { printf '%s\\n' \"$@\" .; }\n"+commands).Output()
	if err != nil {
		t.Fatal(err)
	}
	flag := regexp.MustCompile(`(?m)^--([a-z-]+)=?(.*)$`)
	for command := range strings.SplitSeq(strings.TrimSuffix(string(out), ".\n"), "\n.\n") {
		given := map[string]string{}
		for _, m := range flag.FindAllStringSubmatch(command, -1) {
			given[m[1]] = m[2]
		}
		all = append(all, given)
	}
	return all
}

// importsOf are the imports that nsc would make by commands in a folder.
func importsOf(t *testing.T, folder, commands string) (imports jwt.Imports) {
	t.Helper()
	for _, given := range flagsOf(t, commands) {
		i := &jwt.Import{
			Name: given["name"], Account: given["src-account"], Subject: jwt.Subject(given["remote-subject"]),
			LocalSubject: jwt.RenamingSubject(given["local-subject"]), Type: jwt.Stream,
		}
		if _, ok := given["service"]; ok {
			i.Type = jwt.Service
		}
		if file := given["token"]; file != "" {
			data, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Fatal(err)
			}
			if i.Token, err = jwt.ParseDecoratedJWT(data); err != nil {
				t.Fatal(err)
			}
			a, err := jwt.DecodeActivationClaims(i.Token)
			if err != nil {
				t.Fatal(err)
			}
			i.Account, i.Subject, i.Type = a.Issuer, a.ImportSubject, a.ImportType
			if a.IssuerAccount != "" {
				i.Account = a.IssuerAccount
			}
		}
		imports = append(imports, i)
	}
	return imports
}

// userOf writes the credentials of a user of the account who may do all.
func userOf(t *testing.T, account nkeys.KeyPair, dir string) string {
	t.Helper()
	token, user := newUser(t, account)
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	creds, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "user.creds")
	if err := os.WriteFile(file, creds, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

package diff

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
)

const start = 1790000000

const topology = `
operator "RETAIL" {}
server {
  resolver {
    type = "memory"
  }
}
account "A" {
  limits {
    connections = 100
  }
  signing_key "plain" {}
  signing_key "role" {
    role {
      publish { allow = ["x.>"] }
    }
  }
  jetstream { disk = "1GiB" }
  stream "S" {
    subjects  = ["s.>"]
    max_bytes = "1MiB"
    max_age   = "30d"
    consumer "C" {
      deliver_subject = "deliver.c"
      deliver_group   = "g"
    }
  }
  user "app" {
    access { publish = [account.A.stream.S] }
  }
}
account "B" {
  user "app" {
    access { shares = [share.work] }
  }
}
account "EXT" {
  external   = true
  public_key = "EXTKEY"
}
share "work" {
  consumer = account.A.stream.S.consumer.C
  to "B" { api_prefix = "A.API" }
}
share "calls" {
  service = "calls.*"
  from    = account.A
  to "B" {}
  to "EXT" { expires = "90d" }
}
`

// alone is topology without the external account, beside which server.conf has no
// max_file.
var alone = strings.NewReplacer("account \"EXT\" {\n  external   = true\n  public_key = \"EXTKEY\"\n}\n", "", "  to \"EXT\" { expires = \"90d\" }\n", "").Replace(topology)

func public(id string) string {
	prefix := nkeys.PrefixByteAccount
	switch {
	case strings.HasPrefix(id, "operator/"):
		prefix = nkeys.PrefixByteOperator
	case strings.Contains(id, "/user/"):
		prefix = nkeys.PrefixByteUser
	}
	sum := sha256.Sum256([]byte(id))
	kp, err := nkeys.FromRawSeed(prefix, sum[:])
	if err != nil {
		panic(err)
	}
	key, err := kp.PublicKey()
	if err != nil {
		panic(err)
	}
	return key
}

func compile(t testing.TB, text string) *compiler.Topology {
	t.Helper()
	return compileWith(t, text, func(id string) (string, bool) { return public(id), true })
}

// compileWith takes public keys from keys.
func compileWith(t testing.TB, text string, keys schema.Keys) *compiler.Topology {
	t.Helper()
	text = strings.ReplaceAll(text, "EXTKEY", public("account/EXT"))
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl", Keys: keys})
	topology, more := compiler.Compile(config, keys)
	if diags = append(diags, more...); diags.HasErrors() {
		t.Fatal(diags)
	}
	return topology
}

// plan is a plan whose tokens have a text.
func plan(t testing.TB, topology *compiler.Topology, l *lock.Lock, now int64) *emit.Plan {
	t.Helper()
	p, diags := emit.NewPlan(topology, l, now)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p.NoSecrets = true
	if _, err := p.Fill(func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	return p
}

// state is what a plan renders, to compare another with.
func state(t testing.TB, p, with *emit.Plan, noTokens bool) *State {
	t.Helper()
	layout, err := emit.NewLayout(p, "t.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(Planned{Layout: layout, NoTokens: noTokens}, with)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// compare compares two topologies, of which the first is built.
func compare(t testing.TB, old, new string, later int64) *Report {
	t.Helper()
	built := plan(t, compile(t, old), lock.New(), start)
	p := plan(t, compile(t, new), built.Lock, start+later)
	was := state(t, built, p, false)
	for path := range was.claims {
		if !was.changed[path] {
			t.Errorf("the claims of %s are kept, and it does not change", path)
		}
	}
	return Compare(was, state(t, p, p, true), p, "the last build")
}

func text(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

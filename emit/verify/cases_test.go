package verify

import (
	"os"
	"testing"
	"time"

	"jsc/emit/keys"
)

// TestPublic proves what is open to all, for an account of its own.
func TestPublic(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    allow_direct = true
    consumer "C" {}
  }
}
account "B" {}
share "news" {
  from    = account.A
  subject = "news.>"
  public  = true
}
share "ask" {
  from    = account.A
  service = "ask.*"
  public  = true
}
share "in" {
  stream = account.A.stream.S
  mode   = "publish"
  public = true
}
`, Options{})
	if !r.OK() || len(r.Rows) < 3 {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	for i := range r.Rows {
		if r.Rows[i].To != "anybody" {
			t.Errorf("row %d is of importer %q", i, r.Rows[i].To)
		}
	}
}

// TestIdleGrant: what nobody answers, as the compiler has warned, is told and
// fails nothing.
func TestIdleGrant(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" { subjects = ["s.*"] }
}
account "B" {}
share "some" {
  stream          = account.A.stream.S
  filter_subjects = ["s.x"]
  to "B" { trusted = true }
}
`, Options{})
	idle := 0
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Result == Elsewhere && row.Grant == "get" {
			idle++
		}
	}
	if !r.OK() || idle != 1 {
		t.Errorf("%d idle grants:\n%s", idle, table(t, r))
	}
}

// TestImports proves imports without a share, and leaves those that come from
// elsewhere.
func TestImports(t *testing.T) {
	key := keys.Generate(keys.Account).PublicKey()
	r := verifyText(t, `
operator "O" {}
account "A" {
  export "news" { stream = "news.*.>" }
  export "ask" {
    service  = "ask.*"
    response = "stream"
  }
  export "mine" {
    service                = "mine.*.get"
    public                 = true
    account_token_position = 2
  }
}
account "B" {
  import "mine" {
    from          = account.A
    service       = "mine.${account.B.public_key}.get"
    local_subject = "get.mine"
  }
  import "news" {
    from          = account.A
    stream        = "news.*.>"
    local_subject = "from.a.$1.>"
  }
  import "ask" {
    from          = account.A
    service       = "ask.me"
    local_subject = "a.ask"
  }
  import "far" {
    from   = account.X
    stream = "far"
    token  = null
  }
}
account "X" {
  external   = true
  public_key = "`+key+`"
}
`, Options{})
	want := map[string]Result{"import/news": OK, "import/ask": OK, "import/mine": OK, "import/far": Elsewhere}
	if !r.OK() || len(r.Rows) != len(want) {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Result != want[row.Share] {
			t.Errorf("%s is %s", row.Share, row.Result)
		}
	}
}

// TestExternal proves a share for an account whose key is another's.
func TestExternal(t *testing.T) {
	key := keys.Generate(keys.Account).PublicKey()
	for _, format := range []string{"v1", "v2"} {
		r := verifyText(t, `
operator "O" {
  signing_key "s" {}
}
server { ack_format = "`+format+`" }
account "A" {
  jetstream {}
  signing_key "a" {}
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {}
  }
  key_value "K" {}
}
account "B" {
  external   = true
  public_key = "`+key+`"
}
share "pulled" {
  consumer = account.A.stream.S.consumer.C
  expires  = "2000-01-01"
  to "B" {}
}
share "keys" {
  key_value = account.A.key_value.K
  to "B" {}
}
`, Options{})
		if !r.OK() {
			t.Errorf("not all proved:\n%s", table(t, r))
		}
	}
}

// TestExternalWidely: of shares that overlap an external importer has a token each,
// and no account could import them all.
func TestExternalWidely(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
  }
}
account "B" {
  external   = true
  public_key = "`+keys.Generate(keys.Account).PublicKey()+`"
}
share "asks" {
  from    = account.A
  service = "ask.*"
  to "B" {}
}
share "price" {
  from    = account.A
  service = "ask.price"
  to "B" {}
}
share "news" {
  from    = account.A
  subject = "news.>"
  to "B" {}
}
share "sport" {
  from    = account.A
  subject = "news.sport"
  to "B" {}
}
`, Options{})
	if !r.OK() || len(r.Rows) != 4 {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
}

// TestHostileServer: nothing of the deployment is touched.
func TestHostileServer(t *testing.T) {
	dir := t.TempDir()
	r := verifyText(t, `
operator "O" {}
server {
  host      = "0.0.0.0"
  port      = 4222
  http_port = 8222
  jetstream { store_dir = "`+dir+`/store" }
  resolver {
    type = "full"
    dir  = "`+dir+`/jwt"
  }
  tls {
    cert_file = "/nowhere/cert.pem"
    key_file  = "/nowhere/key.pem"
  }
}
account "A" {
  limits {
    connections = 1
    payload     = 100
  }
  jetstream {
    disk               = "1MiB"
    max_bytes_required = true
  }
  stream "S" {
    subjects  = ["s.>"]
    max_bytes = 1000
    max_msgs  = 3
    discard   = "new"
    consumer "C" {
      max_batch = 1
      headers_only = true
    }
  }
}
account "B" {
  default_permissions {
    publish { deny = [">"] }
  }
}
share "pulled" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
}
`, Options{})
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	checkEmpty(t, dir)
}

func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Errorf("verify made %s", f.Name())
	}
}

// TestReplicas proves streams with replicas on a cluster.
func TestReplicas(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
server { cluster_size = 3 }
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    num_replicas = 3
    consumer "PULL" {}
    consumer "PUSH" {
      deliver_subject = "deliver.push"
      flow_control    = true
      idle_heartbeat  = "1s"
    }
  }
  key_value "K" { replicas = 3 }
}
account "B" {
  jetstream {}
  user "reader" {
    access { shares = [share.pulled, share.keys] }
  }
}
account "C" {}
share "pulled" {
  consumer = account.A.stream.S.consumer.PULL
  to "B" {}
}
share "pushed" {
  consumer = account.A.stream.S.consumer.PUSH
  to "B" {}
}
share "keys" {
  key_value = account.A.key_value.K
  mode      = "write"
  to "B" {}
}
share "copied" {
  stream = account.A.stream.S
  mode   = "source"
  to "B" { api_prefix = "COPY.API" }
}
`, Options{Patience: 5 * time.Second})
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	t.Logf("\n%s", table(t, r))
}

// TestOwnSource proves source shares with the streams that the topology makes
// of them.
func TestOwnSource(t *testing.T) {
	for mode, block := range map[string]string{
		"source": `source { share = share.x }`,
		"mirror": `mirror { share = share.x }`,
	} {
		r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" { subjects = ["s.>"] }
}
account "B" {
  jetstream {}
  stream "COPY" {
    max_bytes = "10KiB"
    `+block+`
  }
}
share "x" {
  stream = account.A.stream.S
  mode   = "`+mode+`"
  to "B" {}
}
`, Options{Messages: 20000, Size: 256})
		if !r.OK() {
			t.Errorf("not all proved:\n%s", table(t, r))
		}
	}
}

// TestLongSource copies 100,000 messages.
func TestLongSource(t *testing.T) {
	r := verifyText(t, kindTopology("source", "", "", ""), Options{Messages: 100_000, Size: 128})
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	t.Logf("\n%s", table(t, r))
}

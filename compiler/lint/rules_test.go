package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// said are the findings of some rules, as "rule: summary".
func said(diags hcl.Diagnostics, rules ...string) []string {
	var out []string
	for _, d := range diags {
		name := diag.Of(d).Rule.Name
		for _, r := range rules {
			if name == r {
				out = append(out, fmt.Sprintf("%d %s", d.Subject.Start.Line, d.Summary))
			}
		}
	}
	return out
}

// orders is an account with a stream, for what is beside it.
const orders = `
operator "O" {}
account "A" {
  jetstream {}
  stream "ORDERS" {
    subjects = ["orders.>"]
    max_age  = "1d"
    consumer "pull" {}
    consumer "push" {
      deliver_subject = "deliver.push"
      deliver_group   = "g"
    }
  }
%s
}
`

// Where a rule ends: what it does and does not speak of, beyond its examples.
func TestRules(t *testing.T) {
	inA := func(text string) string { return fmt.Sprintf(orders, text) }
	for _, c := range []struct {
		name, rule, text string
		want             []string
	}{
		{"a bounded stream has any of the limits", "stream-unbounded", `
operator "O" {}
account "A" {
  jetstream {}
  stream "AGE" { max_age = "1d" }
  stream "MSGS" { max_msgs = 10 }
  stream "EACH" { max_msgs_per_subject = 1 }
  stream "MIRROR" {
    mirror { name = "NONE" }
  }
  stream "NONE" { max_msg_size = 10 }
  key_value "KV" {}
}`, []string{`11 stream "NONE" of account "A" has neither max_bytes nor max_age nor max_msgs`}},
		{"an external operator's owner signs its token and runs its servers", "external-without-effect", `
operator "H" {
  external     = true
  public_key   = "OBBWZDR26WQNRFKNY2NGGF6HOHXH76AMZYWF4K2YQ53OTIURWE5JBY7I"
  tags         = ["a"]
  expires      = "1y"
}
server {
  version = "2.14"
  jetstream { domain = "hub" }
  resolver {
    type = "full"
    dir  = "/x"
  }
  tls {
    cert_file = "c"
    key_file  = "k"
  }
}
account "A" {}`, []string{
			`5 in the external operator "H" these have no effect: tags, expires`,
			`11 in the server block beside the external operator "H" these have no effect: resolver, tls`,
		}},
		{"an external account's exports and imports are judged, all else is its owner's", "external-without-effect", `
operator "O" {}
account "A" {
  export "a" {
    service = "a"
    public  = true
  }
}
account "IS" {
  external   = true
  public_key = "AAAF65UY573CQY7PAYUXUPWDGVF6T2J5FKWUJN2CFO42HDDW77O7ZYUX"
  export "is" {
    service = "is"
    public  = true
  }
  import "a" {
    from    = account.A
    service = "a"
  }
}
account "DOES" {
  external   = true
  public_key = "AC35UY2NGORFRMSO7SUTUO6ORWFEVMKUCMX7VEORIDT5VPNP4LMPIVSI"
  user "u" {}
  stream "S" { max_age = "1d" }
  jetstream {}
  key_value "KV" {}
  user "v" {}
}`, []string{`24 in the external account "DOES" these have no effect: user, stream, jetstream, key_value`}},
		{"one that is wrongly bounded is not unbounded", "stream-unbounded", `
operator "O" {}
account "A" {
  jetstream {}
  stream "AGE" { max_age = "1day" }
}`, nil},
		{"a user with one side said is restricted", "user-unrestricted", inA(`
  user "said" {
    publish { deny = ["x"] }
  }
  user "all" {}`), []string{`18 user "all" may do everything in account "A"`}},
		{"defaults restrict", "user-unrestricted", inA(`
  default_permissions {
    publish { allow = ["orders.>"] }
  }
  user "all" {}`), nil},
		{"a scoped user is as its role", "user-unrestricted", inA(`
  signing_key "wide" {
    role {}
  }
  signing_key "narrow" {
    role {
      publish { allow = ["orders.>"] }
    }
  }
  user "w" { signing_key = "wide" }
  user "n" { signing_key = "narrow" }`), []string{`23 user "w" may do everything in account "A"`}},
		{"a role makes bearers", "bearer-user", inA(`
  signing_key "web" {
    role { bearer = true }
  }
  user "w" { signing_key = "web" }`), []string{`16 user "w" is a bearer user: its token alone lets anybody in`}},
		{"the system account's users may do less", "user-unrestricted", `
operator "O" {}
account "SYS" {
  user "admin" {}
}`, nil},
		{"push alone gives the claims", "sys-user-unrestricted", `
operator "O" {}
account "SYS" {
  user "reader" {}
  user "pusher" { push = true }
  user "narrow" {
    push = true
    publish { allow = ["$SYS.REQ.SERVER.PING"] }
  }
}`, []string{`5 user "pusher" of the system account can replace accounts on the servers`}},
		{"a user's own prefix is its own", "shared-inbox", inA(`
  user "one" {
    access { publish = [account.A.stream.ORDERS] }
  }
  user "two" {
    access { publish = [account.A.stream.ORDERS] }
  }`), nil},
		{"a written permission covers others' inboxes", "shared-inbox", inA(`
  user "one" {
    access { publish = [account.A.stream.ORDERS] }
  }
  user "two" {
    subscribe { allow = ["orders.>", "_INBOX.>"] }
  }`), []string{`19 user "two" can read the replies to other users of account "A"`}},
		{"alone nobody else's inbox is read", "shared-inbox", inA(`
  user "two" {
    subscribe { allow = ["_INBOX.>"] }
  }`), nil},
		{"users that are each other's other end", "unreachable-permission", inA(`
  user "asks" {
    publish { allow = ["help.me", "$JS.API.>", "nobody.there"] }
  }
  user "answers" {
    subscribe { allow = ["help.*", "deliver.push g"] }
  }`), []string{`16 the permission of user "asks" to publish "nobody.there" matches no subject of its account`}},
		{"an unrestricted user can be anybody's other end", "unreachable-permission", inA(`
  user "asks" {
    publish { allow = ["nobody.there"] }
  }
  user "all" {}`), nil},
		{"a role's users too", "unreachable-permission", inA(`
  signing_key "k" {
    role {
      subscribe { allow = ["tenant.{{name()}}.in"] }
    }
  }
  user "asks" {
    publish { allow = ["tenant.x.in", "tenant.x.out"] }
  }`), []string{`21 the permission of user "asks" to publish "tenant.x.out" matches no subject of its account`}},
		{"an account without subjects is its clients'", "unreachable-permission", `
operator "O" {}
account "A" {
  user "u" {
    publish { allow = ["anything"] }
  }
}`, nil},
		{"a public export of the API", "public-jetstream-api", inA(`
  export "bucket" {
    service = "$KV.b.>"
    public  = true
  }
  export "private" { service = "$JS.API.STREAM.INFO.ORDERS" }
  export "plain" {
    service = "help.me"
    public  = true
  }`), []string{`16 "$KV.b.>" is public: every account can reach a bucket's keys`}},
		{"what gives too much", "over-grant", inA(`
  export "streams" { service = "$JS.API.STREAM.*.*" }
  export "next" { service = "$JS.API.CONSUMER.MSG.NEXT.ORDERS.*" }
  export "all" { stream = ">" }`), []string{
			`15 the export "$JS.API.STREAM.*.*" gives the deletion of every stream`,
			`17 the export ">" gives every subject of the account`}},
		{"a shared subject can be wide too", "wildcard-export-wide", inA(`
}
account "B" {}
share "s" {
  subject = "*.orders"
  from    = account.A
  to "B" {}
}
share "t" {
  service                = "*.ask"
  from                   = account.A
  public                 = true
  account_token_position = 1
}
locals {`), []string{`18 the export "*.orders" covers more than it seems to name`}},
		{"a shell ate it in a permission", "dollar-stripped", inA(`
  user "u" {
    publish { allow = [".API.CONSUMER.INFO.ORDERS.pull", ".x"] }
  }`), []string{`16 ".API.CONSUMER.INFO.ORDERS.pull" looks as if a shell had removed a word that begins with $`}},
		{"a longer threshold of the export would do", "long-poll-threshold", strings.Replace(inA(`
}
account "B" {}
share "s" {
  consumer = account.A.stream.ORDERS.consumer.pull
  to "B" {}
}
locals {`), `"pull" {}`, `"pull" { max_expires = "3m" }`, 1),
			[]string{`8 pulls of consumer "pull" may wait 3m, and share "s" answers for 2m`}},
		{"streams source from push consumers", "push-over-pull", `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    max_age = "1d"
    consumer "copy" {
      deliver_subject = "copy.s"
      ack_policy      = "flow_control"
      flow_control    = true
      idle_heartbeat  = "1s"
      max_ack_pending = 1000
    }
  }
}`, nil},
		{"flow control that ack_policy implies", "flow-control-queue", inA(`
  stream "S" {
    max_age = "1d"
    consumer "C" {
      deliver_subject = "deliver.c"
      deliver_group   = "g"
      ack_policy      = "flow_control"
    }
  }`), []string{`19 consumer "C" has flow control and a deliver group, which clients refuse to create`}},
		{"copies for all may go without a group", "share-push-no-deliver-group", `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    max_age = "1d"
    consumer "c" {
      deliver_subject = "copies"
      ack_policy      = "none"
    }
  }
}
account "B" {}
share "s" {
  consumer = account.A.stream.S.consumer.c
  to "B" {}
}`, nil},
		{"the same subject is no other one", "deliver-remapped", inA(`
}
account "B" {}
share "s" {
  consumer = account.A.stream.ORDERS.consumer.push
  to "B" { local_subject = "deliver.push" }
}
locals {`), nil},
		{"moments, and durations of shares", "expires-soon", inA(`
  user "soon" { expires = "2027-02-01" }
  user "later" { expires = "2027-03-01" }
  user "short" { expires = "8h" }
}
account "B" {}
share "s" {
  consumer = account.A.stream.ORDERS.consumer.pull
  to "B" { expires = "2d" }
}
share "t" {
  consumer = account.A.stream.ORDERS.consumer.push
  expires  = "2027-01-20"
  to "B" {}
}
locals {`), []string{
			`15 user "soon" expires at 2027-02-01T00:00:00Z`,
			`22 the access of account "B" to share "s" expires after 2d`,
			`26 the access of account "B" to share "t" expires at 2027-01-20T00:00:00Z`}},
		{"a source that nobody copies", "unused-share-grant", inA(`
}
account "B" {
  jetstream {}
  stream "COPY" {
    max_age = "1d"
    source { share = share.used }
  }
}
share "used" {
  stream = account.A.stream.ORDERS
  mode   = "source"
  to "B" {}
}
share "unused" {
  stream = account.A.stream.ORDERS
  mode   = "source"
  to "B" {}
}
locals {`), []string{`31 share "unused" grants a copy to account "B", which nobody uses`}},
		{"a user without permissions may use everything", "unused-share-grant", inA(`
}
account "B" {
  user "none" {
    access {}
  }
  user "all" {}
}
share "s" {
  consumer = account.A.stream.ORDERS.consumer.pull
  to "B" {}
}
locals {`), nil},
		{"permissions by hand may do", "importer-has-no-user-for-share", inA(`
}
account "B" {
  user "hand" {
    publish { allow = ["A.API.CONSUMER.MSG.NEXT.ORDERS.pull", "$JS.ACK.ORDERS.pull.>"] }
  }
}
share "s" {
  consumer = account.A.stream.ORDERS.consumer.pull
  to "B" {}
}
share "t" {
  consumer = account.A.stream.ORDERS.consumer.push
  to "B" {}
}
locals {`), []string{`27 no user of account "B" may use share "t"`}},
		{"an account with limited JetStream has limits", "no-account-limits", `
operator "O" {}
account "A" {
  jetstream { disk = "1GiB" }
}
account "B" {
  jetstream {}
}
account "C" {
  limits { connections = 10 }
}`, []string{`6 account "B" has no limits`}},
		{"loopback needs no TLS", "server-plaintext", `
operator "O" {}
server { host = "::1" }
account "A" {}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, said(findings(t, c.text, nil), c.rule)); diff != "" {
				t.Errorf("findings of %s (-want +got):\n%s", c.rule, diff)
			}
		})
	}
}

// With a mistake elsewhere nothing is said that only a whole topology can tell.
func TestBrokenTopology(t *testing.T) {
	text := diag.Lookup("unused-local").Bad() + "account \"B\" {\n  user \"u\" {}\n  stream \"S\" { max_age = \"1day\" }\n}\n"
	all := findings(t, text, nil)
	if n := count(all, "unused-local"); n != 0 {
		t.Errorf("what is not used is told, though not all could be read: %v", all)
	}
	if n := count(all, "user-unrestricted"); n != 1 {
		t.Errorf("what can be told is not: %v", all)
	}
}

// Topologies with every kind of mistake are judged without harm.

func TestFixtures(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "errors", "*.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		findings(t, string(text), nil)
	}
}

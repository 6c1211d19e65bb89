package compiler_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// manyTenants is what the topologies of manyMistakes begin with: a thousand
// names, each with the next one in a ring.
const manyTenants = `
operator "O" {}
locals {
  t = { for i in range(1000) : format("t%04d", i) => format("t%04d", (i + 1) % 1000) }
}
`

// manyMistakes are topologies of a thousand tenants in which every one has the
// same mistake.
var manyMistakes = []struct {
	name, text string
	rules      []string // what is said, a line each
}{
	{"ring of services", `
account "t" {
  for_each = local.t
  name = each.key
  export "x" {
    service = "x"
    public = true
  }
  import "x" {
    from = account.t[each.value]
    service = "x"
  }
}
`, []string{"import-cycle"}},
	{"ring of pulls", `
account "t" {
  for_each = local.t
  name = each.key
  jetstream {}
  stream "S" {
    consumer "C" {}
  }
}
share "s" {
  for_each = local.t
  consumer = account.t[each.key].stream.S.consumer.C
  to "x" {
    account = account.t[each.value]
  }
}
`, []string{"share-ack-collision"}},
	{"all collide in one", `
account "hub" {
  jetstream {}
}
account "t" {
  for_each = local.t
  name = each.key
  jetstream {}
  stream "S" {
    consumer "C" {}
  }
}
share "s" {
  for_each = local.t
  consumer = account.t[each.key].stream.S.consumer.C
  to "hub" {
    api_prefix = "P"
  }
}
`, []string{"import-collision", "share-ack-collision"}},
	{"one consumer for all", `
account "hub" {
  jetstream {}
  stream "S" {
    consumer "C" {
      deliver_subject = "d"
    }
    consumer "D" { deliver_subject = "s" }
  }
}
account "t" {
  for_each = local.t
  name = each.key
}
share "s" {
  consumer = account.hub.stream.S.consumer.C
  to "t" {
    for_each = local.t
    account = account.t[each.key]
  }
}
share "read" {
  stream = account.hub.stream.S
  to "t" {
    for_each = local.t
    account = account.t[each.key]
  }
}
`, []string{"share-consumer-create", "share-consumer-many"}},
	{"no jetstream", `
account "t" {
  for_each = local.t
  name = each.key
  stream "S" {
    consumer "C" {}
  }
}
share "s" {
  for_each = local.t
  consumer = account.t[each.key].stream.S.consumer.C
  to "x" {
    account = account.t[each.value]
  }
}
`, []string{"share-ack-collision", "share-jetstream-off"}},
	{"duplicate names", `
account "t" {
  for_each = local.t
  name = "same"
}
account "u" {
  for_each = local.t
  name = each.key
  user "a" {
    for_each = toset(["1", "2"])
    name = "u"
  }
}
share "s" {
  for_each = local.t
  name = "same"
  from = account.u[each.key]
  subject = "a"
  to "x" {
    account = account.u[each.value]
  }
}
`, []string{"duplicate-name", "duplicate-name", "duplicate-name"}},
	{"overlapping exports", `
account "hub" {
  export "e" {
    for_each = local.t
    service = "a.${each.key}"
    response = each.key == "t00000" ? "stream" : "single"
  }
  export "w" {
    service = "a.*"
    response = "chunked"
  }
  export "v" {
    service = "*.b"
  }
}
account "t" {
  for_each = local.t
  name = each.key
}
share "s" {
  for_each = local.t
  from = account.hub
  service = "a.*"
  response = "stream"
  to "x" {
    account = account.t[each.key]
  }
}
`, []string{"export-overlap", "export-overlap", "export-overlap"}},
	{"exports that overlap each other", `
account "hub" {
  export "e" {
    for_each = toset([for i in range(2000) : tostring(i)])
    service = "*.${each.key}"
    response = "stream"
  }
  export "f" {
    for_each = toset([for i in range(2000) : tostring(i)])
    service = "${each.key}.*"
  }
}
`, []string{"export-overlap"}},
	{"revoked users that are not there", `
account "hub" {
  user "u" {
    for_each = toset([for i in range(20000) : tostring(i)])
  }
  revoke "r" {
    for_each = toset([for i in range(20000) : tostring(i)])
    user = "v-${each.key}"
  }
}
`, []string{"unknown-reference"}},
	{"import without export", `
account "hub" { }
account "t" {
  for_each = local.t
  name = each.key
  import "i" {
    from = account.hub
    service = "a.b"
  }
}
share "s" {
  for_each = local.t
  from = account.hub
  service = "a.c"
  to "x" {
    account = account.t[each.key]
  }
}
`, []string{"import-without-export"}},
	{"inboxes", `
account "hub" {
  jetstream {}
  key_value "K" {}
  user "u" { inbox_prefix = "_INBOX_X" }
}
account "t" {
  for_each = local.t
  name = each.key
}
share "s" {
  key_value = account.hub.key_value.K
  to "x" {
    for_each = local.t
    account = account.t[each.key]
    inbox_prefix = "_INBOX_X"
  }
}
`, []string{"inbox-prefix", "share-consumer-create"}},
	{"streams of one account overlap", `
account "hub" {
  jetstream {}
  stream "s" {
    for_each = local.t
    subjects = ["a.>"]
  }
}
`, []string{"stream-subject-overlap"}},
	{"same imports collide", `
account "hub" {
  import "x" {
    for_each = local.t
    from = account.t[each.key]
    service = "x"
  }
}
account "t" {
  for_each = local.t
  name = each.key
  export "x" {
    service = "x"
  }
}
`, []string{"import-collision"}},
}

// TestManyMistakes holds what is said of a thousand equal mistakes to a few
// lines that can be read. That it takes no time is seen where it does: what
// compared every tenant with every other took minutes.
func TestManyMistakes(t *testing.T) {
	for _, c := range manyMistakes {
		t.Run(c.name, func(t *testing.T) {
			tree := fstest.MapFS{"t.hcl": {Data: []byte(manyTenants + c.text)}}
			config, diags := schema.Load(schema.Options{Tree: tree, Path: "t.hcl"})
			_, more := compiler.Compile(config, nil)
			var rules []string
			for _, d := range diag.Sort(append(diags, more...)) {
				rules = append(rules, diag.Of(d).Rule.Name)
				if len(d.Summary) > 300 || strings.Contains(d.Summary, "\n") {
					t.Errorf("a message of %d bytes: %s", len(d.Summary), d.Summary)
				}
			}
			slices.Sort(rules)
			if diff := cmp.Diff(c.rules, rules); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

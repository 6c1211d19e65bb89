package schema

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// tenantTopology is ten thousand tenants from a CSV.
const tenantTopology = `
locals {
  tenants = { for t in csvdecode(file("tenants.csv")) : t.name => t }
}

account "tenant" {
  for_each    = local.tenants
  description = "tenant ${each.key}"

  limits { connections = each.value.connections == "" ? "unlimited" : tonumber(each.value.connections) }

  jetstream {
    disk    = "1GiB"
    streams = 5
  }

  stream "ORDERS" {
    subjects  = ["orders.${each.key}.>"]
    max_bytes = "10MiB"

    consumer "PUSH" {
      deliver_subject = "deliver.${each.key}"
      deliver_group   = "workers"
    }

    consumer "PULL" {
      max_ack_pending = 100
    }
  }

  user "app" {
    access { publish = [account.tenant[each.key].stream.ORDERS] }
  }
}

share "push" {
  for_each = local.tenants
  consumer = account.tenant[each.key].stream.ORDERS.consumer.PUSH

  to "next" { account = account.tenant[each.value.next] }
}

share "pull" {
  for_each = local.tenants
  consumer = account.tenant[each.key].stream.ORDERS.consumer.PULL

  to "after" { account = account.tenant[each.value.after] }
}
`

// tenantTree is a topology of n tenants.
func tenantTree(n int) fstest.MapFS {
	var csv strings.Builder
	csv.WriteString("name,connections,next,after\n")
	for i := range n {
		fmt.Fprintf(&csv, "t%05d,%d,t%05d,t%05d\n", i, 10+i%90, (i+1)%n, (i+2)%n)
	}
	return fstest.MapFS{"topology.hcl": {Data: []byte(tenantTopology)}, "tenants.csv": {Data: []byte(csv.String())}}
}

// BenchmarkLoadTenants loads 10,000 tenants from a CSV.
func BenchmarkLoadTenants(b *testing.B) {
	tree := tenantTree(10_000)
	b.ReportAllocs()
	for b.Loop() {
		c, diags := Load(Options{Tree: tree, Path: "topology.hcl"})
		if len(diags) > 0 || len(c.Accounts) != 10_000 {
			b.Fatal(diags, len(c.Accounts))
		}
	}
}

// plainTopology is about 4 MB of HCL without a for_each.
func plainTopology() []byte {
	var src strings.Builder
	for i := 0; src.Len() < 4<<20; i++ {
		fmt.Fprintf(&src, `account "t%05d" {
  description = "tenant %d"
  jetstream {
    disk    = "1GiB"
    streams = 5
  }
  stream "ORDERS" {
    subjects  = ["orders.t%05d.>"]
    max_bytes = "10MiB"
    consumer "PUSH" {
      deliver_subject = "deliver.t%05d"
      deliver_group   = "workers"
    }
  }
  user "app" {
    access { publish = [account.t%05d.stream.ORDERS] }
  }
}
`, i, i, i, i, i)
	}
	return []byte(src.String())
}

// BenchmarkLoadPlain loads 4 MB of HCL that is written out.
func BenchmarkLoadPlain(b *testing.B) {
	tree := fstest.MapFS{"topology.hcl": {Data: plainTopology()}}
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := Load(Options{Tree: tree, Path: "topology.hcl"}); len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}

// BenchmarkParsePlain is what HCL's parser alone takes for the same bytes.
func BenchmarkParsePlain(b *testing.B) {
	data := plainTopology()
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := hclsyntax.ParseConfig(data, "topology.hcl", hcl.InitialPos); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

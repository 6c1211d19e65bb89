package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// head reads the tenants from a CSV.
const head = `operator "SCALE" {
  system_account = account.SYS
}

account "SYS" {
  user "push" { push = true }
}

locals {
  tenants = { for t in csvdecode(file("tenants.csv")) : t.name => t }
}

`

// topology has for each tenant an account with limits, a stream, a push and a
// pull consumer and a user, who shares the one consumer with the next tenant and
// the other with the one after.
const topology = head + `account "tenant" {
  for_each    = local.tenants
  name        = each.key
  description = "tenant ${each.key}"

  limits { connections = tonumber(each.value.connections) }

  jetstream {
    disk    = "1GiB"
    streams = 5
  }

  stream "ORDERS" {
    name      = "ORDERS-${each.key}"
    subjects  = ["orders.${each.key}.>"]
    max_bytes = "10MiB"

    consumer "PUSH" {
      name            = "PUSH-${each.key}"
      deliver_subject = "deliver.${each.key}"
      deliver_group   = "workers"
    }

    consumer "PULL" {
      name            = "PULL-${each.key}"
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

// writeTopology writes a topology of n tenants into dir.
func writeTopology(dir, topology string, n int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "topology.hcl"), []byte(topology), 0o644); err != nil {
		return err
	}
	return writeTenants(dir, n, 0)
}

// writeTenants writes the tenants, one of whom, in the middle, may have
// connections beyond what it has at first.
func writeTenants(dir string, n, beyond int) error {
	var csv strings.Builder
	csv.WriteString("name,connections,next,after\n")
	for i := range n {
		connections := 10 + i%90
		if i == n/2 {
			connections += beyond
		}
		fmt.Fprintf(&csv, "t%05d,%d,t%05d,t%05d\n", i, connections, (i+1)%n, (i+2)%n)
	}
	return os.WriteFile(filepath.Join(dir, "tenants.csv"), []byte(csv.String()), 0o644)
}

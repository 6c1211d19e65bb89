package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// tenantsTopology is a line of accounts, each of which shares a push consumer
// with the next and a pull consumer with the one after.
const tenantsTopology = `
operator "SCALE" {
  signing_key "2026" {}
}
locals {
  tenants = { for t in csvdecode(file("tenants.csv")) : t.name => t }
}
account "tenant" {
  for_each = local.tenants
  name     = each.key
  limits { connections = 100 }
  jetstream {
    disk    = "1GiB"
    streams = 5
  }
  stream "ORDERS" {
    name      = "ORDERS-${each.key}" # unique: acks of two would meet otherwise
    subjects  = ["orders.${each.key}.>"]
    max_bytes = "10MiB"
    consumer "PUSH" {
      deliver_subject = "deliver.${each.key}"
      deliver_group   = "workers"
    }
    consumer "PULL" { max_ack_pending = 100 }
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

// BenchmarkGuard is what a pull request on 1,000 tenants costs, command by
// command, as the command line has them; the output folder is built and
// committed. peak-MB is the heap at its largest, in 10^6 bytes.
func BenchmarkGuard(b *testing.B) {
	const n = 1000
	dir := b.TempDir()
	b.Chdir(dir)
	b.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	file := func(name, text string) {
		b.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	var csv strings.Builder
	csv.WriteString("name,next,after\n")
	for i := range n {
		fmt.Fprintf(&csv, "t%04d,t%04d,t%04d\n", i, (i+1)%n, (i+2)%n)
	}
	jsc := func(b *testing.B, want int, args ...string) {
		b.Helper()
		var stderr bytes.Buffer
		if code := run(args, strings.NewReader(""), io.Discard, &stderr); code != want {
			b.Fatalf("jsc %q exits %d: %s", args, code, &stderr)
		}
	}
	file("tenants.csv", csv.String())
	file("topology.hcl", tenantsTopology)
	jsc(b, exitDone, "build", "--generate-keys", "--quiet")
	gitIn(b, dir, "init", "-q", "-b", "main")
	gitIn(b, dir, "add", "-A") // the keys have a .gitignore
	gitIn(b, dir, "commit", "-q", "-m", "base")
	all := strings.Replace(tenantsTopology, `disk    = "1GiB"`, `disk    = "2GiB"`, 1)
	for _, c := range []struct {
		name, topology string
		code           int
		args           []string
	}{
		{"lint", tenantsTopology, exitDone, []string{"lint"}},
		{"lint base", tenantsTopology, exitDone, []string{"lint", "--base=main"}},
		{"check", tenantsTopology, exitDone, []string{"check"}},
		{"check base", tenantsTopology, exitDone, []string{"check", "--base=main", "--require-trust"}},
		{"check unsigned", all, exitDone, []string{"check", "--base=main", "--unsigned"}},
		{"check all stale", all, exitDiffers, []string{"check", "--base=main", "--require-trust"}},
		{"plan nothing", tenantsTopology, exitDone, []string{"plan"}},
		{"plan all", all, exitDone, []string{"plan"}},
		{"plan against", all, exitDone, []string{"plan", "--against=main", "--format=markdown"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			file("topology.hcl", c.topology)
			var m runtime.MemStats
			peak := uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				jsc(b, c.code, c.args...)
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
			b.ReportMetric(float64(peak)/1e6, "peak-MB")
		})
	}
}

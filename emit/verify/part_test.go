package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jsc/compiler"
)

// ringOf is a topology of tenants of which each shares a stream with the next,
// and news with all.
func ringOf(t *testing.T, tenants int) *compiler.Topology {
	return compile(t, fmt.Sprintf(`
locals { next = { for i in range(%[1]d) : format("t%%03d", i) => format("t%%03d", (i + 1) %% %[1]d) } }
operator "O" {}
account "tenant" {
  for_each = local.next
  name     = each.key
  jetstream { disk = "1GiB" }
  stream "S" {
    name      = "S-${each.key}"
    subjects  = ["s.${each.key}.>"]
    max_bytes = "1MiB"
    consumer "PULL" { name = "PULL-${each.key}" }
  }
}
share "next" {
  for_each = local.next
  consumer = account.tenant[each.key].stream.S.consumer.PULL
  to "next" { account = account.tenant[each.value] }
}
share "news" {
  for_each = local.next
  from     = account.tenant[each.key]
  subject  = "news.${each.key}.>"
  public   = true
}
`, tenants))
}

// partOf is the run of one share of the ring.
func partOf(t *testing.T, tenants int, name string) *run {
	t.Helper()
	top := ringOf(t, tenants)
	shares := keep(top.Shares, func(s *compiler.Share) bool { return s.Name == name })
	v, err := newRun(t.Context(), top, shares, Options{Shares: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPart: where some shares are proved, there are the accounts that these need,
// and no more, however long the way that their imports lead.
func TestPart(t *testing.T) {
	const tenants, name = 80, "next-t040"
	v := partOf(t, tenants, name)
	if n := strings.Count(string(v.files["resolver.conf"]), ": \"eyJ"); n < 2+mostOthers || n > 3+mostOthers { // with the system account or not
		t.Errorf("%d accounts are deployed", n)
	}
	report, err := Run(t.Context(), ringOf(t, tenants), Options{Shares: []string{name}, Messages: 10})
	if err != nil || !report.OK() {
		t.Fatalf("%v, %+v", err, report)
	}
	told := fmt.Sprintf("%d of %d tried, all refused", mostOthers, tenants-2)
	if !slices.ContainsFunc(report.Rows, func(r Row) bool { return r.Detail == told }) {
		t.Errorf("no row says %q: %+v", told, report.Rows)
	}
}

// TestPartPublic: of what is open to all only the chosen shares are imported.
func TestPartPublic(t *testing.T) {
	for name, want := range map[string]int{"next-t001": 0, "news-t001": 1} {
		got := 0
		for _, a := range partOf(t, 3, name).t.Accounts {
			if a.Name == "anybody" {
				got += len(a.Imports)
			}
		}
		if got != want {
			t.Errorf("for share %s anybody has %d imports, not %d", name, got, want)
		}
	}
}

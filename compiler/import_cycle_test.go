package compiler

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"pgregory.net/rapid"
)

// TestImportCyclesAreTheServers draws imports between few accounts, which all
// export everything, and gives them to server accounts: every import but one is
// there, then that one is added. It is refused for a cycle there when it is
// reported here.
func TestImportCyclesAreTheServers(t *testing.T) {
	found := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		topology := drawImports(t)
		cyclic := cyclicImports(topology)
		for _, a := range topology.Accounts {
			for _, last := range a.Imports {
				refused, comparable := refusedLast(t, topology, last)
				if !comparable {
					continue
				}
				found[refused]++
				if refused != cyclic[last] {
					t.Errorf("%s: refused by the server %v, reported here %v", last.Name, refused, cyclic[last])
				}
			}
		}
	})
	t.Logf("%d cycles, %d others", found[true], found[false])
	if found[true] == 0 || found[false] == 0 {
		t.Errorf("%d cycles and %d others tell nothing", found[true], found[false])
	}
}

// drawImports draws a topology of three accounts with imports of one another.
func drawImports(t *rapid.T) *Topology {
	topology := &Topology{}
	for _, name := range []string{"A", "B", "C"} {
		topology.Accounts = append(topology.Accounts, &Account{Name: name, Exports: []*Export{
			{Type: StreamType, Subject: ">"}, {Type: ServiceType, Subject: ">"},
		}})
	}
	n := rapid.IntRange(3, 6).Draw(t, "imports")
	for k := range n {
		from := rapid.IntRange(0, 2).Draw(t, "from")
		to := topology.Accounts[(from+rapid.IntRange(1, 2).Draw(t, "to"))%3]
		i := &Import{
			From:    topology.Accounts[from],
			Type:    rapid.SampledFrom([]Type{StreamType, ServiceType}).Draw(t, "type"),
			Subject: rapid.SampledFrom([]string{"a", "b", "*", "a.b", "a.*"}).Draw(t, "subject"),
		}
		i.Local = i.Subject
		if rapid.Bool().Draw(t, "mapped") {
			i.Local = "l." + i.Subject
		}
		i.Name = fmt.Sprintf("%d: %s imports %s %q of %s as %q", k, to.Name, i.Type, i.Subject, i.From.Name, i.Local)
		to.Imports = append(to.Imports, i)
	}
	return topology
}

// cyclicImports are the imports that are reported.
func cyclicImports(topology *Topology) map[*Import]bool {
	cyclic := map[*Import]bool{}
	for i := range findImportCycles(topology) {
		cyclic[i] = true
	}
	return cyclic
}

// refusedLast reports whether a server refuses an import for a cycle when all
// others are there; they are not where one of them is refused already.
func refusedLast(t *rapid.T, topology *Topology, last *Import) (refused, comparable bool) {
	accounts := map[*Account]*server.Account{}
	for _, a := range topology.Accounts {
		acc := server.NewAccount(a.Name)
		if err := errors.Join(acc.AddStreamExport(">", nil), acc.AddServiceExport(">", nil)); err != nil {
			t.Fatal(err)
		}
		accounts[a] = acc
	}
	add := func(to *Account, i *Import) error {
		if i.Type == StreamType {
			return accounts[to].AddMappedStreamImport(accounts[i.From], i.Subject, i.Local)
		}
		return accounts[to].AddServiceImport(accounts[i.From], i.Local, i.Subject)
	}
	var owner *Account
	for _, a := range topology.Accounts {
		for _, i := range a.Imports {
			if i == last {
				owner = a
			} else if add(a, i) != nil {
				return false, false
			}
		}
	}
	switch err := add(owner, last); {
	case errors.Is(err, server.ErrImportFormsCycle):
		return true, true
	case err == nil:
		return false, true
	}
	return false, false // a duplicate
}

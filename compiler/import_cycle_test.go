package compiler

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"pgregory.net/rapid"

	"jsc/schema"
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

// cyclicImports are the imports that a cycle passes or follows, each found by
// itself.
func cyclicImports(topology *Topology) map[*Import]bool {
	cyclic := map[*Import]bool{}
	c := newImportCycles(topology)
	for _, a := range topology.Accounts {
		for _, i := range a.Imports {
			cyclic[i] = len(c.of(a, i)) > 0
		}
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

// TestCyclesAreTold holds what is reported to what is found: whenever there is
// a cyclic import something is said, and never of an import that is not one.
func TestCyclesAreTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		topology := drawImports(t)
		cyclic := 0
		for _, is := range cyclicImports(topology) {
			if is {
				cyclic++
			}
		}
		p := &pass{t: topology}
		for _, a := range topology.Accounts {
			a.Src = &schema.Account{Head: schema.Head{Name: a.Name}}
		}
		p.checkImportCycles()
		if said := len(p.diags); (said > 0) != (cyclic > 0) || said > cyclic {
			t.Errorf("%d of %d cyclic imports are told", said, cyclic)
		}
	})
}

// TestCyclesAmongMany finds the same cycles in accounts with so much that it is
// indexed as in those whose imports and exports are looked through.
func TestCyclesAmongMany(t *testing.T) {
	found := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		topology := drawImports(t)
		for _, a := range topology.Accounts {
			a.Exports[0].Subject = rapid.SampledFrom([]string{">", "a", "l.>"}).Draw(t, "exported")
		}
		few := cyclicImports(topology)
		for _, a := range topology.Accounts {
			for n := range maxWalked + 1 {
				for _, typ := range []Type{StreamType, ServiceType} {
					apart := fmt.Sprintf("apart.%d", n)
					a.Imports = append(a.Imports, &Import{From: &Account{}, Type: typ, Subject: apart, Local: apart})
					a.Exports = append(a.Exports, &Export{Type: typ, Subject: apart})
				}
			}
		}
		many := cyclicImports(topology)
		for i, is := range few {
			found[is]++
			if many[i] != is {
				t.Errorf("%s: among few %v, among many %v", i.Name, is, many[i])
			}
		}
	})
	if found[true] == 0 || found[false] == 0 {
		t.Errorf("%d cycles and %d others tell nothing", found[true], found[false])
	}
}

// TestCycleEndsUnexported has no cycle of a stream where one of its accounts
// does not export what it sees.
func TestCycleEndsUnexported(t *testing.T) {
	a, b := &Account{Name: "A"}, &Account{Name: "B"}
	first := &Import{From: b, Type: StreamType, Subject: "s", Local: "s"}
	a.Imports = []*Import{first}
	b.Imports = []*Import{{From: a, Type: StreamType, Subject: "s", Local: "s"}}
	for exported, cyclic := range map[string]bool{"s": true, "other": false} {
		a.Exports = []*Export{{Type: StreamType, Subject: "s"}}
		b.Exports = []*Export{{Type: StreamType, Subject: exported}}
		if got := cyclicImports(&Topology{Accounts: []*Account{a, b}})[first]; got != cyclic {
			t.Errorf("B exports %q: a cycle is %v", exported, got)
		}
	}
}

func TestCyclePath(t *testing.T) {
	for n, want := range map[int]string{
		1:    `"0" ← "1"`,
		7:    `"0" ← "1" ← "2" ← "3" ← "4" ← "5" ← "6" ← "7"`,
		8:    `"0" ← "1" ← "2" ← "3" ← "4" ← "5" ← "6" ← … and 1 more ← "8"`,
		1000: `"0" ← "1" ← "2" ← "3" ← "4" ← "5" ← "6" ← … and 993 more ← "1000"`,
	} {
		var passed []*Import
		for i := range n {
			passed = append(passed, &Import{From: &Account{Name: fmt.Sprint(i + 1)}})
		}
		if got := cyclePath(&Account{Name: "0"}, passed); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

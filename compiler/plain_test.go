package compiler

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestPlainAccounts walks from every import of accounts that import from each
// other at random, and finds the same whether plain accounts are known or not.
func TestPlainAccounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	plain, cycles := 0, 0
	for range 5000 {
		topology := &Topology{}
		for i := range 1 + random.IntN(8) {
			a := &Account{Name: strconv.Itoa(i)}
			a.Exports = []*Export{{Type: StreamType, Subject: "s"}}
			topology.Accounts = append(topology.Accounts, a)
		}
		accounts := topology.Accounts
		for range random.IntN(2 * len(accounts)) {
			x, y := random.IntN(len(accounts)), random.IntN(len(accounts))
			if x == y {
				continue
			}
			typ := []Type{ServiceType, StreamType}[random.IntN(2)]
			s := []string{"s", "s", "t"}[random.IntN(3)]
			accounts[x].Imports = append(accounts[x].Imports, &Import{From: accounts[y], Type: typ, Subject: s, Local: s})
		}
		known, unknown := newImportCycles(topology), newImportCycles(topology)
		unknown.services.plain, unknown.streams.plain = nil, nil
		for _, a := range accounts {
			for _, i := range a.Imports {
				got, want := known.of(a, i), unknown.of(a, i)
				if !slices.Equal(got, want) {
					t.Fatalf("a way of %d from account %q of %d, and there is one of %d", len(got), a.Name, len(accounts), len(want))
				}
				if len(want) > 0 {
					cycles++
				}
				if known.services.plain[a] || known.streams.plain[a] {
					plain++
				}
			}
		}
	}
	if plain == 0 || cycles == 0 {
		t.Fatalf("%d imports of plain accounts, and %d of cycles", plain, cycles)
	}
}

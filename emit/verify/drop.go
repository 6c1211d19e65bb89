package verify

import (
	"slices"

	"jsc/compiler"
)

// drop takes away what serves the grants that gone names: imports, the
// activations that no other grant needs, and exports likewise. The grants stay
// in t, so that their probes run.
func drop(t *compiler.Topology, gone func(*compiler.Grant) bool) {
	t.Activations = slices.DeleteFunc(t.Activations, func(x *compiler.Activation) bool {
		return len(x.Grants) > 0 && !slices.ContainsFunc(x.Grants, not(gone))
	})
	for _, a := range t.Accounts {
		a.Imports = slices.DeleteFunc(a.Imports, func(i *compiler.Import) bool {
			return i.Grant != nil && gone(i.Grant)
		})
		a.Exports = slices.DeleteFunc(a.Exports, func(e *compiler.Export) bool {
			return len(e.Grants) > 0 && !slices.ContainsFunc(e.Grants, not(gone))
		})
	}
}

func not(f func(*compiler.Grant) bool) func(*compiler.Grant) bool {
	return func(g *compiler.Grant) bool { return !f(g) }
}

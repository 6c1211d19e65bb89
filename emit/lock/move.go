package lock

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"jsc/schema"
)

// Move gives an account or a user another name: its pin, its tokens and its
// retired keys go from one ID to the other, so that the next build keeps keys
// and times. An account takes its users, its signing keys and its activations
// along. Revocations are keyed by public keys and stay. The error names what is
// in the way; l is then not changed.
func (l *Lock) Move(from, to string) error {
	a, okA := Parts(from)
	b, okB := Parts(to)
	roleA, isA := Role(from)
	roleB, isB := Role(to)
	switch {
	case !okA || !okB || !isA || !isB:
		return errors.New("name two keys by their IDs, as in account/OLD account/NEW")
	case roleA != roleB || len(a) != len(b):
		return fmt.Errorf("%s and %s are not of one kind", from, to)
	case l.Keys[from] == "":
		return fmt.Errorf("%s is not in the lock", from)
	}
	if len(a) == 4 && a[1] != b[1] {
		return errors.New("a user or signing key cannot go to another account: its key is of that account")
	}
	m := mover{from: a, to: b}
	keys, err := moved(m, l.Keys)
	if err != nil {
		return err
	}
	tokens, err := moved(m, l.Tokens)
	if err != nil {
		return err
	}
	retired, err := moved(m, l.Retired)
	if err != nil {
		return err
	}
	l.Keys, l.Tokens, l.Retired = keys, tokens, retired
	return nil
}

// mover renames IDs.
type mover struct{ from, to []string }

// id is what an ID becomes.
func (m mover) id(id string) string {
	parts, ok := Parts(id)
	if !ok {
		return id
	}
	parts = slices.Clone(parts)
	if len(parts) >= len(m.from) && slices.Equal(parts[:len(m.from)], m.from) {
		copy(parts, m.to)
	}
	if len(m.from) == 2 && m.from[0] == "account" && parts[0] == "activation" {
		for _, i := range []int{1, len(parts) - 1} {
			if parts[i] == m.from[1] {
				parts[i] = m.to[1]
			}
		}
	}
	return schema.ID(parts...)
}

func moved[V any](m mover, section map[string]V) (map[string]V, error) {
	out := make(map[string]V, len(section))
	for _, id := range slices.Sorted(maps.Keys(section)) {
		to := m.id(id)
		if _, taken := section[to]; taken && to != id {
			return nil, fmt.Errorf("%s is in the lock already", to)
		}
		out[to] = section[id]
	}
	return out, nil
}

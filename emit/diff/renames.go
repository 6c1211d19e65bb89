package diff

import (
	"jsc/compiler"
	"jsc/emit"
)

// rename gives what the state has of accounts the names that the topology has for
// their keys. To servers an account is its key: under another name it has its
// streams still, and whoever deleted those of the former name would delete them.
func (s *State) rename(t *compiler.Topology) {
	names, files := map[string]string{}, map[string]string{}
	for _, a := range t.Accounts {
		if was, had := s.accounts[a.PublicKey]; had && was.name != a.Name {
			names[was.name] = a.Name
			files[emit.FileName(was.name)] = emit.FileName(a.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	s.imports = rekeyed(s.imports, func(name *string) { follow(name, names) })
	s.rooms = rekeyed(s.rooms, func(name *string) { follow(name, names) })
	s.streams = rekeyed(s.streams, func(key *asset) { follow(&key.account, files) })
	s.consumers = rekeyed(s.consumers, func(key *asset) { follow(&key.account, files) })
	s.shares = rekeyed(s.shares, func(key *shareKey) {
		follow(&key.from, names)
		follow(&key.to, names)
	})
}

// follow puts a new name in the place of an old one.
func follow(name *string, names map[string]string) {
	if is, renamed := names[*name]; renamed {
		*name = is
	}
}

// rekeyed is a map with the keys that change gives.
func rekeyed[K comparable, V any](m map[K]V, change func(*K)) map[K]V {
	out := make(map[K]V, len(m))
	for key, v := range m {
		change(&key)
		out[key] = v
	}
	return out
}

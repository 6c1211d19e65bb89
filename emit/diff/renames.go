package diff

import (
	"maps"

	"jsc/compiler"
	"jsc/emit"
)

// rename gives what the state has of accounts the names that the topology has for
// their keys. To servers an account is its key: under another name it has its
// streams still, and whoever deleted those of the former name would delete them.
//
// An account that has another key now is called by its former one: to servers it is
// not the account that has its name.
func (s *State) rename(t *compiler.Topology) {
	names, files := map[string]string{}, map[string]string{}
	held, taken := map[string]bool{}, map[string]bool{}
	for _, a := range t.Accounts {
		held[a.PublicKey], taken[a.Name] = true, !a.External
		if was, had := s.accounts[a.PublicKey]; had && was.name != a.Name {
			names[was.name] = a.Name
			files[emit.FileName(was.name)] = emit.FileName(a.Name)
		}
	}
	rooms := maps.Clone(names)
	for key, was := range s.accounts {
		if !held[key] && taken[was.name] {
			rooms[was.name], files[emit.FileName(was.name)] = key, key
		}
	}
	if len(rooms) == 0 {
		return
	}
	s.imports = rekeyed(s.imports, func(name *string) { follow(name, names) })
	s.rooms = rekeyed(s.rooms, func(name *string) { follow(name, rooms) })
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

package main

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"jsc/emit/folder"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
)

// keyFlags say where seeds are.
type keyFlags struct{ sources []string }

func (k *keyFlags) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&k.sources, "keys", nil, "where seeds are, which the topology may not read: dir:PATH, env:NAME, file:PATH, age:PATH or exec:COMMAND (default dir:.jsc/keys)")
}

// named are the sources that the flags, else JSC_KEYS, name.
func (k *keyFlags) named(t *terminal) []string {
	sources := k.sources
	if len(sources) == 0 {
		for line := range strings.Lines(t.getenv("JSC_KEYS")) {
			if line = strings.TrimSpace(line); line != "" {
				sources = append(sources, line)
			}
		}
	}
	return sources
}

// open opens the named sources.
func (k *keyFlags) open(ctx context.Context, t *terminal, pr *project, l *lock.Lock) (*keys.Ring, error) {
	ids := make(map[string]string, len(l.Keys))
	for id, pub := range l.Keys {
		ids[pub] = id
	}
	former := formerKeys(l)
	ring, err := keys.Open(ctx, keys.Options{
		Sources: k.named(t), Root: pr.root, Out: pr.out, Getenv: t.getenv, Stderr: t.stderr,
		Pinned: func(pub string) (string, bool) {
			id, ok := ids[pub]
			return id, ok
		},
		Former: func(pub string) bool { return former[pub] },
	})
	if err != nil { // nothing is read yet: a source is not what a source looks like
		return nil, usageError{err}
	}
	return ring, nil
}

// formerKeys are the public keys that a lock retired, or whose users it revoked,
// and no longer pins.
func formerKeys(l *lock.Lock) map[string]bool {
	former := map[string]bool{}
	for _, retired := range l.Retired {
		for _, pub := range retired {
			former[pub] = true
		}
	}
	for id := range l.Revoked {
		if parts, ok := lock.Parts(id); ok && len(parts) == 3 && parts[1] == "user" {
			former[parts[2]] = true
		}
	}
	return former
}

// generate makes the keys of IDs that have none and pins them in the lock, which
// is for state to commit: their seeds are stored just before, so that a command
// that is refused leaves none.
func generate(ring *keys.Ring, state *folder.Folder, l *lock.Lock, ids []string) error {
	state.Before = ring.Store
	for _, id := range ids {
		role, _ := keys.RoleOf(schema.StandIn(id))
		k := keys.Generate(role)
		if err := ring.Add(k); err != nil {
			return err
		}
		l.Keys[id] = k.PublicKey()
	}
	return nil
}

package verify

import (
	"fmt"
	"sync"

	"jsc/emit/keys"
)

// ring holds throw-away keys. They live in memory only and die with it.
type ring struct {
	mu   sync.Mutex
	keys map[string]*keys.Key // by public key
}

func newRing() *ring { return &ring{keys: make(map[string]*keys.Key)} }

// make makes a key and returns its public key.
func (r *ring) make(role keys.Role) string {
	k := keys.Generate(role)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys[k.PublicKey()] = k
	return k.PublicKey()
}

// Signer returns the signer of a key that make made.
func (r *ring) Signer(id, public string) (keys.Signer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := r.keys[public]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("no throw-away key of %s is %s", id, public)
}

// Prove is about whether make made a key.
func (r *ring) Prove(id, public string) error {
	_, err := r.Signer(id, public)
	return err
}

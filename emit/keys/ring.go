package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"jsc/schema"
)

// defaultDir is the folder of seeds, relative to the root, that is used when
// no source is named; hiddenDir is what it lies in.
const (
	hiddenDir  = ".jsc"
	defaultDir = hiddenDir + "/keys"
)

// Options say where seeds are. The zero Options mean dir:.jsc/keys in the
// working folder.
type Options struct {
	Sources []string // as --keys or a line of JSC_KEYS gives them; tried in order
	Root    string   // the topology's root, for the default source
	Out     string   // the output folder, in which no seeds are stored; "" is none
	Dir     string   // what relative paths in Sources start from; "" is the working folder

	// Getenv reads the environment for env: and age: sources; nil reads nothing.
	Getenv func(name string) string
	// Pinned says which entity a public key is pinned for, for the wording of
	// errors; nil knows none.
	Pinned func(publicKey string) (id string, ok bool)
	// Former reports that a public key was pinned once and never will be again: its
	// seed is not taken for one that is missing. Nil knows none.
	Former func(publicKey string) bool
	// Timeout bounds each answer of an exec: signer; 0 is 30 seconds.
	Timeout time.Duration
	// Stderr receives what exec: signers write there; nil discards it.
	Stderr io.Writer
}

// source is one place that keys come from: a local one or a *command. Nothing
// is read or run before a key is asked for.
type source interface {
	// held lists the public keys whose seeds can be read here.
	held() ([]string, error)
	// String is the source as it was named, without secrets.
	String() string
}

// local is a source that gives seeds to this process.
type local interface {
	source
	// find returns the key with this public key, or nil when it is not here.
	// id names the entity in errors.
	find(id, public string) (*Key, error)
}

// schemes are the kinds of source, as SCHEME:ARGUMENT.
var schemes = []struct {
	name, argument string
	open           func(o *opening, arg string) (source, error)
}{
	{"dir", argPath, openDir},
	{"env", "NAME", openEnv},
	{"file", argPath, openFile},
	{"age", argPath, openAge},
	{"exec", "COMMAND", openExec},
}

const argPath = "PATH"

// opening is what the sources of one Ring share.
type opening struct {
	Options
	ctx     context.Context
	hoard   *hoard
	closing []func()
	watch   watch
}

// path makes a path of a source absolute.
func (o *opening) path(p string) (string, error) {
	if !filepath.IsAbs(p) {
		p = filepath.Join(o.Dir, p)
	}
	return filepath.Abs(p)
}

func (o *opening) getenv(name string) string {
	if o.Getenv == nil {
		return ""
	}
	return o.Getenv(name)
}

// pinned is Options.Pinned.
func (o *opening) pinned(publicKey string) (id string, ok bool) {
	if o.Pinned == nil {
		return "", false
	}
	return o.Pinned(publicKey)
}

// former is Options.Former.
func (o *opening) former(publicKey string) bool { return o.Former != nil && o.Former(publicKey) }

// Ring is the sources of keys of one run of jsc. It is safe for concurrent use.
type Ring struct {
	o       *opening
	sources []source

	mu      sync.Mutex
	signers map[string]Signer // by public key; what Signer returned
	added   map[string]*Key   // the Ring's own, by public key
	pending []*Key            // those of added whose seeds are not stored yet

	listing sync.Mutex
	listed  *inventory // nil before the first, and after something was stored
}

// Open parses the sources, and reads and runs nothing yet. A source that is not
// SCHEME:ARGUMENT with a known scheme is an error. ctx bounds the life of exec:
// signers. The caller closes the Ring.
func Open(ctx context.Context, options Options) (*Ring, error) {
	if len(options.Sources) == 0 {
		options.Sources = []string{"dir:" + defaultDir}
		options.Dir = options.Root
	}
	o := &opening{Options: options, ctx: ctx, hoard: new(hoard)}
	r := &Ring{o: o, signers: map[string]Signer{}, added: map[string]*Key{}}
	for _, spec := range o.Sources {
		s, err := openSource(o, spec)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, s)
	}
	return r, nil
}

// Close ends the exec: signers and overwrites every seed that was read; the
// Ring's signers no longer sign. It must not run beside Sign.
func (r *Ring) Close() {
	for _, done := range r.o.closing {
		done()
	}
	r.o.hoard.wipe()
}

// Place is the file or folder that a source names, "" when it names none.
func Place(source string) string {
	scheme, arg, _ := strings.Cut(source, ":")
	for _, row := range schemes {
		if row.name == scheme && row.argument == argPath {
			return arg
		}
	}
	return ""
}

func openSource(o *opening, spec string) (source, error) {
	if _, found := schema.FindSecret([]byte(spec)); found {
		return nil, errors.New("a source of keys is given as a seed itself; name the place that holds the seed, as in env:NAME")
	}
	scheme, arg, ok := strings.Cut(spec, ":")
	for _, row := range schemes {
		if !ok || row.name != scheme {
			continue
		}
		if arg == "" {
			return nil, fmt.Errorf("the source of keys %q lacks its %s", spec, row.argument)
		}
		return row.open(o, arg)
	}
	var forms []string
	for _, row := range schemes {
		forms = append(forms, row.name+":"+row.argument)
	}
	// What follows the first word may be secret, as a command's arguments.
	said := spec
	if i := strings.IndexAny(spec, ": \t"); i >= 0 {
		said = spec[:i+1] + "…"
	}
	return nil, fmt.Errorf("%q is not a source of keys; use one of %s", said, strings.Join(forms, ", "))
}

// Signer returns the signer of a pinned key: of the entity id, as in
// "account/ACCTA", and with the given public key. It is an *Error when no
// source has the seed (key-missing), when the seed in its place is another
// key's (key-mismatch, key-wrong-type), or when git tracks it (key-in-tree);
// an unreadable source is an ordinary error.
func (r *Ring) Signer(id, publicKey string) (Signer, error) {
	r.mu.Lock()
	s := r.signers[publicKey]
	r.mu.Unlock()
	if s != nil {
		return s, nil
	}
	if _, ok := RoleOf(publicKey); !ok {
		return nil, fmt.Errorf("the key pinned for %s, %q, is not a public key of an operator, an account or a user", id, publicKey)
	}
	// Without the lock, so that thousands of seeds are read on all processors.
	s, err := r.search(id, publicKey, r.sources)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.signers[publicKey]; first != nil {
		return first, nil
	}
	r.signers[publicKey] = s
	return s, nil
}

// search goes through some sources in order.
func (r *Ring) search(id, publicKey string, sources []source) (Signer, error) {
	r.mu.Lock()
	added := r.added[publicKey]
	r.mu.Unlock()
	if added != nil {
		return added, nil
	}
	for i, s := range sources {
		switch s := s.(type) {
		case local:
			if k, err := s.find(id, publicKey); err != nil {
				return nil, err
			} else if k != nil {
				return k, nil
			}
		case *command:
			return &outside{s, publicKey, func() (Signer, error) {
				return r.search(id, publicKey, sources[i+1:])
			}}, nil
		}
	}
	return nil, r.missing(id, publicKey)
}

// key returns the key with its seed in this process, or the *Error that Signer
// gives.
func (r *Ring) key(id, publicKey string) (*Key, error) {
	here := slices.DeleteFunc(slices.Clone(r.sources), func(s source) bool {
		_, ok := s.(local)
		return !ok
	})
	s, err := r.search(id, publicKey, here)
	if err != nil {
		return nil, err
	}
	return s.(*Key), nil
}

// Prove checks that the seed of id's pinned key is at hand. Its errors are
// Signer's and Sign's.
func (r *Ring) Prove(id, publicKey string) error {
	s, err := r.Signer(id, publicKey)
	if err != nil {
		return err
	}
	if _, here := s.(*Key); here {
		return nil // its public key was derived from its seed
	}
	challenge := challenge(publicKey, id)
	signature, err := s.Sign(challenge)
	if err == nil && !verifies(publicKey, challenge, signature) {
		err = errors.New("the signature does not verify")
	}
	if err != nil {
		return fmt.Errorf("prove that the seed of %s is at hand: %w", id, err)
	}
	return nil
}

// String lists the sources as they were named, without secrets.
func (r *Ring) String() string {
	var names []string
	for _, s := range r.sources {
		names = append(names, s.String())
	}
	return strings.Join(names, ", ")
}

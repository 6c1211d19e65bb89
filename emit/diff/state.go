package diff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/emit/folder"
)

// Folder is an output folder, on disk or in memory. It is safe for concurrent use.
type Folder interface {
	// Paths are the slash-separated paths of all files.
	Paths() ([]string, error)
	// ReadFile is a file's bytes; the error is fs.ErrNotExist when there is none.
	ReadFile(path string) ([]byte, error)
}

// Planned is the output folder of a plan whose tokens have a text. Its files are
// made when they are read; the manifest's digests are left out. The zero Planned
// is an empty folder.
type Planned struct {
	Layout *emit.Layout
	// NoTokens leaves out files of tokens: of the state that is planned, the plan
	// itself has what they say.
	NoTokens bool
}

// Paths are the files' paths.
func (p Planned) Paths() ([]string, error) {
	if p.Layout == nil {
		return nil, nil
	}
	paths := []string{emit.ManifestPath}
	for _, a := range p.Layout.Artifacts {
		if !p.NoTokens || path.Ext(a.Path) != ".jwt" {
			paths = append(paths, a.Path)
		}
	}
	return paths, nil
}

// ReadFile is a file's bytes.
func (p Planned) ReadFile(name string) ([]byte, error) {
	if p.Layout != nil {
		files := p.Layout.Artifacts
		if name == emit.ManifestPath {
			return p.Layout.Manifest(make([]string, len(files))), nil
		}
		i, found := slices.BinarySearchFunc(files, name, func(f emit.Artifact, name string) int { return strings.Compare(f.Path, name) })
		if found {
			return files[i].Make()
		}
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
}

// State is what an output folder says, in NATS's own terms.
type State struct {
	mu        sync.Mutex                   // while it is read
	tokens    bool                         // there are any
	changed   map[string]bool              // the paths of tokens whose claims are kept
	claims    map[string][]byte            // of operator, accounts and users, by the path of their token
	moved     map[string]string            // by subject, the paths of changed tokens that are elsewhere now
	accounts  map[string]account           // by public key
	issued    map[string]int64             // when the tokens are issued that the plan keeps of accounts, by public key
	imports   map[string]map[imported]bool // of accounts, by name
	rooms     map[string]room              // of accounts, by name
	streams   map[asset][]byte
	consumers map[asset][]byte
	shares    map[shareKey]emit.ManifestShare
	settings  map[string]map[string]string // of server configs, by path and setting
	listed    map[string]bool              // paths of JSON and configurations, by the manifest; nil without one
}

// account is what a former token says of an account's standing.
type account struct {
	name    string
	issued  int64            // Unix seconds
	revoked emit.Revocations // nil for none
}

// asset names a stream, or a consumer of it, by the parts of its file's path.
type asset struct{ account, stream, consumer string }

// imported is what an account imports: its type, the subject that its clients use,
// and whose it is.
type imported struct{ kind, local, from string }

// shareKey names what one importer has of a share.
type shareKey struct{ name, from, to string }

// Read reads a state to compare a plan with, or the plan's own. What is not there is
// not in it; what is damaged is an error. Claims are kept of the tokens that the plan
// changes: they are few among many.
func Read(from Folder, plan *emit.Plan) (*State, error) {
	s := &State{
		changed: map[string]bool{}, claims: map[string][]byte{}, moved: map[string]string{},
		accounts: map[string]account{}, issued: map[string]int64{}, imports: map[string]map[imported]bool{}, rooms: map[string]room{},
		streams: map[asset][]byte{}, consumers: map[asset][]byte{},
		shares: map[shareKey]emit.ManifestShare{}, settings: map[string]map[string]string{},
	}
	for _, t := range plan.Tokens {
		if t.State != emit.Kept {
			s.changed[emit.TokenPath(t.ID)] = true
		} else if t.Kind == emit.AccountToken {
			s.issued[t.Subject] = t.IssuedAt
		}
		if t.State == emit.Changed && t.Activation == nil {
			s.moved[t.Subject] = ""
		}
	}
	paths, err := from.Paths()
	if err != nil {
		return nil, err
	}
	var names []string
	var readers []func(*State, string, []byte) error
	for _, name := range paths {
		if read := readerOf(name); read != nil {
			names, readers = append(names, name), append(readers, read)
		}
	}
	err = folder.ReadEach(from, names, func() (none struct{}) { return none }, func(_ struct{}, i int, data []byte, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = readers[i](s, names[i], data)
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", names[i], err)
		}
		return nil
	})
	s.leaveOthers()
	if err == nil {
		err = s.readMoved(from, plan)
	}
	return s, err
}

// leaveOthers gives up streams, consumers and settings in files that the manifest
// does not list, as a merge of two branches' output leaves them: no build wrote
// them, nor does one remove them.
func (s *State) leaveOthers() {
	if s.listed == nil {
		return
	}
	for _, assets := range []map[asset][]byte{s.streams, s.consumers} {
		maps.DeleteFunc(assets, func(a asset, _ []byte) bool { return !s.listed[a.path()] })
	}
	maps.DeleteFunc(s.settings, func(path string, _ map[string]string) bool { return !s.listed[path] })
}

// path is that of the asset's file.
func (a asset) path() string {
	return path.Join("jetstream", a.account, a.stream, a.consumer) + ".json"
}

// readMoved reads the tokens that the plan changes and that had another name, so
// that their files are elsewhere: the manifest knows them by their subject.
func (s *State) readMoved(from Folder, plan *emit.Plan) error {
	for _, t := range plan.Tokens {
		if t.Activation != nil || t.State != emit.Changed {
			continue
		}
		name := s.moved[t.Subject]
		if name == "" {
			continue
		}
		data, err := from.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			s.changed[name] = true
			err = s.readClaims(name, data)
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	return nil
}

// claimsOf are the claims of a token that the plan changes, as they were.
func (s *State) claimsOf(t *emit.Token) ([]byte, bool) {
	claims, had := s.claims[emit.TokenPath(t.ID)]
	if !had {
		claims, had = s.claims[s.moved[t.Subject]]
	}
	return claims, had
}

// readers are the files that tell something, by the form of their path.
var readers = []struct {
	form string
	read func(*State, string, []byte) error
}{
	{"operator.jwt", (*State).readClaims},
	{"accounts/*.jwt", (*State).readAccount},
	{"users/*/*.jwt", (*State).readClaims},
	{"jetstream/*/*.json", (*State).readStream},
	{"jetstream/*/*/*.json", (*State).readConsumer},
	{"resolver.conf", (*State).readConf},
	{"server.conf", (*State).readConf},
	{"server-*.conf", (*State).readConf},
	{emit.ManifestPath, (*State).readManifest},
}

func readerOf(name string) func(*State, string, []byte) error {
	for _, r := range readers {
		if ok, _ := path.Match(r.form, name); ok { // the forms are well formed
			return r.read
		}
	}
	return nil
}

func (s *State) readClaims(name string, data []byte) error {
	_, err := s.keepClaims(name, data)
	return err
}

// keepClaims are a token's claims, which it keeps where the plan changes them.
func (s *State) keepClaims(name string, data []byte) ([]byte, error) {
	claims, err := emit.ReadableClaims(strings.TrimSpace(string(data)))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = true
	if s.changed[name] {
		s.claims[name] = bytes.Clone(claims) // they come in far too large a room
	}
	return claims, nil
}

func (s *State) readAccount(name string, data []byte) error {
	claims, err := s.keepClaims(name, data)
	if err != nil {
		return err
	}
	c := &jwt.AccountClaims{}
	if err := json.Unmarshal(claims, c); err != nil {
		return err
	}
	imports := map[imported]bool{}
	for _, i := range c.Imports {
		imports[imported{i.Type.String(), cmp.Or(string(i.LocalSubject), string(i.Subject)), i.Account}] = true
	}
	is := account{name: c.Name, issued: c.IssuedAt}
	if revoked := emit.RevocationsIn(c); len(revoked) > 0 {
		is.revoked = revoked
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[c.Subject] = is
	if at, kept := s.issued[c.Subject]; kept && at != is.issued {
		s.claims[name] = bytes.Clone(claims)
	}
	s.imports[c.Name], s.rooms[c.Name] = imports, roomOf(c)
	return nil
}

func (s *State) readStream(name string, data []byte) error {
	parts := strings.Split(strings.TrimSuffix(name, ".json"), "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[asset{parts[1], parts[2], ""}] = bytes.Clone(data)
	return nil
}

func (s *State) readConsumer(name string, data []byte) error {
	parts := strings.Split(strings.TrimSuffix(name, ".json"), "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.consumers[asset{parts[1], parts[2], parts[3]}] = bytes.Clone(data)
	return nil
}

func (s *State) readManifest(_ string, data []byte) error {
	m, err := emit.ParseManifest(data)
	if err != nil {
		return fmt.Errorf("%w; restore the output folder from git, or remove it and build again", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed = make(map[string]bool, len(m.Artifacts))
	for _, a := range m.Artifacts {
		if path.Ext(a.Path) != ".jwt" {
			s.listed[a.Path] = true
		}
		kind, _, _ := strings.Cut(a.Path, "/")
		if _, asked := s.moved[a.Subject]; asked && (kind == "accounts" || kind == "users") && path.Ext(a.Path) == ".jwt" && !s.changed[a.Path] {
			s.moved[a.Subject] = a.Path
		}
	}
	for _, share := range m.Shares {
		s.shares[shareKey{share.Name, share.From, share.To}] = share
	}
	return nil
}

// readConf reads the settings of a configuration as jsc writes it: one on a line.
// The preload is passed over: the accounts have findings of their own.
func (s *State) readConf(name string, data []byte) error {
	settings := map[string]string{}
	var at []string
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		key, value, isSetting := bytes.Cut(line, []byte(": "))
		block, isBlock := bytes.CutSuffix(line, []byte(" {"))
		switch {
		case string(line) == "}":
			at = at[:max(0, len(at)-1)]
		case isBlock && !isSetting:
			at = append(at, string(block))
		case isSetting && (len(at) == 0 || at[0] != "resolver_preload"):
			settings[strings.Join(append(at[:len(at):len(at)], string(key)), ".")] = string(value)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings[name] = settings
	return nil
}

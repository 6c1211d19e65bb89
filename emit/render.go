package emit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/emit/lock"
)

// Artifact is one file of the output folder.
type Artifact struct {
	Path    string // relative, with slashes
	Kind    string // as the manifest has it; "" for the manifest itself
	Name    string // the NATS name of what it is about
	Subject string // of a token: its sub, a public key
	Issuer  string // of a token: its iss, a public key
	// IssuedAt and Expires are a token's iat and exp, in Unix seconds; 0: none.
	IssuedAt, Expires int64
	Data              []byte
}

// artifactKinds are all kinds of file save the manifest, which lists the others.
var artifactKinds = []struct {
	kind   string
	render func(*rendering) error
}{
	{"operator-jwt", (*rendering).operatorJWT},
	{"account-jwt", (*rendering).accountJWTs},
	{"account-claims", (*rendering).accountClaims},
	{"user-jwt", (*rendering).userJWTs},
	{"bundle", (*rendering).bundles},
	{"activation-jwt", (*rendering).activationJWTs},
	{"readme", (*rendering).readmes},
	{"operator-conf", (*rendering).operatorConf},
	{"resolver-conf", (*rendering).resolverConf},
	{"server-conf", (*rendering).serverConfs},
	{"stream", (*rendering).streams},
	{"consumer", (*rendering).consumers},
}

// targets are further forms of the same, each in a folder of its own, which are
// only made when they are asked for.
var targets = []struct {
	name, kind string
	render     func(*rendering) error
}{
	{"resolver-dir", "account-jwt", (*rendering).resolverDir},
}

// Targets are the names of what Render makes beyond the usual, when asked to.
func Targets() []string {
	var names []string
	for _, t := range targets {
		names = append(names, t.name)
	}
	return names
}

// ManifestPath is the path of the manifest.
const ManifestPath = "manifest.json"

// Render makes every file of the output folder from a signed plan, sorted by
// path, the manifest among them. lockName is the lock's file name, which the
// manifest records; extra are names of Targets. A token without its text is an
// error, and so is an unknown target.
func Render(p *Plan, lockName string, extra ...string) ([]Artifact, error) {
	for _, t := range p.Tokens {
		if t.Text == "" && !p.unsigned(t) {
			return nil, fmt.Errorf("render the token of %s: it is not signed", t.ID)
		}
	}
	r := &rendering{p: p, t: p.Topology}
	for _, k := range artifactKinds {
		r.kind = k.kind
		if err := k.render(r); err != nil {
			return nil, fmt.Errorf("render %s: %w", k.kind, err)
		}
	}
	for _, name := range extra {
		i := slices.Index(Targets(), name)
		if i < 0 {
			return nil, fmt.Errorf("render %s: there is no such target", name)
		}
		r.kind = targets[i].kind
		if err := targets[i].render(r); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
	}
	slices.SortFunc(r.out, func(a, b Artifact) int { return cmp.Compare(a.Path, b.Path) })
	for i := 1; i < len(r.out); i++ {
		if r.out[i].Path == r.out[i-1].Path {
			return nil, fmt.Errorf("render %s: two files would be written there", r.out[i].Path)
		}
	}
	manifest, err := newManifest(p.Topology, lockName, r.out).Encode()
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", ManifestPath, err)
	}
	r.out = append(r.out, Artifact{Path: ManifestPath, Data: manifest})
	slices.SortFunc(r.out, func(a, b Artifact) int { return cmp.Compare(a.Path, b.Path) })
	return r.out, nil
}

// rendering is one run of Render.
type rendering struct {
	p    *Plan
	t    *compiler.Topology
	kind string // what is being rendered
	out  []Artifact
	// byImporter is what activations returns, once asked.
	byImporter map[*compiler.Account][]*Token
}

func (r *rendering) add(name string, data []byte, path ...string) {
	r.out = append(r.out, Artifact{Path: strings.Join(path, "/"), Kind: r.kind, Name: name, Data: data})
}

// addToken adds a file that holds a token in some form.
func (r *rendering) addToken(name string, t *Token, data []byte, path ...string) {
	r.add(name, data, path...)
	a := &r.out[len(r.out)-1]
	a.Subject, a.Issuer = t.Claims.Claims().Subject, t.Issuer.PublicKey
	a.IssuedAt, a.Expires = t.IssuedAt, t.Expires
}

// managed reports that the operator is the topology's own, so that there is a
// deployment to configure.
func (r *rendering) managed() bool { return r.t.Operator != nil && !r.t.Operator.External }

func (r *rendering) operatorJWT() error {
	if r.managed() {
		t := r.p.Token(lock.OperatorID(r.t.Operator.Name))
		r.addToken(r.t.Operator.Name, t, line(t.Text), "operator.jwt")
	}
	return nil
}

func (r *rendering) accountJWTs() error {
	for _, t := range r.p.Tokens {
		if t.Kind == AccountToken {
			r.addToken(t.Account.Name, t, line(t.Text), "accounts", FileName(t.Account.Name)+".jwt")
		}
	}
	return nil
}

// resolverDir is the folder of a full resolver: a token a file, named for its
// account's key, without a newline, as the server itself writes it
// (server/dirstore.go).
func (r *rendering) resolverDir() error {
	for _, t := range r.p.Tokens {
		if t.Kind == AccountToken {
			r.addToken(t.Account.Name, t, []byte(t.Text), "resolver-dir", t.Account.PublicKey+".jwt")
		}
	}
	return nil
}

func (r *rendering) accountClaims() error {
	for _, t := range r.p.Tokens {
		if t.Kind != AccountToken {
			continue
		}
		claims, err := ReadableClaims(t.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", t.ID, err)
		}
		r.addToken(t.Account.Name, t, claims, "accounts", FileName(t.Account.Name)+".json")
	}
	return nil
}

// userJWTs leaves out bearer users, whose token alone connects: it is a secret.
func (r *rendering) userJWTs() error {
	for _, t := range r.p.Tokens {
		if t.Kind == UserToken && !Bearer(t.User) {
			path := FileName(t.User.Name) + ".jwt"
			r.addToken(t.User.Name, t, line(t.Text), "users", FileName(t.Account.Name), path)
		}
	}
	return nil
}

// Bearer reports that the server asks a user for no signature: by its own
// token, or by the role of the scoped key that signs it.
func Bearer(u *compiler.User) bool {
	if u.Scoped && u.SignedBy != nil && u.SignedBy.Role != nil {
		return u.SignedBy.Role.Limits.Bearer
	}
	return u.Limits.Bearer
}

func (r *rendering) streams() error {
	for _, a := range r.t.Accounts {
		for _, s := range a.Streams {
			if !a.External {
				r.add(s.Config.Name, s.Config.JSON(), "jetstream", FileName(a.Name), FileName(s.Config.Name)+".json")
			}
		}
	}
	return nil
}

func (r *rendering) consumers() error {
	for _, a := range r.t.Accounts {
		for _, s := range a.Streams {
			for _, c := range s.Consumers {
				if !a.External {
					r.add(c.Config.Name, c.Config.JSON(), "jetstream",
						FileName(a.Name), FileName(s.Config.Name), FileName(c.Config.Name)+".json")
				}
			}
		}
	}
	return nil
}

// line is a token as a file: alone on its line.
func line(token string) []byte { return []byte(token + "\n") }

// ReadableClaims is a token's payload for a reviewer: decoded, indented, sorted.
func ReadableClaims(token string) ([]byte, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a token has three parts, this has %d", len(parts))
	}
	payload, err := base64Raw.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber() // a float would lose digits
	var claims map[string]any
	if err := d.Decode(&claims); err != nil {
		return nil, err
	}
	return indented(claims)
}

// indented is v as JSON that people read: two spaces a level, subjects' ">" as
// it is, a newline at the end.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// compact is v as JSON on one line, without a newline.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

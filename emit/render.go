package emit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"jsc/compiler"
	"jsc/compiler/canonical"
	"jsc/emit/lock"
)

// artifactKind is a kind of file, as the manifest has it.
type artifactKind struct {
	kind   string
	render func(*rendering) error
}

// artifactKinds are all kinds of file save the manifest, which lists the others.
var artifactKinds = []artifactKind{
	{"operator-jwt", (*rendering).operatorJWT},
	{"account-jwt", (*rendering).accountJWTs},
	{"account-claims", (*rendering).accountClaims},
	{"user-jwt", (*rendering).userJWTs},
	{"bundle", (*rendering).bundles},
	{"activation-jwt", (*rendering).activationJWTs},
	{"readme", (*rendering).readmes},
	{"operator-conf", (*rendering).operatorConf},
	{resolverKind, (*rendering).resolverConf},
	{"server-conf", (*rendering).serverConfs},
	{"stream", (*rendering).streams},
	{"consumer", (*rendering).consumers},
}

// targets are further forms of the same, each in a folder of its own, which are
// only made when they are asked for.
var targets = []target{
	{"resolver-dir", artifactKind{"account-jwt", (*rendering).resolverDir}},
}

type target struct {
	name string
	artifactKind
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

// rendering lists the files of one kind.
type rendering struct {
	p    *Plan
	t    *compiler.Topology
	kind string
	out  []Artifact

	// What several kinds need is worked out once, by whoever asks first.
	handovers   func() []*handover
	activations func() map[*compiler.Account][]*Token // the tokens by importer
}

// newRendering is what the renderings of all kinds begin as.
func newRendering(p *Plan) *rendering {
	return &rendering{
		p: p, t: p.Topology,
		handovers:   sync.OnceValue(func() []*handover { return handovers(p.Topology.Grants) }),
		activations: sync.OnceValue(p.activationsByImporter),
	}
}

// add adds a file that holds the text of no token.
func (r *rendering) add(name string, make func() ([]byte, error), path ...string) {
	r.addWith(name, nil, func(_ *Artifact, out []byte, _ appendText) ([]byte, error) {
		data, err := make()
		return append(out, data...), err
	}, path...)
}

// addWith adds a file whose form is made with the text of tokens.
func (r *rendering) addWith(name string, tokens []*Token, form form, path ...string) {
	r.out = append(r.out, Artifact{Path: strings.Join(path, "/"), Kind: r.kind, Name: name, Tokens: tokens, form: form})
}

// addConfig adds a stream's or a consumer's configuration.
func (r *rendering) addConfig(name string, config config, path ...string) {
	r.addWith(name, nil, configForm, path...)
	r.out[len(r.out)-1].config = config
}

func configForm(a *Artifact, out []byte, _ appendText) ([]byte, error) {
	return a.config.AppendJSON(out), nil
}

// addToken adds a file that is about a token and holds it in some form.
func (r *rendering) addToken(name string, t *Token, form form, path ...string) {
	r.addWith(name, r.p.Tokens[t.index:t.index+1], form, path...)
	r.out[len(r.out)-1].about = t
}

// managed reports that the operator is the topology's own, so that there is a
// deployment to configure.
func (r *rendering) managed() bool { return r.t.Operator != nil && !r.t.Operator.External }

func (r *rendering) operatorJWT() error {
	if r.managed() {
		t := r.p.Token(lock.OperatorID(r.t.Operator.Name))
		r.addToken(r.t.Operator.Name, t, line, "operator.jwt")
	}
	return nil
}

func (r *rendering) accountJWTs() error {
	for _, t := range r.p.Tokens {
		if t.Kind == AccountToken {
			r.addToken(t.Account.Name, t, line, "accounts", FileName(t.Account.Name)+".jwt")
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
			r.addToken(t.Account.Name, t, bare, "resolver-dir", t.Account.PublicKey+".jwt")
		}
	}
	return nil
}

func (r *rendering) accountClaims() error {
	for _, t := range r.p.Tokens {
		if t.Kind != AccountToken {
			continue
		}
		r.addToken(t.Account.Name, t, claimsForm, "accounts", FileName(t.Account.Name)+".json")
		r.out[len(r.out)-1].decodes = true
	}
	return nil
}

// claimsForm is ReadableClaims, and of what stands for a token that itself.
func claimsForm(a *Artifact, out []byte, text appendText) ([]byte, error) {
	begin := len(out)
	out = text(out, a.about)
	if bytes.IndexByte(out[begin:], '.') < 0 {
		return out, nil
	}
	return makeReadable(out, begin)
}

// userJWTs leaves out bearer users, whose token alone connects: it is a secret.
func (r *rendering) userJWTs() error {
	for _, t := range r.p.Tokens {
		if t.Kind == UserToken && !Bearer(t.User) {
			path := FileName(t.User.Name) + ".jwt"
			r.addToken(t.User.Name, t, line, "users", FileName(t.Account.Name), path)
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
				r.addConfig(s.Config.Name, &s.Config, "jetstream", FileName(a.Name), FileName(s.Config.Name)+".json")
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
					r.addConfig(c.Config.Name, &c.Config, "jetstream",
						FileName(a.Name), FileName(s.Config.Name), FileName(c.Config.Name)+".json")
				}
			}
		}
	}
	return nil
}

// made is how a file is made whose making cannot fail.
func made(data func() []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return data(), nil }
}

// line is a token as a file: alone on its line.
func line(a *Artifact, out []byte, text appendText) ([]byte, error) {
	return append(text(out, a.about), '\n'), nil
}

// bare is a token as a file of nothing else.
func bare(a *Artifact, out []byte, text appendText) ([]byte, error) {
	return text(out, a.about), nil
}

// ReadableClaims is a token's payload for a reviewer: decoded, indented, sorted.
func ReadableClaims(token string) ([]byte, error) { return makeReadable([]byte(token), 0) }

// makeReadable puts ReadableClaims in the place of a token that is what out holds
// from begin on.
func makeReadable(out []byte, begin int) ([]byte, error) {
	token := out[begin:]
	if n := 1 + bytes.Count(token, []byte(".")); n != 3 {
		return nil, fmt.Errorf("a token has three parts, this has %d", n)
	}
	decoded := len(out)
	out, err := base64Raw.AppendDecode(slices.Grow(out, 4*len(token)), token[1+bytes.IndexByte(token, '.'):bytes.LastIndexByte(token, '.')])
	if err != nil {
		return nil, err
	}
	indented := len(out)
	if out, err = canonical.Append(out, out[decoded:]); err != nil {
		return nil, err
	}
	return append(out[:begin], out[indented:]...), nil
}

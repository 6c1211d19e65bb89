package check

import (
	"bytes"
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/lock"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// token is one token that is committed somewhere.
type token struct {
	text    string
	paths   []string   // of the files that hold it; none for one that is embedded only
	id      string     // in the lock; "" until it is known
	claims  jwt.Claims // nil when the text is no token of ours
	planned bool       // the claims are the plan's
	err     error      // why not
	valid   bool       // its issuer may have signed it
}

// account is an account whose token verifies.
type account struct {
	name   string
	claims *jwt.AccountClaims
}

// header is how the text of a token begins, whatever its header says: the
// base64 of `{"`.
const header = "eyJ"

// textsIn are what looks like a token in a text: a header, a payload and a
// signature, that may be empty.
func textsIn(text []byte) [][]byte {
	var found [][]byte
	for {
		at := bytes.Index(text, []byte(header))
		if at < 0 {
			return found
		}
		text = text[at:]
		payload, ok := bytes.CutPrefix(text[base64Length(text):], []byte("."))
		n := base64Length(payload)
		signature, ends := bytes.CutPrefix(payload[n:], []byte("."))
		if !ok || n == 0 || !ends {
			text = text[len(header):]
			continue
		}
		length := len(text) - len(signature) + base64Length(signature)
		found = append(found, text[:length])
		text = text[length:]
	}
}

// base64Length is how many characters of base64, in either alphabet, text begins
// with.
func base64Length(text []byte) int {
	for i, c := range text {
		if !isBase64[c] {
			return i
		}
	}
	return len(text)
}

var isBase64 = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=") {
		is[c] = true
	}
	return is
}()

// holders are the forms of files that hold copies of tokens, or activations:
// these have no file of their own.
var holders = []string{
	"activations/*.json",  // an importer's bundle
	"activations/*/*.jwt", // one for an external importer
	"operator.conf",
	"resolver.conf",
	"resolver-dir/*.jwt", // a full resolver's folder
}

func is(form, name string) bool {
	ok, _ := path.Match(form, name) // the forms are well formed
	return ok
}

// held is what one file holds.
type held struct {
	digest string   // of all of it
	text   string   // all of it but a newline at its end, of a file that is for one token
	jwts   []string // what looks like a token in others
	gone   bool
}

// gather takes the tokens that files hold.
func (c *checker) gather() error {
	for _, t := range c.plan.Tokens {
		if _, locked := c.Lock.Tokens[t.ID]; !locked {
			c.byPath[emit.TokenPath(t.ID)] = t.ID
		}
	}
	delete(c.byPath, "") // activations
	names := c.holding
	c.digests = make(map[string]string, len(names))
	c.byText = make(map[string]*token, len(c.plan.Tokens))
	// The server's files hold copies of tokens from files that come before.
	copies, _ := slices.BinarySearch(names, "resolver")
	for _, names := range [][]string{names[:copies], names[copies:]} {
		if err := c.gatherFrom(names); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) gatherFrom(names []string) error {
	found := make([]held, len(names))
	err := folder.ReadEach(c.Folder, names, ownNothing, func(_ struct{}, i int, data []byte, err error) error {
		if isGone(err) {
			found[i].gone = true
			return nil
		}
		if err == nil {
			found[i] = c.holds(names[i], data)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, name := range names {
		if !found[i].gone {
			if !c.plain {
				c.digests[name] = found[i].digest
			}
			c.take(name, found[i])
		}
	}
	return nil
}

// ownNothing is what visiting a file needs for itself.
func ownNothing() (none struct{}) { return none }

// holds is what a file holds.
func (c *checker) holds(name string, data []byte) held {
	h := held{digest: folder.Digest(data)}
	if _, known := c.byPath[name]; known {
		h.text = string(bytes.TrimSuffix(data, []byte("\n")))
	} else if isHolder(name) {
		for _, text := range textsIn(data) {
			h.jwts = append(h.jwts, c.kept(text))
		}
	}
	return h
}

// kept is a text that stays; that of a token that is there already, if there is
// one.
func (c *checker) kept(text []byte) string {
	if t := c.byText[string(text)]; t != nil {
		return t.text
	}
	return string(text)
}

func isHolder(name string) bool {
	return slices.ContainsFunc(holders, func(form string) bool { return is(form, name) })
}

// take takes the tokens that one file holds. A .jwt file in a place where no
// build puts one is foreign.
func (c *checker) take(name string, h held) {
	id, known := c.byPath[name]
	isJWT := path.Ext(name) == ".jwt"
	switch {
	case known:
		t := c.add(h.text, name)
		if t.id != "" {
			c.tampered(name, "%s holds the same token as %s", name, t.paths[0])
		} else {
			t.id = id
		}
	case !isHolder(name), isJWT && len(h.jwts) != 1:
		c.tell(diag.New("artifact-foreign", c.file(name), name), name)
	default:
		for _, text := range h.jwts {
			c.add(text, name)
		}
	}
}

// add is the token with a text, once.
func (c *checker) add(text, path string) *token {
	t := c.byText[text]
	if t == nil {
		t = &token{text: text}
		c.byText[text] = t
		c.tokens = append(c.tokens, t)
	}
	if path != "" {
		t.paths = append(t.paths, path)
	}
	return t
}

// recognize finds the tokens that are, to the byte, what the plan says, so that
// nothing in them needs to be decoded.
func (c *checker) recognize() {
	own, others := make(map[string]*token, len(c.byPath)), make(map[string]*token, len(c.tokens)) // by ID; by what is signed
	for _, t := range c.tokens {
		if t.id != "" {
			own[t.id] = t
		} else if dot := strings.LastIndexByte(t.text, '.'); dot >= 0 {
			others[t.text[:dot]] = t
		}
	}
	at := make([]*token, len(c.plan.Tokens))
	found := c.plan.Recognize(func(i int, input []byte) string {
		if at[i] = own[c.plan.Tokens[i].ID]; at[i] == nil {
			at[i] = others[string(input)]
		}
		if at[i] == nil {
			return ""
		}
		return at[i].text
	})
	for i, claims := range found {
		if claims != nil {
			at[i].claims, at[i].planned = claims, true
		}
	}
}

// readTokens decodes every other token, and those that accounts embed.
func (c *checker) readTokens() {
	read := 0
	for read < len(c.tokens) {
		batch := c.tokens[read:]
		read = len(c.tokens)
		parallel.Do(len(batch), func(i int) {
			if t := batch[i]; !t.planned {
				t.claims, t.err = emit.Decode(t.text)
			}
		})
		for _, t := range batch {
			a, ok := t.claims.(*jwt.AccountClaims)
			if !ok {
				continue
			}
			for _, imp := range a.Imports {
				if imp.Token != "" {
					c.add(imp.Token, "")
				}
			}
		}
	}
}

// verifyChain follows the chain down: operator, accounts, users and activations.
// Each step takes its issuers' keys from the verified token above, never from
// the lock (SECURITY C2); only where that token is missing, which is told of
// itself, the lock's keys stand in.
func (c *checker) verifyChain() {
	c.byID = map[string]*token{}
	c.accounts = map[string]*account{}
	for _, step := range []struct {
		kind   jwt.ClaimType
		verify func(*token) string
	}{
		{jwt.OperatorClaim, c.verifyOperator},
		{jwt.AccountClaim, c.verifyAccount},
		{jwt.UserClaim, c.verifyUser},
		{jwt.ActivationClaim, c.verifyActivation},
	} {
		for _, t := range c.tokens {
			if t.claims == nil || t.claims.ClaimType() != step.kind {
				continue
			}
			if why := step.verify(t); why != "" {
				t.err = errors.New(why)
				continue
			}
			t.valid = true
			if t.id != "" && c.byID[t.id] == nil {
				c.byID[t.id] = t
			}
		}
	}
	for _, t := range c.tokens {
		if t.valid {
			continue
		}
		for _, p := range t.paths {
			if c.byPath[p] == "" && path.Ext(p) == ".jwt" && !c.listing().has(p) {
				c.tell(diag.New("artifact-foreign", c.file(p), p), p)
			}
			c.tampered(p, "%s does not verify: %v", p, t.err)
		}
	}
}

// kindOfID is the kind of token that an ID stands for.
func kindOfID(id string) jwt.ClaimType {
	parts, _ := lock.Parts(id)
	switch {
	case len(parts) == 4:
		return jwt.UserClaim
	case len(parts) == 5:
		return jwt.ActivationClaim
	case len(parts) > 0 && parts[0] == "operator":
		return jwt.OperatorClaim
	}
	return jwt.AccountClaim
}

// misplaced says that a token lies where one of another kind belongs.
func misplaced(t *token) string {
	if t.id == "" || kindOfID(t.id) == t.claims.ClaimType() {
		return ""
	}
	return "it is the token of " + article(t.claims.ClaimType())
}

func article(k jwt.ClaimType) string {
	if k == jwt.UserClaim {
		return "a user"
	}
	return "an " + string(k)
}

func (c *checker) verifyOperator(t *token) string {
	if why := misplaced(t); why != "" {
		return why
	}
	d := t.claims.Claims()
	if d.Issuer != d.Subject {
		return "an operator signs itself, and " + d.Issuer + " signed it"
	}
	if why := c.identify(t, "it is not the token in operator.jwt"); why != "" {
		return why
	}
	c.operator = t
	return ""
}

// identify gives a token its ID, by its subject, if it is known from a copy
// only; where its own file is there, it holds another.
func (c *checker) identify(t *token, otherwise string) string {
	if t.id != "" {
		return ""
	}
	for id, key := range c.Lock.Keys {
		if key == t.claims.Claims().Subject && kindOfID(id) == t.claims.ClaimType() && !c.files[emit.TokenPath(id)] && emit.TokenPath(id) != "" {
			t.id = id
			return ""
		}
	}
	return otherwise
}

// verifyAccount takes an account that the operator signed; with an operator
// that is somebody else's there is no operator token, and accounts sign
// themselves.
func (c *checker) verifyAccount(t *token) string {
	if why := misplaced(t); why != "" {
		return why
	}
	d := t.claims.Claims()
	issuers := []string{d.Subject}
	if keys, managed := c.operatorKeys(); managed {
		issuers = keys
	}
	if !slices.Contains(issuers, d.Issuer) {
		return "it is signed by " + d.Issuer + ", which is no key of the operator"
	}
	if why := c.identify(t, "it is not the token in accounts/"); why != "" {
		return why
	}
	parts, _ := lock.Parts(t.id)
	c.accounts[d.Subject] = &account{name: parts[1], claims: t.claims.(*jwt.AccountClaims)}
	return ""
}

// operatorKeys are the keys that may sign accounts; false when accounts sign
// themselves.
func (c *checker) operatorKeys() (keys []string, managed bool) {
	if c.operator != nil {
		o := c.operator.claims.(*jwt.OperatorClaims)
		keys = slices.Clone(o.SigningKeys)
		if !o.StrictSigningKeyUsage {
			keys = append(keys, o.Subject)
		}
		return keys, true
	}
	for id := range c.Lock.Tokens {
		managed = managed || kindOfID(id) == jwt.OperatorClaim
	}
	for id, key := range c.Lock.Keys {
		if role, _ := lock.Role(id); role == nkeys.PrefixByteOperator {
			keys = append(keys, key)
		}
	}
	return keys, managed || c.files["operator.jwt"]
}

func (c *checker) verifyUser(t *token) string {
	if why := misplaced(t); why != "" || t.id == "" {
		return cmp.Or(why, "a user's token does not belong there")
	}
	u := t.claims.(*jwt.UserClaims)
	parts, _ := lock.Parts(t.id)
	id := lock.AccountID(parts[1])
	owner := c.byID[id]
	if owner == nil {
		return c.unseen(id, u.Issuer, u.IssuerAccount)
	}
	a := owner.claims.(*jwt.AccountClaims)
	_, signs := a.SigningKeys[u.Issuer]
	return issuedBy(a, u.Issuer, u.IssuerAccount, signs)
}

// verifyActivation takes an activation that an account of ours signed, and
// finds its ID; which accounts are exporter and importer, their keys say.
func (c *checker) verifyActivation(t *token) string {
	if why := misplaced(t); why != "" {
		return why
	}
	v := t.claims.(*jwt.ActivationClaims)
	issuer := cmp.Or(v.IssuerAccount, v.Issuer)
	from, to := c.accountOf(issuer), c.accountOf(v.Subject)
	if from == "" || to == "" {
		return "it is from " + issuer + " to " + v.Subject + ", and the lock does not have both"
	}
	t.id = lock.ActivationID(from, v.ImportType.String(), string(v.ImportSubject), to)
	a := c.accounts[issuer]
	if a == nil {
		return c.unseen(lock.AccountID(from), v.Issuer, v.IssuerAccount)
	}
	scope, signs := a.claims.SigningKeys[v.Issuer]
	return issuedBy(a.claims, v.Issuer, v.IssuerAccount, signs && scope == nil)
}

// issuedBy says what is wrong with a token's issuer.
func issuedBy(a *jwt.AccountClaims, issuer, account string, signs bool) string {
	switch {
	case issuer == a.Subject && account == "":
		return ""
	case signs && account == a.Subject:
		return ""
	}
	return "it is signed by " + issuer + ", which may not sign for the account " + a.Name
}

// unseen judges an issuer by the lock, where the account's own token is missing.
func (c *checker) unseen(accountID, issuer, account string) string {
	prefix := accountID + "/signing/"
	for id, key := range c.Lock.Keys {
		if key == issuer && (id == accountID || strings.HasPrefix(id, prefix)) && (account == "" || account == c.Lock.Keys[accountID]) {
			return ""
		}
	}
	return "it is signed by " + issuer + ", which is no key of " + accountID
}

// accountOf is the name of the account with a key, by the accounts' tokens, else
// by the lock, which has external ones too; "" when there is none.
func (c *checker) accountOf(key string) string {
	if a := c.accounts[key]; a != nil {
		return a.name
	}
	if c.names == nil {
		c.names = map[string]string{}
		for id, key := range c.Lock.Keys {
			if parts, _ := lock.Parts(id); len(parts) == 2 && parts[0] == "account" {
				c.names[key] = parts[1]
			}
		}
	}
	return c.names[key]
}

// activation is the ID of an embedded activation that is made here.
func (c *checker) activation(text string) (id string, ok bool) {
	t := c.byText[text]
	if t == nil || !t.valid || t.claims.ClaimType() != jwt.ActivationClaim {
		return "", false
	}
	_, listed := c.Lock.Tokens[t.id]
	v := t.claims.(*jwt.ActivationClaims)
	return t.id, listed || c.accounts[cmp.Or(v.IssuerAccount, v.Issuer)] != nil
}

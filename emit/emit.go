// Package emit owns what goes out: claims from a compiled topology, the plan
// of which tokens are issued anew and which revoked, their canonical encoding
// and signing, and the rendering of every file of the output folder.
//
// Plan and Render are pure: no clock, no randomness, no file, no key; what a
// clock or randomness decided comes from the lock. Sign is the only place where
// a signer is touched. Nothing is written that has a stand-in for a key in it,
// that was issued in the future, or whose issuer's seed is another key's.
package emit

import (
	"strconv"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
)

// KeyRef names a key: its ID in the lock and its public key.
type KeyRef struct {
	ID        string
	PublicKey string
}

// State says what a build does with a token.
type State string

// The states. All but Kept give a token a new time of issue.
const (
	Made     State = "made"     // there was none
	Changed  State = "changed"  // it says something else
	Renewed  State = "renewed"  // it says the same, and was about to expire
	Reissued State = "reissued" // it says the same, and a revocation would end it
	Kept     State = "kept"     // nothing
)

// Token is a token of a plan: what it says, when it was issued and, once
// signed, its text.
type Token struct {
	ID       string // its ID in the lock
	Kind     Kind
	Issuer   KeyRef
	Subject  string // a public key
	IssuedAt int64  // Unix seconds
	Expires  int64  // Unix seconds; 0: never
	Digest   string // of what it says, as the lock has it
	State    State
	Reason   string // why it is issued anew; "" when it is kept
	Text     string // the JWT; "" until Sign

	// Account is the account itself, or the one whose user or activation it is;
	// nil for an operator's token.
	Account    *compiler.Account
	User       *compiler.User       // nil unless a user's token
	Activation *compiler.Activation // nil unless an activation

	topology *compiler.Topology
	index    int // among the plan's tokens
	expiry   *compiler.Expiry
	former   lock.Token // what the old lock has of it; zero: nothing
	claims   jwt.Claims // an operator's or an account's; others' are made when they are asked for
	size     int        // bytes of the payload without iat, jti and exp
	embeds   []embed
	taken    []byte // the text where there is no Text; see Artifact.Take
}

// Claims are what the token says, complete save for the text of embedded tokens
// until Sign.
func (t *Token) Claims() jwt.Claims {
	c := t.claims
	switch {
	case t.Activation != nil:
		c = activationClaims(t.Activation, t.Issuer.PublicKey)
	case t.User != nil:
		c = userClaims(t.User, t.Issuer.PublicKey)
	default:
		return c
	}
	d := c.Claims()
	d.IssuedAt, d.Expires = t.IssuedAt, t.Expires
	return c
}

// Place is where what the token is of is declared; nowhere for what nobody
// wrote.
func (t *Token) Place() hcl.Range {
	switch {
	case t.User != nil && t.User.Src == nil:
		return hcl.Range{}
	case t.User != nil:
		return t.User.Src.Def()
	case t.Account != nil:
		return accountDef(t.topology, t.Account)
	}
	return t.topology.Operator.Src.Def()
}

// embed is an import of an account's claims whose token stands otherwise in the
// account's digest than in its payload.
type embed struct {
	into *jwt.Import
	from *Token // the activation made here; nil: there is none
	text string // without from: the token that was given, or ""
	// response is how the service answers that is imported; "" of none.
	response string
}

// token is what the payload has.
func (e embed) token() string {
	if e.from != nil {
		return e.from.Text
	}
	return e.text
}

// grows is how many bytes the payload has more than what is digested, where
// text stands in for the token.
func (e embed) grows(text string) int {
	switch {
	case e.from != nil:
		return e.from.length() - len(text)
	case e.text == "": // then the payload has no such field
		return -len(text) - len(`"token":"",`)
	}
	return len(e.text) - len(text)
}

// inDigest is what the digest has: an activation by its own digest and time of
// issue.
func (e embed) inDigest() string {
	if e.from != nil {
		return inDigest(issueOf(e.from.Digest, e.from.IssuedAt), e.response)
	}
	return inDigest(e.text, e.response)
}

// issueOf stands for a token in the digest of one that embeds it.
func issueOf(digest string, iat int64) string { return digest + "@" + strconv.FormatInt(iat, 10) }

// inDigest is what the digest has of an import's token, or of what stands for it.
// A response type other than the default counts too: the server takes an
// export's changed one to an importer only when the importer's own token is
// issued anew.
func inDigest(token, response string) string {
	if response != "" && response != defaultResponse {
		return token + " answers " + response
	}
	return token
}

// defaultResponse is the response type of a service that says none.
const defaultResponse = "single"

// expires is when a token issued at iat ends, in Unix seconds; 0: never. A
// moment before 1970 is 1970, since 0 would be never.
func expires(e compiler.Expiry, iat int64) int64 {
	switch {
	case !e.At.IsZero():
		return max(1, e.At.Unix())
	case e.After > 0:
		return iat + seconds(e.After)
	}
	return 0
}

// seconds rounds up, so that a short time is never none.
func seconds(d time.Duration) int64 {
	return int64((d + time.Second - 1) / time.Second)
}

// due reports that at now less is left of a duration than its renewal asks for.
// A moment that was written is never due: no build can move it.
func due(e compiler.Expiry, exp, now int64) bool {
	if e.After == 0 {
		return false
	}
	before := seconds(e.RenewBefore)
	if e.RenewBefore == 0 {
		before = seconds(e.After / 3)
	}
	return exp-now < before
}

// declared is the expiry as written, for the digest.
func declared(e compiler.Expiry) string {
	switch {
	case !e.At.IsZero():
		return "at " + schema.FormatUnix(e.At.Unix())
	case e.After > 0:
		return "after " + (time.Duration(seconds(e.After)) * time.Second).String()
	}
	return "never"
}

package truth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"jsc/emit"
	"jsc/emit/lock"
)

// ask gives all accounts of a topology to the server, and then does what they
// are for: connects as each user, sends through each import, makes each stream.
// Where jsc takes the topology the tokens are jsc's, else the oracle's.
//
// A server finds a cycle of imports, or does not, by the account that it takes up
// first: turn says which that is.
func ask(w *world, tree *node, v *verdict, turn int) map[*node]string {
	a := &asking{w: w, tree: tree, v: v, refused: make(map[*node]string), conns: make(map[*node]*nats.Conn)}
	if len(v.mistakes) == 0 {
		a.sign()
	}
	accounts := tree.of("account")
	if n := len(accounts); n > 0 {
		accounts = slices.Concat(accounts[turn%n:], accounts[:turn%n])
	}
	for _, n := range accounts {
		a.store(n)
	}
	for _, n := range accounts {
		if a.refused[n] == "" {
			if err := w.lookUp(w.public(n.accountID())); err != nil {
				a.refuse(n, err.Error())
			}
		}
	}
	a.drops()
	for _, n := range accounts {
		if a.refused[n] != "" {
			continue
		}
		a.lost(n)
		for _, u := range n.of("user") {
			a.connectAs(n, u)
		}
		for _, k := range n.of("signing_key") {
			a.connectBy(n, k)
		}
		a.makeStreams(n)
	}
	if len(a.refused) == 0 && !a.v.says("bad-local-subject") {
		a.crossAll()
	}
	return a.refused
}

// asking is one topology before the server.
type asking struct {
	w       *world
	tree    *node
	v       *verdict
	plan    *emit.Plan // jsc's tokens; nil where it refuses the topology
	refused map[*node]string
	conns   map[*node]*nats.Conn
}

// refuse keeps the first word on a block.
func (a *asking) refuse(n *node, why string) {
	if a.refused[n] == "" {
		a.refused[n] = why
	}
}

// sign has jsc make the tokens.
func (a *asking) sign() {
	if err := a.v.plan.Sign(context.Background(), a.w, nil); err != nil {
		a.refuse(a.tree, "jsc itself, when it signs: "+err.Error())
		return
	}
	a.plan = a.v.plan
}

// store puts an account's token where the server finds it.
func (a *asking) store(n *node) {
	plain, err := a.w.claims(a.tree, n)
	if err != nil {
		a.refuse(n, "no token can hold it: "+err.Error())
		return
	}
	if a.plan == nil || n.bool("external", false) {
		token := a.w.store(plain)
		// The library may read a token otherwise than it was written.
		if read, err := jwt.DecodeAccountClaims(token); err != nil {
			a.refuse(n, err.Error())
		} else if diff := different(plain, read); diff != "" {
			a.refuse(n, "the token is read as something else (-written +read):\n"+diff)
		}
		return
	}
	t := a.plan.Token(lock.AccountID(n.label))
	if diff := different(plain, t.Claims().(*jwt.AccountClaims)); diff != "" {
		a.refuse(n, "jsc's token says something else (-oracle +jsc):\n"+diff)
	}
	a.w.storeToken(plain.Subject, t.Text)
}

// different compares what a token says with what was written, save for exports
// and imports, which jsc merges.
func different(plain, mine *jwt.AccountClaims) string {
	x, y := plain.Account, mine.Account
	x.GenericFields, y.GenericFields = jwt.GenericFields{}, jwt.GenericFields{}
	x.Exports, y.Exports, x.Imports, y.Imports = nil, nil, nil, nil
	if len(x.Limits.JetStreamTieredLimits) == 0 {
		x.Limits.JetStreamTieredLimits = nil
	}
	return cmp.Diff(x, y, cmpopts.EquateEmpty(), sorted)
}

// sorted compares lists of words whose order says nothing.
var sorted = cmpopts.SortSlices(func(a, b string) bool { return a < b })

// drops lays what the server left out, as its log says, to the blocks.
func (a *asking) drops() {
	for _, d := range a.w.log.take() {
		n := a.tree
		for _, of := range a.tree.of("account") {
			if strings.Contains(d.what+d.why, a.title(of)) {
				n = of
			}
			for _, i := range of.of("import") {
				if d.what != "" && d.what == a.adding(of, i) {
					n = i
				}
			}
		}
		a.refuse(n, d.why)
	}
}

// title is an account in the server's log.
func (a *asking) title(n *node) string { return a.w.public(n.accountID()) + "/" + n.label }

// adding is what the server's log says of an import.
func (a *asking) adding(to, i *node) string {
	typ, sub := direction(i)
	sub = a.w.resolved(sub)
	from := a.w.public("account/"+i.string("from", "")) + "/" + i.string("from", "")
	local := i.string("local_subject", "")
	if typ == jwt.Stream {
		return fmt.Sprintf("Adding stream import %s:%q for %s:%q", from, sub, a.title(to), local)
	}
	if local == "" {
		return fmt.Sprintf("Adding service import %s:%q for %s:%q", from, sub, a.title(to), "")
	}
	return fmt.Sprintf("Adding service import %s:%q for %s:%q", from, local, a.title(to), sub)
}

// lost are imports that the server has not, or not as valid ones.
func (a *asking) lost(n *node) {
	z, err := a.w.server.Accountz(&server.AccountzOptions{Account: a.w.public(n.accountID())})
	if err != nil {
		a.refuse(n, err.Error())
		return
	}
	for _, i := range n.of("import") {
		typ, sub := direction(i)
		sub = a.w.resolved(sub)
		found := false
		for _, x := range z.Account.Imports {
			found = found || x.Type == typ && string(x.Subject) == sub && !x.Invalid && x.Account == a.w.public("account/"+i.string("from", ""))
		}
		if !found {
			a.refuse(i, "the server does not have it")
		}
	}
}

// connectAs connects as a user.
func (a *asking) connectAs(n, u *node) {
	plain, signer := a.w.user(n, u)
	token, err := plain.Encode(a.w.pair(signer))
	if err != nil {
		a.refuse(u, err.Error())
		return
	}
	if a.plan != nil {
		t := a.plan.Token(lock.UserID(n.label, u.label))
		mine := t.Claims().(*jwt.UserClaims)
		x, y := plain.User, mine.User
		x.GenericFields, y.GenericFields = jwt.GenericFields{}, jwt.GenericFields{}
		if diff := cmp.Diff(x, y, cmpopts.EquateEmpty(), sorted); diff != "" {
			a.refuse(u, "jsc's token says something else (-oracle +jsc):\n"+diff)
		}
		token = t.Text
	}
	claims, err := jwt.DecodeUserClaims(token)
	if err != nil {
		a.refuse(u, err.Error())
		return
	}
	results := jwt.CreateValidationResults()
	claims.Validate(results)
	if results.IsBlocking(true) {
		a.refuse(u, results.Issues[0].Description)
		return
	}
	if _, err := a.w.connectAs(a.w.pair(n.accountID()+"/user/"+u.label), token); err != nil {
		a.refuse(u, err.Error())
	}
}

// connectBy connects as a user that a scoped signing key signs: nobody looks at
// a role before.
func (a *asking) connectBy(n, k *node) {
	if k.child("role") == nil {
		return
	}
	user := a.w.pair(n.accountID() + "/user/of " + k.label)
	public, err := user.PublicKey()
	if err != nil {
		a.w.t.Fatal(err)
	}
	c := jwt.NewUserClaims(public)
	c.SetScoped(true)
	c.IssuerAccount = a.w.public(n.accountID())
	token, err := c.Encode(a.w.pair(n.accountID() + "/signing/" + k.label))
	if err == nil {
		_, err = a.w.connectAs(user, token)
	}
	if err != nil {
		a.refuse(k, err.Error())
	}
}

// conn is an unrestricted connection to an account.
func (a *asking) conn(n *node) (*nats.Conn, error) {
	if a.conns[n] != nil {
		return a.conns[n], nil
	}
	nc, err := a.w.connect(n.accountID())
	if err == nil {
		a.conns[n] = nc
	}
	return nc, err
}

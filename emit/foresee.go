package emit

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema/parallel"
)

// Foresee is what NewPlan says of a topology, without a plan. Where bounds on
// times and lengths show that a plan has nothing to say, as they do of all but odd
// topologies, no claims are made.
func Foresee(t *compiler.Topology, old *lock.Lock, now int64) hcl.Diagnostics {
	if saysNothing(t, old, now) {
		return nil
	}
	_, diags := NewPlan(t, old, now)
	return diags
}

// saysNothing reports that a plan has nothing to say. It is false where it cannot
// tell.
func saysNothing(t *compiler.Topology, old *lock.Lock, now int64) bool {
	if t.Operator == nil && len(t.Accounts) == 0 || len(old.Retired) > 0 || !allPast(t, old, now+MaxAhead) {
		return false
	}
	revocations := mostRevocations(t, old)
	var odd atomic.Bool
	parallel.Do(len(t.Accounts), func(i int) {
		if a := t.Accounts[i]; !a.External && !odd.Load() && !fits(a, accountIssuer(t.Operator, a), revocations[a.PublicKey]) {
			odd.Store(true)
		}
	})
	return !odd.Load()
}

// allPast reports that whatever a token has to be later than, its former one or
// a revocation, is before a moment, so that none is issued after it.
func allPast(t *compiler.Topology, old *lock.Lock, moment int64) bool {
	for _, token := range old.Tokens {
		if token.IssuedAt >= moment {
			return false
		}
	}
	for _, r := range old.Revoked {
		if r.Before >= moment {
			return false
		}
	}
	for _, a := range t.Accounts {
		for _, r := range a.Revocations {
			if r.Before.Unix() >= moment {
				return false
			}
		}
	}
	return true
}

// mostRevocations is how many revocations accounts can get, by their public
// keys: those that are there, and one for each of their former tokens.
func mostRevocations(t *compiler.Topology, old *lock.Lock) map[string]int {
	byName := make(map[string]int, len(t.Accounts)) // as IDs have the names
	for id := range old.Tokens {
		_, named, _ := strings.Cut(id, "/")
		name, _, _ := strings.Cut(named, "/")
		byName[name]++
	}
	most := make(map[string]int, len(t.Accounts))
	for name, n := range byName {
		most[old.Keys["account/"+name]] += n
	}
	for id := range old.Revoked {
		key, _, _ := strings.Cut(id, "/")
		most[key]++
	}
	for _, a := range t.Accounts {
		most[a.PublicKey] += 2 * len(a.Revocations) // of all users of a former key too
	}
	return most
}

// fits reports that the tokens of an account and of its users can be encoded
// and are no longer than they may be.
func fits(a *compiler.Account, issuer KeyRef, revocations int) bool {
	if !accountSize(a, revocations).texts(issuer.PublicKey).fits(jwt.MaxTokenSize) {
		return false
	}
	for _, e := range a.Exports {
		if n := e.Terms.LatencySampling; n < -1 || n > 100 {
			return false // jwt does not encode it
		}
	}
	return !slices.ContainsFunc(a.Users, func(u *compiler.User) bool {
		return !userSize(u).fits(controlLine-connectRest) && !userFits(u)
	})
}

// userFits is userSize's answer of a user's very claims, whenever they are
// issued.
func userFits(u *compiler.User) bool {
	body, err := newEncoder().claimsBody(userClaims(u, userIssuer(u).PublicKey))
	return err == nil && size(payloadLength(len(body), math.MinInt64, math.MinInt64)).fits(controlLine-connectRest)
}

// size is how many bytes a payload has at most.
type size int

// What the payloads of tokens have at most beside texts and lists: names of
// fields, signing keys, times, numbers.
const (
	activationRest size = 512
	userRest       size = 1024
	accountRest    size = 2048
	exportRest     size = 512
	importRest     size = 256
	tierRest       size = 512
	entryRest      size = 128 // of an entry of any other list
)

// fits reports that the token is no longer than so many bytes.
func (n size) fits(bytes int) bool { return n.encoded() <= size(bytes) }

// encoded is the length of the token.
func (n size) encoded() size {
	return size(len(encodedHeader) + len(".") + base64Raw.EncodedLen(int(n)) + signatureLength)
}

// texts adds texts as JSON has them at most: each byte as \u0000, with quotes
// and a comma.
func (n size) texts(list ...string) size {
	for _, s := range list {
		n += size(len(`\u0000`)*len(s) + len(`"",`))
	}
	return n
}

func (n size) permissions(p compiler.Permissions) size {
	return n.texts(p.PublishAllow...).texts(p.PublishDeny...).texts(p.SubscribeAllow...).texts(p.SubscribeDeny...)
}

func (n size) userLimits(l compiler.UserLimits) size {
	n = n.texts(l.Locale).texts(l.SourceNetworks...).texts(l.ConnectionTypes...)
	for _, t := range l.Times {
		n = (n + entryRest).texts(t.Start, t.End)
	}
	return n
}

func userSize(u *compiler.User) size {
	n := userRest.texts(u.Name, u.PublicKey, u.Account.PublicKey).permissions(u.Permissions).userLimits(u.Limits)
	if u.Src != nil {
		n = n.texts(u.Src.Tags.Or(nil)...)
	}
	return n
}

func accountSize(a *compiler.Account, revocations int) size {
	n := accountRest.texts(a.Name, a.PublicKey, a.ClusterTraffic) + size(revocations*(1+len(a.Exports)))*entryRest
	for _, e := range a.Exports {
		n = (n + exportRest).texts(e.Name, e.Subject, e.Terms.Response, e.Terms.LatencyResults, e.Description, e.InfoURL)
	}
	for _, i := range a.Imports {
		n = (n + importRest).texts(i.Name, i.From.PublicKey, i.Subject, i.Local, i.Token)
		if i.Activation != nil {
			n += activationRest.texts(i.From.PublicKey, a.PublicKey, i.Subject, i.Subject).encoded()
		}
	}
	for _, k := range a.SigningKeys {
		n = (n + userRest).texts(k.Label)
		if k.Role != nil {
			n = n.permissions(k.Role.Permissions).userLimits(k.Role.Limits)
		}
		if k.Src != nil {
			n = n.texts(k.Src.Description.Or(""))
		}
	}
	if a.JetStream != nil {
		n += size(len(a.JetStream.Tiers)) * tierRest
	}
	if a.Defaults != nil {
		n = n.permissions(*a.Defaults)
	}
	for _, m := range a.Mappings {
		n = n.texts(m.From)
		for _, d := range m.To {
			n = (n + entryRest).texts(d.Subject, d.Cluster)
		}
	}
	if x := a.AuthCallout; x != nil {
		n = n.texts(x.Users...).texts(x.AllowedAccounts...).texts(x.XKey)
	}
	if a.Trace != nil {
		n = n.texts(a.Trace.Destination)
	}
	if a.Src != nil {
		n = n.texts(a.Src.Description.Or(""), a.Src.InfoURL.Or("")).texts(a.Src.Tags.Or(nil)...)
	}
	return n
}

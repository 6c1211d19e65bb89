package emit

import (
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
)

// claimTypes are the token types of NATS by what a topology calls them.
var claimTypes = map[compiler.Type]jwt.ExportType{
	compiler.StreamType:  jwt.Stream,
	compiler.ServiceType: jwt.Service,
}

// responseTypes are the words of NATS for how a service answers.
var responseTypes = map[string]jwt.ResponseType{
	"single":  jwt.ResponseTypeSingleton,
	"stream":  jwt.ResponseTypeStream,
	"chunked": jwt.ResponseTypeChunked,
}

// stamp is what the library's Encode sets of every token's body.
func stamp(kind jwt.ClaimType, tags []string) jwt.GenericFields {
	return jwt.GenericFields{Type: kind, Version: claimsVersion, Tags: tagList(tags)}
}

// tagList is as the library keeps tags: lower case, trimmed, each once.
func tagList(tags []string) jwt.TagList {
	var list jwt.TagList
	list.Add(tags...)
	return list
}

// operatorClaims are an operator's, without iat and exp.
func operatorClaims(o *compiler.Operator) *jwt.OperatorClaims {
	c := jwt.NewOperatorClaims(o.PublicKey)
	c.Name = o.Name
	for _, k := range o.SigningKeys {
		c.SigningKeys.Add(k.PublicKey)
	}
	if o.SystemAccount != nil {
		c.SystemAccount = o.SystemAccount.PublicKey
	}
	c.StrictSigningKeyUsage = o.Strict
	c.GenericFields = stamp(jwt.OperatorClaim, o.Src.Tags.Or(nil))
	c.AccountServerURL = o.Src.AccountServerURL.Or("")
	c.OperatorServiceURLs = o.Src.ServiceURLs.Or(nil)
	c.AssertServerVersion = o.Src.AssertServerVersion.Or("")
	return c
}

// activationClaims are an activation's, without iat and exp. Its name is its
// subject. A token by a signing key says whose key that is.
func activationClaims(a *compiler.Activation, issuer string) *jwt.ActivationClaims {
	c := jwt.NewActivationClaims(a.To.PublicKey)
	c.Issuer = issuer
	c.Name = a.Subject
	c.ImportSubject = jwt.Subject(a.Subject)
	c.ImportType = claimTypes[a.Type]
	if issuer != a.From.PublicKey {
		c.IssuerAccount = a.From.PublicKey
	}
	c.GenericFields = stamp(jwt.ActivationClaim, nil)
	return c
}

// userClaims are a user's, without iat and exp. Those of a scoped user hold
// neither permissions nor limits: the signing key's role does.
func userClaims(u *compiler.User, issuer string) *jwt.UserClaims {
	c := jwt.NewUserClaims(u.PublicKey)
	c.Issuer = issuer
	c.Name = u.Name
	if u.Scoped {
		c.SetScoped(true)
	} else {
		c.UserPermissionLimits = userLimits(u.Permissions, u.Limits)
	}
	if issuer != u.Account.PublicKey {
		c.IssuerAccount = u.Account.PublicKey
	}
	var tags []string
	if u.Src != nil {
		tags = u.Src.Tags.Or(nil)
	}
	c.GenericFields = stamp(jwt.UserClaim, tags)
	return c
}

func userLimits(p compiler.Permissions, l compiler.UserLimits) jwt.UserPermissionLimits {
	var out jwt.UserPermissionLimits
	out.Permissions = permissions(p)
	out.NatsLimits = jwt.NatsLimits{Subs: l.Subscriptions, Data: l.Data, Payload: l.Payload}
	out.Src = slices.Clone(l.SourceNetworks)
	for _, t := range l.Times {
		out.Times = append(out.Times, jwt.TimeRange{Start: t.Start, End: t.End})
	}
	out.Locale = l.Locale
	out.BearerToken = l.Bearer
	out.ProxyRequired = l.ProxyRequired
	out.AllowedConnectionTypes = slices.Clone(l.ConnectionTypes)
	return out
}

func permissions(p compiler.Permissions) jwt.Permissions {
	out := jwt.Permissions{
		Pub: jwt.Permission{Allow: p.PublishAllow, Deny: p.PublishDeny},
		Sub: jwt.Permission{Allow: p.SubscribeAllow, Deny: p.SubscribeDeny},
	}
	if p.Responses != nil {
		out.Resp = &jwt.ResponsePermission{MaxMsgs: p.Responses.Max, Expires: p.Responses.TTL}
	}
	return out
}

// activationIssuer is the key that signs an account's activations: its first
// plain signing key, so that the identity key can stay off line, else the
// identity key. A scoped key may only sign users.
func activationIssuer(a *compiler.Account) KeyRef {
	if k := a.PlainKey(); k != nil {
		return signingKey(a, k)
	}
	return identity(a)
}

// userIssuer is the key that signs a user.
func userIssuer(u *compiler.User) KeyRef {
	if u.SignedBy != nil {
		return signingKey(u.Account, u.SignedBy)
	}
	return identity(u.Account)
}

// accountIssuer is the key that signs an account: the operator's signing key
// that was named, the operator's own, or, where the operator is somebody
// else's, the account's own.
func accountIssuer(o *compiler.Operator, a *compiler.Account) KeyRef {
	switch {
	case o == nil || o.External:
		return identity(a)
	case a.SignedBy != nil:
		return operatorSigningKey(o, a.SignedBy)
	}
	return operatorIdentity(o)
}

package emit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
)

// accountClaims are an account's, without iat and exp, revocations and the text
// of the activations that its imports embed.
func accountClaims(a *compiler.Account, issuer string) *jwt.AccountClaims {
	c := jwt.NewAccountClaims(a.PublicKey)
	c.Issuer = issuer
	c.Name = a.Name
	c.Limits = accountLimits(a)
	c.SigningKeys = scopes(a.SigningKeys)
	c.Exports = exports(a.Exports)
	c.Imports = imports(a.Imports)
	if a.Defaults != nil {
		c.DefaultPermissions = permissions(*a.Defaults)
	}
	for _, m := range a.Mappings {
		c.Mappings[jwt.Subject(m.From)] = destinations(m.To)
	}
	if x := a.AuthCallout; x != nil {
		c.Authorization = jwt.ExternalAuthorization{
			AuthUsers:       slices.Clone(x.Users),
			AllowedAccounts: slices.Clone(x.AllowedAccounts),
			XKey:            x.XKey,
		}
	}
	if a.Trace != nil {
		c.Trace = &jwt.MsgTrace{Destination: jwt.Subject(a.Trace.Destination), Sampling: a.Trace.Sampling}
	}
	c.ClusterTraffic = jwt.ClusterTraffic(a.ClusterTraffic)
	var tags []string
	if a.Src != nil {
		c.Description = a.Src.Description.Or("")
		c.InfoURL = a.Src.InfoURL.Or("")
		tags = a.Src.Tags.Or(nil)
	}
	c.GenericFields = stamp(jwt.AccountClaim, tags)
	return c
}

func accountLimits(a *compiler.Account) jwt.OperatorLimits {
	l := a.Limits
	out := jwt.OperatorLimits{
		NatsLimits: jwt.NatsLimits{Subs: l.Subscriptions, Data: l.Data, Payload: l.Payload},
		AccountLimits: jwt.AccountLimits{
			Imports: l.Imports, Exports: l.Exports, WildcardExports: l.WildcardExports,
			DisallowBearer: l.DisallowBearer, Conn: l.Connections, LeafNodeConn: l.LeafNodes,
		},
	}
	if a.JetStream == nil {
		return out
	}
	out.JetStreamLimits = jetStreamLimits(a.JetStream.JetStreamLimits)
	for _, t := range a.JetStream.Tiers {
		if out.JetStreamTieredLimits == nil {
			out.JetStreamTieredLimits = jwt.JetStreamTieredLimits{}
		}
		out.JetStreamTieredLimits[fmt.Sprintf("R%d", t.Replicas)] = jetStreamLimits(t.JetStreamLimits)
	}
	return out
}

func jetStreamLimits(l compiler.JetStreamLimits) jwt.JetStreamLimits {
	return jwt.JetStreamLimits{
		MemoryStorage: l.Memory, DiskStorage: l.Disk,
		Streams: l.Streams, Consumer: l.Consumers, MaxAckPending: l.MaxAckPending,
		MemoryMaxStreamBytes: l.MemoryMaxStream, DiskMaxStreamBytes: l.DiskMaxStream,
		MaxBytesRequired: l.MaxBytesRequired,
	}
}

func scopes(keys []*compiler.SigningKey) jwt.SigningKeys {
	out := jwt.SigningKeys{}
	for _, k := range keys {
		if k.Role == nil {
			out.Add(k.PublicKey)
			continue
		}
		s := jwt.NewUserScope()
		s.Key = k.PublicKey
		s.Role = k.Label
		s.Template = userLimits(k.Role.Permissions, k.Role.Limits)
		if k.Src != nil {
			s.Description = k.Src.Description.Or("")
		}
		out.AddScopedSigner(s)
	}
	return out
}

// exports are sorted here by (subject, type): the server and the library sort
// by subject only, unstably.
func exports(list []*compiler.Export) jwt.Exports {
	out, room := slices.Grow(jwt.Exports(nil), len(list)), make([]jwt.Export, len(list))
	for i, e := range list {
		x := &room[i]
		*x = jwt.Export{
			Name:                 e.Name,
			Subject:              jwt.Subject(e.Subject),
			Type:                 claimTypes[e.Type],
			TokenReq:             e.Terms.Private,
			ResponseType:         responseTypes[e.Terms.Response],
			ResponseThreshold:    e.Terms.Threshold,
			AccountTokenPosition: uint(e.Terms.TokenPosition),
			Advertise:            e.Advertise,
			AllowTrace:           e.Terms.AllowTrace,
			Info:                 jwt.Info{Description: e.Description, InfoURL: e.InfoURL},
		}
		if e.Terms.LatencySampling != 0 {
			// jwt.Headers is 0, which the compiler has as -1.
			x.Latency = &jwt.ServiceLatency{
				Sampling: jwt.SamplingRate(max(0, e.Terms.LatencySampling)),
				Results:  jwt.Subject(e.Terms.LatencyResults),
			}
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *jwt.Export) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Type, b.Type))
	})
	return out
}

// imports stand in the order of list; link sorts them once their activations
// are found. A local subject that is the exporter's is left out.
func imports(list []*compiler.Import) jwt.Imports {
	out, room := make(jwt.Imports, 0, len(list)), make([]jwt.Import, len(list))
	for k, i := range list {
		x := &room[k]
		*x = jwt.Import{
			Name:       i.Name,
			Subject:    jwt.Subject(i.Subject),
			Account:    i.From.PublicKey,
			Type:       claimTypes[i.Type],
			Share:      i.Share,
			AllowTrace: i.AllowTrace,
			Token:      i.Token,
		}
		if i.Local != i.Subject {
			x.LocalSubject = jwt.RenamingSubject(i.Local)
		}
		out = append(out, x)
	}
	return out
}

// sortImports puts imports in their one order. Only then may they be encoded.
func sortImports(list jwt.Imports) {
	slices.SortFunc(list, func(a, b *jwt.Import) int {
		return cmp.Or(
			cmp.Compare(a.Subject, b.Subject),
			cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.LocalSubject, b.LocalSubject),
		)
	})
}

func destinations(list []compiler.Destination) []jwt.WeightedMapping {
	var out []jwt.WeightedMapping
	for _, d := range list {
		out = append(out, jwt.WeightedMapping{
			Subject: jwt.Subject(d.Subject), Weight: uint8(d.Weight), Cluster: d.Cluster,
		})
	}
	return out
}

package emit

import (
	"slices"

	"github.com/nats-io/jwt/v2"
)

// claims writes the body of a user's or an account's claims, which are what there
// is most of beside activations. It is not done, and what it wrote is of no use,
// with others, and with what encoding/json might not encode.
func (w *jsonWriter) claims(c jwt.Claims) (done bool) {
	var of func()
	switch c := c.(type) {
	case *jwt.UserClaims:
		of = func() { w.user(&c.User) }
	case *jwt.AccountClaims:
		of = func() { w.account(&c.Account) }
	default:
		return false
	}
	d := c.Claims()
	w.begin('{')
	w.textIf("aud", d.Audience)
	w.textIf("iss", d.Issuer)
	w.textIf("name", d.Name)
	w.numberIf("nbf", d.NotBefore)
	w.textIf("sub", d.Subject)
	w.object("nats", of)
	w.end('}')
	return !w.failed
}

func (w *jsonWriter) user(u *jwt.User) {
	w.permissions(&u.Permissions)
	w.texts("src", u.Src)
	if len(u.Times) > 0 {
		w.value("times", u.Times)
	}
	w.textIf("times_location", u.Locale)
	w.natsLimits(&u.NatsLimits)
	w.flagIf("bearer_token", u.BearerToken)
	w.flagIf("proxy_required", u.ProxyRequired)
	w.texts("allowed_connection_types", u.AllowedConnectionTypes)
	w.textIf("issuer_account", u.IssuerAccount)
	w.generic(&u.GenericFields)
}

func (w *jsonWriter) account(a *jwt.Account) {
	elements(w, "imports", a.Imports, (*jsonWriter).imported)
	elements(w, "exports", a.Exports, (*jsonWriter).exported)
	w.object("limits", func() { w.limits(&a.Limits) })
	if len(a.SigningKeys) > 0 {
		w.value("signing_keys", &a.SigningKeys)
	}
	if len(a.Revocations) > 0 {
		w.value("revocations", a.Revocations)
	}
	w.object("default_permissions", func() { w.permissions(&a.DefaultPermissions) })
	if len(a.Mappings) > 0 {
		w.value("mappings", a.Mappings)
	}
	w.object("authorization", func() {
		w.texts("auth_users", a.Authorization.AuthUsers)
		w.texts("allowed_accounts", a.Authorization.AllowedAccounts)
		w.textIf("xkey", a.Authorization.XKey)
	})
	if a.Trace != nil {
		w.value("trace", a.Trace)
	}
	w.textIf("cluster_traffic", string(a.ClusterTraffic))
	w.info(&a.Info)
	w.generic(&a.GenericFields)
}

func (w *jsonWriter) imported(i *jwt.Import) {
	w.textIf("name", i.Name)
	w.textIf("subject", string(i.Subject))
	w.textIf("account", i.Account)
	w.textIf("token", i.Token)
	//lint:ignore SA1019 a build writes none, and what is written in its place is to be told apart
	w.textIf("to", string(i.To))
	w.textIf("local_subject", string(i.LocalSubject))
	w.exportType(i.Type)
	w.flagIf("share", i.Share)
	w.flagIf("allow_trace", i.AllowTrace)
}

func (w *jsonWriter) exported(e *jwt.Export) {
	w.textIf("name", e.Name)
	w.textIf("subject", string(e.Subject))
	w.exportType(e.Type)
	w.flagIf("token_req", e.TokenReq)
	if len(e.Revocations) > 0 {
		w.value("revocations", e.Revocations)
	}
	w.textIf("response_type", string(e.ResponseType))
	w.numberIf("response_threshold", int64(e.ResponseThreshold))
	if e.Latency != nil {
		w.value("service_latency", e.Latency)
	}
	if e.AccountTokenPosition != 0 {
		w.value("account_token_position", e.AccountTokenPosition)
	}
	w.flagIf("advertise", e.Advertise)
	w.flagIf("allow_trace", e.AllowTrace)
	w.info(&e.Info)
}

func (w *jsonWriter) exportType(t jwt.ExportType) {
	switch t {
	case jwt.Unknown:
	case jwt.Stream, jwt.Service:
		w.text("type", t.String())
	default:
		w.failed = true
	}
}

func (w *jsonWriter) limits(l *jwt.OperatorLimits) {
	w.natsLimits(&l.NatsLimits)
	w.numberIf("imports", l.Imports)
	w.numberIf("exports", l.Exports)
	w.flagIf("wildcards", l.WildcardExports)
	w.flagIf("disallow_bearer", l.DisallowBearer)
	w.numberIf("conn", l.Conn)
	w.numberIf("leaf", l.LeafNodeConn)
	w.numberIf("mem_storage", l.MemoryStorage)
	w.numberIf("disk_storage", l.DiskStorage)
	w.numberIf("streams", l.Streams)
	w.numberIf("consumer", l.Consumer)
	w.numberIf("max_ack_pending", l.MaxAckPending)
	w.numberIf("mem_max_stream_bytes", l.MemoryMaxStreamBytes)
	w.numberIf("disk_max_stream_bytes", l.DiskMaxStreamBytes)
	w.flagIf("max_bytes_required", l.MaxBytesRequired)
	if len(l.JetStreamTieredLimits) > 0 {
		w.value("tiered_limits", l.JetStreamTieredLimits)
	}
}

func (w *jsonWriter) natsLimits(l *jwt.NatsLimits) {
	w.numberIf("subs", l.Subs)
	w.numberIf("data", l.Data)
	w.numberIf("payload", l.Payload)
}

func (w *jsonWriter) permissions(p *jwt.Permissions) {
	for _, way := range []struct {
		key string
		of  *jwt.Permission
	}{{"pub", &p.Pub}, {"sub", &p.Sub}} {
		w.object(way.key, func() {
			w.texts("allow", way.of.Allow)
			w.texts("deny", way.of.Deny)
		})
	}
	if p.Resp != nil {
		w.value("resp", p.Resp)
	}
}

func (w *jsonWriter) info(i *jwt.Info) {
	w.textIf("description", i.Description)
	w.textIf("info_url", i.InfoURL)
}

func (w *jsonWriter) generic(g *jwt.GenericFields) {
	w.texts("tags", g.Tags)
	w.textIf("type", string(g.Type))
	w.numberIf("version", int64(g.Version))
}

// elements writes a member that is an array of objects, unless that is empty.
func elements[E any](w *jsonWriter, key string, list []*E, members func(*jsonWriter, *E)) {
	if len(list) == 0 {
		return
	}
	w.failed = w.failed || slices.Contains(list, nil)
	if !w.failed {
		objects(w, key, list, func(w *jsonWriter, e **E) { members(w, *e) })
	}
}

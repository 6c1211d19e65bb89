package compiler

import (
	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// compileExports makes an account's raw exports. Those that shares need come
// beside them in deriveExports, which also sorts and merges them.
func (p *pass) compileExports(a *Account) {
	if a.Src != nil {
		var taken names
		for _, src := range a.Src.Exports {
			if e := p.export(src); e != nil && p.claim(&taken, "export", src) {
				a.Exports = append(a.Exports, e)
			}
		}
	}
	if a.System {
		a.Exports = append(a.Exports, monitoring(a.Exports)...)
	}
}

// export makes one raw export; nil when it names no subject.
func (p *pass) export(src *schema.Export) *Export {
	typ, sub := p.direction("export", src, src.Stream, src.Service)
	if typ == "" {
		return nil
	}
	p.checkDescription(src.Description)
	p.checkURL("info_url", src.InfoURL, true)
	e := &Export{
		Name:        src.Name,
		Type:        typ,
		Subject:     string(sub.Value),
		Advertise:   src.Advertise.Or(false),
		InfoURL:     src.InfoURL.Or(""),
		Description: src.Description.Or(""),
		Raw:         src,
	}
	if typ == StreamType {
		e.Terms = p.streamTerms(src)
	} else {
		e.Terms = p.serviceTerms(service{
			subject:       sub,
			response:      src.Response,
			threshold:     src.ResponseThreshold,
			tokenPosition: src.AccountTokenPosition,
			latency:       src.Latency,
		})
		e.Terms.AllowTrace = src.AllowTrace.Or(false)
	}
	e.Terms.Private = !src.Public.Or(false)
	p.checkTokenless(e.Terms.TokenPosition, !e.Terms.Private, src.AccountTokenPosition, e.Subject)
	return e
}

// direction is the type and the subject of an export or import, which names
// exactly one of stream and service; "" when it does not.
func (p *pass) direction(what string, src schema.Entity, stream, service schema.Attr[schema.Subject]) (Type, schema.Attr[schema.Subject]) {
	h := src.Header()
	switch {
	case stream.IsSet() && service.IsSet():
		p.add(diag.New("field-conflict", service.NameRange(), "service", "stream"))
	case stream.IsSet():
		return StreamType, stream
	case service.IsSet():
		return ServiceType, service
	case !stream.Invalid() && !service.Invalid():
		d := diag.New("missing-attribute", h.Site().Body, what+" "+quote(h.Name), "stream or service")
		p.add(diag.WithHint(d, "Write the subject as stream, or as service when it takes requests."))
	}
	return "", schema.Attr[schema.Subject]{}
}

// streamTerms are the terms of a stream export: what only services have is
// refused (jwt's Export.Validate).
func (p *pass) streamTerms(src *schema.Export) Terms {
	var t Terms
	if src.AccountTokenPosition.IsSet() {
		t.TokenPosition = p.tokenPosition(src.AccountTokenPosition, string(src.Stream.Value))
	}
	if src.Response.IsSet() {
		p.add(diag.New("response-on-stream", src.Response.NameRange(), "response"))
	}
	if src.ResponseThreshold.IsSet() {
		p.add(diag.New("response-on-stream", src.ResponseThreshold.NameRange(), "response_threshold"))
	}
	if src.Latency != nil {
		p.add(diag.New("latency-on-stream", src.Latency.Def(), "a stream export"))
	}
	if src.AllowTrace.Or(false) {
		p.add(diag.New("field-requires", src.AllowTrace.NameRange(), "allow_trace", "a service export"))
	}
	return t
}

// monitoring are the exports that the tools expect of a system account
// (docs/security.md E1), without those that it already has. Each importer reaches
// its own account's part alone: the token position holds its public key.
func monitoring(written []*Export) []*Export {
	var missing []*Export
	for _, e := range []*Export{
		{Name: "account-monitoring-services", Type: ServiceType, Subject: "$SYS.REQ.ACCOUNT.*.*", Terms: Terms{Response: "stream", TokenPosition: 4}},
		{Name: "account-monitoring-streams", Type: StreamType, Subject: "$SYS.ACCOUNT.*.>", Terms: Terms{TokenPosition: 3}},
	} {
		has := false
		for _, w := range written {
			has = has || w.Type == e.Type && subject.Contains(w.Subject, e.Subject)
		}
		if !has {
			missing = append(missing, e)
		}
	}
	return missing
}

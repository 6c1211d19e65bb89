package compiler

import (
	"strings"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// service is how a service is offered, by an export or by a share.
type service struct {
	subject       schema.Attr[schema.Subject]
	response      schema.Attr[string]
	threshold     schema.Attr[schema.Duration]
	tokenPosition schema.Attr[int64]
	latency       *schema.Latency
}

// serviceTerms are the terms of a service, but for whether it is private. The
// rules are jwt's (Export.Validate); stricter, latency is refused where the
// server would silently not measure it.
func (p *pass) serviceTerms(s service) Terms {
	t := Terms{Response: s.response.Or("single"), Threshold: s.threshold.Or(0)}
	if t.Threshold < 0 {
		p.add(diag.New("bad-value", s.threshold.Range(), attrThreshold, "0 or more", schema.FormatDuration(t.Threshold)))
		t.Threshold = 0
	}
	if s.tokenPosition.IsSet() {
		t.TokenPosition = p.tokenPosition(s.tokenPosition, string(s.subject.Value))
	}
	if s.latency == nil {
		return t
	}
	if t.Response != "single" {
		d := diag.New("latency-on-stream", s.latency.Def(), "a service with "+t.Response+" responses")
		p.add(diag.WithNote(d, s.response.Range(), "the response is set here"))
		return t
	}
	t.LatencySampling = int(s.latency.Sampling.Value)
	t.LatencyResults = string(s.latency.Results.Value)
	if !subject.Literal(t.LatencyResults) {
		p.add(diag.New("bad-subject", s.latency.Results.Range(), t.LatencyResults, "measurements are published, so it has no wildcards"))
	}
	return t
}

// tokenPosition is the token, counted from 1, where the importer's public key
// stands; 0 when it points at none.
func (p *pass) tokenPosition(attr schema.Attr[int64], exported string) int {
	tokens := strings.Split(exported, ".")
	if n := attr.Value; n >= 1 && n <= int64(len(tokens)) && tokens[n-1] == subject.Any {
		return int(n)
	}
	p.add(diag.New("account-token-position", attr.Range(), attr.Value, exported))
	return 0
}

// shareTerms are the terms of a share's service, the zero Terms for others.
func (p *pass) shareTerms(s *Share) Terms {
	if !s.Kind.Takes(attrResponse) {
		return Terms{}
	}
	t := p.serviceTerms(service{
		subject:       s.Src.Service,
		response:      s.Src.Response,
		threshold:     s.Src.ResponseThreshold,
		tokenPosition: s.Src.AccountTokenPosition,
		latency:       s.Src.Latency,
	})
	p.checkTokenless(t.TokenPosition, s.Public, s.Src.AccountTokenPosition, s.Subject)
	return t
}

// checkTokenless says of a private export with a token position that it is not
// private: the server asks no token of whoever has its key in the subject
// (server/accounts.go, checkAuth).
func (p *pass) checkTokenless(position int, public bool, at schema.Attr[int64], exported string) {
	if position > 0 && !public {
		d := diag.New("over-grant", at.Range(), exported, "every account its own part, without a token")
		p.add(diag.WithHint(d, "Set public = true if that is meant, or leave account_token_position out."))
	}
}

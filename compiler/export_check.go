package compiler

import (
	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkExports refuses exports that the account's own limits forbid, and
// measurements that the server would not send. Shares' exports count too.
func (p *pass) checkExports(a *Account) {
	if a.Src == nil || a.External {
		return
	}
	if n := int64(len(a.Exports)); a.Limits.Exports >= 0 && n > a.Limits.Exports {
		p.add(diag.New("too-many-exports", a.Src.Limits.Exports.Range(), a.Name, n, a.Limits.Exports))
	}
	var services *subject.Index[*Export] // once results are to go somewhere
	for _, e := range a.Exports {
		if !a.Limits.WildcardExports && !subject.Literal(e.Subject) {
			p.add(diag.New("wildcard-export-forbidden", e.place(a), a.Name, e.Subject))
		}
		if to := e.Terms.LatencyResults; to != "" && subject.Valid(to) == nil {
			if services == nil {
				services = a.services()
			}
			p.checkLatencyResults(a, e, services)
		}
	}
}

// services are the services that the account exports.
func (a *Account) services() *subject.Index[*Export] {
	index := new(subject.Index[*Export])
	for _, e := range a.Exports {
		if e.Type == ServiceType {
			index.Add(e.Subject, e)
		}
	}
	return index
}

// checkLatencyResults refuses results that go to a service of the account: the
// server does not measure then (server/accounts.go,
// TrackServiceExportWithSampling).
func (p *pass) checkLatencyResults(a *Account, e *Export, services *subject.Index[*Export]) {
	for _, s := range services.Containing(e.Terms.LatencyResults) {
		d := diag.New("bad-subject", e.latencyPlace(a), e.Terms.LatencyResults, "measurements cannot go to an exported service")
		p.add(diag.WithNote(d, s.place(a), "service %q is exported here", s.Subject))
		return
	}
}

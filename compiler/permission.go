package compiler

import (
	"slices"
	"strconv"
	"strings"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// denyAll is the deny list of a side on which nothing is allowed: to the
// server an empty allow list means everything.
func denyAll() []string { return []string{subject.Rest} }

// writtenPermissions are the permissions as a block has them. A role's may
// hold templates, which the server fills in for each user.
func (p *pass) writtenPermissions(src *schema.Permissions, templates bool) Permissions {
	var out Permissions
	out.PublishAllow, out.PublishDeny = p.side(src.Publish, false, templates)
	out.SubscribeAllow, out.SubscribeDeny = p.side(src.Subscribe, true, templates)
	if src.Responses != nil {
		out.Responses = p.responses(src.Responses)
	}
	return out
}

// side is one of publish and subscribe. An allow list that is written and
// empty allows nothing.
func (p *pass) side(src *schema.AllowDeny, queue, templates bool) (allow, deny []string) {
	if src == nil {
		return nil, nil
	}
	allow = p.permitted(src.Allow, queue, templates)
	deny = p.permitted(src.Deny, queue, templates)
	if closes(src) {
		deny = denyAll()
	}
	return allow, deny
}

// closes reports an allow list that is written and empty.
func closes(src *schema.AllowDeny) bool {
	return src != nil && src.Allow.IsSet() && len(src.Allow.Value) == 0
}

// opened is a with the deny lists as they were written where side has closed a
// side on which nothing was allowed: more is to be, and what is denied stays
// denied.
func (a Permissions) opened(written *schema.Permissions) Permissions {
	if closes(written.Publish) {
		a.PublishDeny = written.Publish.Deny.Or(nil)
	}
	if closes(written.Subscribe) {
		a.SubscribeDeny = written.Subscribe.Deny.Or(nil)
	}
	return a
}

// subscribes reports that an entry of the allow list covers a subject.
func (a Permissions) subscribes(s string) bool {
	return slices.ContainsFunc(a.SubscribeAllow, func(allow string) bool { return subject.Contains(allow, s) })
}

// permitted is a list of subjects without those that jwt refuses, sorted and
// unique.
func (p *pass) permitted(attr schema.Attr[[]string], queue, templates bool) []string {
	var list []string
	filled := templates && templated(attr.Or(nil))
	for i, s := range attr.Or(nil) {
		why := permissionFault(s, queue, templates)
		if why == "" && filled && strings.Contains(template.ReplaceAllString(s, "x"), " ") {
			why = "in a list with templates the server leaves out what names a queue"
		}
		if why != "" {
			p.add(diag.New("bad-subject", attr.Elem(i), s, why))
			continue
		}
		list = append(list, s)
	}
	return sortedUnique(list)
}

func sortedUnique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// permissionFault says why a permission's subject is refused; "" for a good
// one. A subscribe permission may name a queue after a space.
func permissionFault(s string, queue, templates bool) string {
	switch {
	case !strings.Contains(s, "{{"):
	case !templates && template.MatchString(s):
		return "only in a role of a signing key does the server fill in " + template.FindString(s)
	case templates:
		for _, m := range template.FindAllStringSubmatch(s, -1) {
			if !templateOperations.MatchString(m[1]) {
				return "the server knows no template " + m[0]
			}
		}
		s = template.ReplaceAllString(s, "x")
	}
	name, group, queued := strings.Cut(s, " ")
	if queued && !queue {
		return "only a subscribe permission names a queue"
	}
	if err := subject.Valid(name); err != nil {
		return err.Error()
	}
	if queued {
		if err := subject.Valid(group); err != nil {
			return "of its queue: " + err.Error()
		}
	}
	return ""
}

// responses are the replies a user may send. The server's defaults are 1 reply
// and 2 minutes (server/accounts.go, validateResponsePermissions).
func (p *pass) responses(src *schema.Responses) *Responses {
	r := &Responses{Max: int(src.Max.Or(1)), TTL: src.TTL.Or(0)}
	if r.Max == 0 || r.Max < -1 {
		p.add(diag.New("bad-value", src.Max.Range(), "max", "at least 1, or -1 for any number", strconv.Itoa(r.Max)))
		r.Max = 1
	}
	if r.TTL < 0 {
		p.add(diag.New("bad-value", src.TTL.Range(), "ttl", "not negative", schema.FormatDuration(r.TTL)))
		r.TTL = 0
	}
	return r
}

// merge adds b's subjects to a's.
func (a Permissions) merge(b Permissions) Permissions {
	join := func(x, y []string) []string { return sortedUnique(append(slices.Clone(x), y...)) }
	a.PublishAllow, a.PublishDeny = join(a.PublishAllow, b.PublishAllow), join(a.PublishDeny, b.PublishDeny)
	a.SubscribeAllow, a.SubscribeDeny = join(a.SubscribeAllow, b.SubscribeAllow), join(a.SubscribeDeny, b.SubscribeDeny)
	if a.Responses == nil {
		a.Responses = b.Responses
	}
	return a
}

// closed is a with everything denied that it does not allow.
func (a Permissions) closed() Permissions {
	if len(a.PublishAllow) == 0 {
		a.PublishDeny = denyAll()
	}
	if len(a.SubscribeAllow) == 0 {
		a.SubscribeDeny = denyAll()
	}
	return a
}

// pushSubjects are those by which a user of the system account changes
// accounts and servers, among them an old form of the claims update that
// nats-server still takes (server/events.go, accUpdateEventSubjOld).
// docs/security.md B5: an old account token pushed again undoes revocations.
var pushSubjects = []string{
	"$SYS.ACCOUNT.*.CLAIMS.>",
	"$SYS.REQ.ACCOUNT.*.CLAIMS.>",
	"$SYS.REQ.CLAIMS.>",
	"$SYS.REQ.SERVER.*.KICK",
	"$SYS.REQ.SERVER.*.LDM",
	"$SYS.REQ.SERVER.*.RELOAD",
}

// claimsQuestions are those by which servers ask each other for accounts'
// tokens. A server takes the first answer, whoever gives it (server/accounts.go,
// fetch): who hears the question can answer with an old token.
var claimsQuestions = []string{
	"$SYS.REQ.ACCOUNT.*.CLAIMS.>",
	"$SYS.REQ.CLAIMS.>",
}

// withoutPush is permissions with pushSubjects and claimsQuestions denied. The
// server applies an account's defaults only where a token has no permissions at
// all, so that they must be in one that gets some here (server/accounts.go,
// buildInternalNkeyUser).
func (a *Account) withoutPush(p Permissions) Permissions {
	if p.empty() && a.Defaults != nil {
		p = *a.Defaults
	}
	var denied Permissions
	if !slices.Contains(p.PublishDeny, subject.Rest) {
		denied.PublishDeny = pushSubjects
	}
	if !slices.Contains(p.SubscribeDeny, subject.Rest) {
		denied.SubscribeDeny = claimsQuestions
	}
	return p.merge(denied)
}

// empty reports that a token would have no permissions of its own.
func (a Permissions) empty() bool {
	return len(a.PublishAllow)+len(a.PublishDeny)+len(a.SubscribeAllow)+len(a.SubscribeDeny) == 0 && a.Responses == nil
}

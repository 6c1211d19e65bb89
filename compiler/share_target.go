package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// targets makes the importers of a share.
func (p *pass) targets(s *Share) {
	if len(s.Src.To) == 0 && !s.Public && !s.Src.Public.Invalid() && !s.Src.Lacks("to") {
		p.add(diag.New("share-without-target", s.Src.LabelOrNameRange(), s.Name))
	}
	s.Targets = slices.Grow(s.Targets, len(s.Src.To))
	for _, src := range s.Src.To {
		to := p.importer(s, src)
		if to == nil {
			continue
		}
		if first := s.TargetOf(to); first != nil {
			d := diag.New("duplicate-name", src.LabelOrNameRange(), fmt.Sprintf("share %q's importer", s.Name), to.Name)
			p.add(diag.WithNote(d, first.Src.LabelOrNameRange(), "it is already an importer here"))
			continue
		}
		s.aim(p.target(s, src, to))
	}
}

// importer is the account that a to block names, or nil.
func (p *pass) importer(s *Share, src *schema.To) *Account {
	if src.Account.Invalid() {
		return nil
	}
	if !src.Account.IsSet() {
		p.targetMissing(s, src)
		return nil
	}
	to := p.accounts[src.Importer()]
	if to == nil {
		return nil
	}
	at := src.Account.RangeOr(src.LabelOrNameRange())
	if to == s.From {
		p.add(diag.New("share-to-self", at, s.Name, to.Name))
		return nil
	}
	if to.keyMissing() {
		d := diag.New("share-external-needs-key", at, s.Name, to.Name)
		p.lacking(to, "public_key", diag.WithNote(d, to.Src.LabelOrNameRange(), "account %q is external", to.Name))
	}
	if s.Kind.Sourced && !to.External && to.JetStream == nil {
		p.lacking(to, "jetstream", diag.New("share-jetstream-off", at, s.Name, to.Name))
	}
	return to
}

// targetMissing says that a to block's label is no account's.
func (p *pass) targetMissing(s *Share, src *schema.To) {
	if p.config.MayHave("account") {
		return
	}
	d := diag.New("share-target-missing", src.LabelOrNameRange(), s.Name, src.Label)
	p.suggest(d, src.Label, len(p.t.Accounts), func(i int) string {
		if a := p.t.Accounts[i]; a != s.From {
			return a.Name
		}
		return src.Label // which nobody suggests
	})
	p.add(d)
}

// target makes one importer of a share, with the defaults that depend on it.
func (p *pass) target(s *Share, src *schema.To, to *Account) *Target {
	checkAttributes(p, s, src, targetAttributes)
	t := &Target{
		Src:     src,
		Share:   s,
		To:      to,
		Trusted: src.Trusted.Or(false),
		Watch:   s.Kind.Takes(attrWatch) && s.Src.Watch.Or(!to.External),
		Expiry:  p.targetExpiry(s, src),
	}
	if s.Kind.Takes(attrAPI) {
		t.APIPrefix = p.apiPrefix(t)
	}
	if t.Watch {
		t.InboxPrefix = p.inboxPrefix(t)
	} else if src.InboxPrefix.IsSet() && s.Kind.Takes(attrInbox) {
		p.add(diag.New("field-requires", src.InboxPrefix.NameRange(), attrInbox, "watch = true"))
	}
	if s.Kind.Sourced {
		t.DeliverPrefix = strings.Join([]string{"deliver", SubjectToken(s.Name), SubjectToken(to.Name)}, ".")
	}
	if s.Kind.Takes(attrLocal) {
		t.Local = p.targetLocal(t)
	}
	return t
}

// targetExpiry is the expiry of the to block, else the share's. A public share's
// importers have none: see checkEndless.
func (p *pass) targetExpiry(s *Share, src *schema.To) Expiry {
	if s.Public {
		p.checkEndless(s, attributeOf("expires", src.Expires), attributeOf("renew_before", src.RenewBefore))
		return Expiry{}
	}
	expires, renew := src.Expires, src.RenewBefore
	if !expires.IsSet() && !expires.Invalid() {
		expires = s.Src.Expires
	}
	if !renew.IsSet() && !renew.Invalid() {
		renew = s.Src.RenewBefore
		if after := expires.Value.After; src.Expires.IsSet() && after > 0 && renew.Or(0) >= after {
			p.add(shortLived(s, src, after, renew))
			return p.expiry(expires, schema.Attr[schema.Duration]{})
		}
	}
	return p.expiry(expires, renew)
}

// shortLived says that a to block's own lifetime is too short for the renewal
// that the share asks for.
func shortLived(s *Share, src *schema.To, after time.Duration, renew schema.Attr[schema.Duration]) *hcl.Diagnostic {
	d := diag.New("bad-value", src.Expires.Range(), "expires of to "+quote(src.Label), "longer than the share's renew_before", schema.FormatDuration(after))
	diag.WithNote(d, renew.Range(), "share %q renews %s before the end", s.Name, schema.FormatDuration(renew.Value))
	return diag.WithHint(d, "Write a renew_before of its own in the to block, shorter than its expires.")
}

// checkEndless refuses an end of access to a public share: what is imported
// without a token does not end with one, not even for the importers that have
// tokens for what is theirs alone.
func (p *pass) checkEndless(s *Share, written ...attribute) {
	for _, a := range written {
		if a.set {
			d := diag.New("share-mode", a.nameAt(), fmt.Sprintf("%s has no meaning for share %q, which is public: access without a token has no end", a.name, s.Name))
			p.add(diag.WithHint(d, "Remove %s, or public = true and name the importers in to blocks.", a.name))
		}
	}
}

// apiPrefix is where the importer sees the exporter's JetStream API.
func (p *pass) apiPrefix(t *Target) string {
	attr := t.Src.APIPrefix
	usual := SubjectToken(t.exporterName()) + ".API"
	prefix := attr.Or(usual)
	switch err := subject.Valid(prefix); {
	case err != nil:
		p.add(diag.New("bad-subject", attr.Range(), prefix, err.Error()))
	case !subject.Literal(prefix):
		p.add(diag.New("bad-subject", attr.Range(), prefix, "a prefix has no wildcards"))
	default:
		p.checkReserved(t, attr, prefix)
		return prefix
	}
	return usual
}

// exporterName is by what name the importer knows the exporter: its own, or,
// where only its key is known, the accept block's.
func (t *Target) exporterName() string {
	if t.Share.From.Src == nil && t.Share.Accept != nil {
		return t.Share.Accept.Name
	}
	return t.Share.From.Name
}

// inboxToken is what an inbox prefix of a share may be: one token that is not
// the clients' default (docs/security.md A7).
var inboxToken = regexp.MustCompile(`^_INBOX_[A-Za-z0-9_-]+$`)

// inboxPrefix is the inbox prefix of the importer's clients, to which the
// exporter's server delivers what they watch.
func (p *pass) inboxPrefix(t *Target) string {
	attr := t.Src.InboxPrefix
	prefix := attr.Or("_INBOX_" + SubjectToken(t.To.Name))
	if !inboxToken.MatchString(prefix) {
		p.add(diag.New("inbox-prefix", attr.Range(), fmt.Sprintf("the inbox prefix %q is not one token that begins with _INBOX_", prefix)))
	}
	return prefix
}

// targetLocal is where deliveries arrive; "" where they arrive at the
// exporter's subject.
func (p *pass) targetLocal(t *Target) string {
	attr := t.Src.LocalSubject
	facts := p.facts(t.Share, t)
	if !attr.IsSet() {
		p.checkUnmapped(t, facts)
		return ""
	}
	var free []string
	for i := range t.Share.Kind.Rows {
		if row := &t.Share.Kind.Rows[i]; row.Local == LocalFree && row.Applies(facts) {
			free = append(free, row.Subjects(facts)...)
		}
	}
	return p.localFor(t, free)
}

// localFor is the local_subject that is written for the exporter's subjects;
// "" where it is none or the exporter's own.
func (p *pass) localFor(t *Target, subjects []string) string {
	attr := t.Src.LocalSubject
	if len(subjects) != 1 {
		d := diag.New("share-mode", attr.NameRange(), fmt.Sprintf("share %q has %d subjects, for which one local subject cannot stand", t.Share.Name, len(subjects)))
		p.add(diag.WithHint(d, "Remove local_subject, or share one subject with filter_subjects."))
		return ""
	}
	if subjects[0] == attr.Value {
		return ""
	}
	if why := localFault(subjects[0], attr.Value); why != "" {
		p.add(diag.New("bad-local-subject", attr.Range(), attr.Value, subjects[0], why))
		return ""
	}
	p.checkReserved(t, attr, attr.Value)
	return attr.Value
}

// checkUnmapped refuses to bring the exporter's subjects to where the
// importer's own server answers. Rows under $JS.API are always prefixed; what
// is shared by its subject may be anything.
func (p *pass) checkUnmapped(t *Target, facts *Facts) {
	for i := range t.Share.Kind.Rows {
		row := &t.Share.Kind.Rows[i]
		if row.Local != LocalFree || !row.Applies(facts) {
			continue
		}
		for _, s := range row.Subjects(facts) {
			if subject.Valid(s) == nil && ownAPI(s, facts.Domain) {
				d := diag.New("reserved-local-subject", t.Src.LabelOrNameRange(), s, reservedStart(s))
				p.add(diag.WithHint(d, "Set local_subject to see it under another subject."))
			}
		}
	}
}

// checkReserved refuses a local subject by which the exporter would answer for
// the importer's own JetStream or inboxes (docs/security.md A9).
func (p *pass) checkReserved(t *Target, attr schema.Attr[string], local string) {
	if start := reservedStart(local); start != "" {
		p.add(diag.New("reserved-local-subject", attr.RangeOr(t.Src.LabelOrNameRange()), local, start))
	}
}

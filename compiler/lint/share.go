package lint

import (
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// delivered reports that the share's clients subscribe to what a push consumer
// delivers; its importers' streams do not.
func delivered(s *compiler.Share) bool {
	return s.Consumer != nil && !s.Kind.Sourced && s.Consumer.Config.Push()
}

// pushWithoutGroup: a shared push consumer whose subscribers do not share its
// messages. Without acks each may have a copy.
func pushWithoutGroup(f *finder) {
	for _, s := range f.topology.Shares {
		if delivered(s) && s.Consumer.Config.DeliverGroup == "" && s.Consumer.Config.AckPolicy != "none" {
			f.add(diag.New("share-push-no-deliver-group", s.Src.Consumer.Range(), s.Name, s.Consumer.Config.Name))
		}
	}
}

func deliverRemapped(f *finder) {
	for t := range f.arrivals {
		if !delivered(t.Share) || t.Local == "" || t.Local == t.Share.Consumer.Config.DeliverSubject {
			continue
		}
		f.add(diag.New("deliver-remapped", t.Src.LocalSubject.Range(), t.Share.Name, t.Local, t.Share.Consumer.Config.DeliverSubject))
	}
}

// ackFormatV1: shares whose importers answer the server by subjects of the old
// format only. One setting decides for all of them, so that they are one
// finding, at the first.
func ackFormatV1(f *finder) {
	if f.topology.Server.Ack.V2 {
		return
	}
	var first *hcl.Diagnostic
	for _, s := range f.topology.Shares {
		answers := func(g *compiler.Grant) bool {
			return subject.Contains("$JS.ACK.>", g.Subject) || subject.Contains("$JS.FC.>", g.Subject)
		}
		if slices.ContainsFunc(s.Targets, func(t *compiler.Target) bool { return slices.ContainsFunc(t.Grants, answers) }) {
			if first != nil {
				diag.Of(first).More++
				continue
			}
			first = diag.New("ack-format-v1", s.Src.LabelOrNameRange(), s.Name)
			f.add(first)
		}
	}
}

// How near an end is soon: a moment that comes within a month is easily
// forgotten; a duration is renewed by building, which has to happen before a
// third of it is left.
const (
	soonAt    = 30 * 24 * time.Hour
	soonAfter = 7 * 24 * time.Hour
)

// expiresSoon: moments that are near or over, of all that expires, and short
// durations of shares, whose importers notice nothing but silence. A short
// life of a user's token is good custom.
func expiresSoon(f *finder) {
	if f.Now == 0 {
		return
	}
	if o := f.topology.Operator; o != nil {
		f.ends(o.Expiry, o.Src.Expires.Range(), func() string { return fmt.Sprintf("operator %q", o.Name) })
	}
	for a := range f.own {
		f.ends(a.Expiry, a.Src.Expires.Range(), func() string { return fmt.Sprintf("account %q", a.Name) })
		for _, i := range a.Imports {
			// Of one that is over, activation-expired tells.
			if i.Token != "" && i.Expires > f.Now {
				if d := f.ends(compiler.Expiry{At: time.Unix(i.Expires, 0)}, tokenAt(i, a), func() string { return fmt.Sprintf("the token of import %q", i.Name) }); d != nil {
					diag.WithHint(d, "Ask the exporter for a new one in time.")
				}
			}
		}
	}
	for u := range f.users {
		f.ends(u.Expiry, u.Src.Expires.Range(), func() string { return fmt.Sprintf("user %q", u.Name) })
	}
	for t := range f.targets {
		at := t.Src.Expires.RangeOr(t.Share.Src.Expires.Range())
		what := func() string {
			return fmt.Sprintf("the access of account %q to share %q", t.To.Name, t.Share.Name)
		}
		f.ends(t.Expiry, at, what)
		if after := t.Expiry.After; after > 0 && after < soonAfter {
			d := diag.New("expires-soon", at, what(), "expires after "+schema.FormatDuration(after))
			f.add(diag.WithHint(d, "Choose a longer duration, or build and deploy more often than that."))
		}
	}
}

// tokenAt is where a token that somebody gave comes from: the import, or the
// accept block.
func tokenAt(i *compiler.Import, a *compiler.Account) hcl.Range {
	switch {
	case i.Raw != nil:
		return i.Raw.Token.Range()
	case i.Grant != nil && i.Grant.Target != nil:
		return i.Grant.Target.Src.LabelOrNameRange()
	}
	return a.Src.LabelOrNameRange()
}

// ends judges a moment; the finding is nil where it is far.
func (f *finder) ends(e compiler.Expiry, at hcl.Range, what func() string) *hcl.Diagnostic {
	if e.At.IsZero() {
		return nil
	}
	left := e.At.Sub(time.Unix(f.Now, 0))
	if left >= soonAt {
		return nil
	}
	verb := "expires"
	if left <= 0 {
		verb = "expired"
	}
	d := diag.New("expires-soon", at, what(), verb+" at "+schema.FormatUnix(e.At.Unix()))
	f.add(d)
	return d
}

func noExpiry(f *finder) {
	for t := range f.targets {
		if t.To.External && !t.Share.Public && t.Expiry == (compiler.Expiry{}) && !t.Src.Expires.Invalid() && !t.Share.Src.Expires.Invalid() {
			f.add(diag.New("no-expiry", t.Src.LabelOrNameRange(), t.Share.Name, t.To.Name))
		}
	}
}

// unusedShareGrant: a share for streams that none of the importer copies, or
// one that no access block of the importer's users lists, where all of them
// have one.
func unusedShareGrant(f *finder) {
	copies, users := make(copying), newAllowed()
	for t := range f.arrivals {
		grants, use := "access to account %q", "list the share in the access block of a user"
		switch {
		case t.To.External:
			continue
		case t.Share.Kind.Sourced && !copies.by(t):
			grants, use = "a copy to account %q", "name the share in a source or mirror block"
		case t.Share.Kind.Sourced || !listing(t.To) || users.use(t):
			continue
		}
		block := "to"
		if t.Share.Accept != nil {
			block = "accept"
		}
		d := diag.New("unused-share-grant", t.Src.LabelOrNameRange(), t.Share.Name, fmt.Sprintf(grants, t.To.Name))
		f.add(diag.WithHint(d, "Remove the %s block, or %s of account %q.", block, use, t.To.Name))
	}
}

// listing reports an account all of whose users say by access what they use.
func listing(a *compiler.Account) bool {
	return len(a.Users) > 0 && !slices.ContainsFunc(a.Users, func(u *compiler.User) bool { return u.Src.Access == nil })
}

// importerHasNoUser: all users of the importer have permissions, and none of
// them lets its user use the share. Where they all have access blocks the
// grant is unused, which unused-share-grant says.
func importerHasNoUser(f *finder) {
	users := newAllowed()
	for t := range f.arrivals {
		if t.To.External || t.Share.Kind.Sourced || len(t.To.Users) == 0 || listing(t.To) || users.use(t) {
			continue
		}
		f.add(diag.New("importer-has-no-user-for-share", t.Src.LabelOrNameRange(), t.To.Name, t.Share.Name))
	}
}

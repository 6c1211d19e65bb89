package compiler

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// operations are the lists of an access block, and what each entry gives. All
// but manage comes from the kinds' rows, so that users, exports and imports
// cannot disagree.
var operations = []struct {
	name  string
	list  func(*schema.Access) schema.Attr[[]schema.Entity]
	grant func(p *pass, a *access, e schema.Entity, at hcl.Range)
}{
	{"publish", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Publish }, ownRows("publish")},
	{"consume", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Consume }, ownRows("")},
	{"read", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Read }, ownRows("read")},
	{"write", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Write }, ownRows("write")},
	{"shares", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Shares }, shareRows},
	{"manage", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Manage }, manageRows},
}

// access is what an access block gives one user, while it is worked out.
type access struct {
	user *User
	list string // the list that is being read
	Permissions
}

// accessPermissions are the least permissions for what the user's access block
// lists. The user's InboxPrefix is known, and taken away where nothing is
// answered. What is not listed is not there; the caller denies it.
func (p *pass) accessPermissions(u *User) Permissions {
	a := &access{user: u}
	for _, o := range operations {
		attr := o.list(u.Src.Access)
		a.list = o.name
		for i, e := range attr.Or(nil) {
			o.grant(p, a, e, attr.Elem(i))
		}
	}
	// Whoever publishes gets replies; for anybody else an inbox is of no use,
	// unless somebody says so.
	if len(a.PublishAllow) > 0 || u.Src.Publish != nil || u.Src.InboxPrefix.IsSet() {
		a.SubscribeAllow = append(a.SubscribeAllow, u.InboxPrefix+".>")
	} else {
		u.InboxPrefix = ""
	}
	a.PublishAllow, a.SubscribeAllow = sortedUnique(a.PublishAllow), sortedUnique(a.SubscribeAllow)
	return a.Permissions
}

// allow gives a row's subject as the user's account sees it: requests are
// published, deliveries subscribed to. Replies come to the user's own inbox.
func (a *access) allow(row *Row, local, group string) {
	switch {
	case row.Inbox:
	case row.Type == ServiceType:
		a.PublishAllow = append(a.PublishAllow, plainLocal(local))
	case row.Deliver && group != "":
		a.SubscribeAllow = append(a.SubscribeAllow, plainLocal(local)+" "+group)
	default:
		a.SubscribeAllow = append(a.SubscribeAllow, plainLocal(local))
	}
}

// ownRows gives what the owner's users need for a thing that they use in that
// mode.
func ownRows(mode string) func(*pass, *access, schema.Entity, hcl.Range) {
	return func(p *pass, a *access, e schema.Entity, at hcl.Range) {
		s := p.owned(a, e, at)
		if s == nil {
			return
		}
		s.Kind = kindOf(string(e.Header().Kind), mode, s.consumerConfig())
		if why := s.unusable(); why != "" {
			d := diag.New("bad-value", at, a.title(), "a bucket that clients can use", s.Stream.title()+", a mirror: "+why)
			p.add(diag.WithHint(d, "List the bucket that is copied."))
			return
		}
		if !a.own(p, s) && !s.Stream.subjectsRefused() {
			p.add(diag.New("bad-value", at, a.title(), "a stream with subjects", s.Stream.title()+", which only copies others"))
		}
	}
}

// own gives the user a thing of its own account, unless nothing comes of it.
func (a *access) own(p *pass, s *Share) bool {
	own := &Own{User: a.user, List: a.list, Share: s}
	var room [maxListed]string
	has := false
	for row, subjects := range s.Kind.expand(own.learn(p.facts(s, nil)), room[:0]) {
		for _, subject := range subjects {
			a.allow(row, subject, s.group())
			has = true
		}
	}
	if has {
		a.user.Own = append(a.user.Own, own)
	}
	return has
}

// owned is an entity of the user's own account as a share of it would be, but
// for the kind; nil when it is another account's, or was not compiled.
func (p *pass) owned(a *access, e schema.Entity, at hcl.Range) *Share {
	s := &Share{From: a.user.Account, Info: true, Stream: p.streams[e]}
	if c, ok := e.(*schema.Consumer); ok {
		if s.Consumer = p.consumers[c]; s.Consumer != nil {
			s.Stream = s.Consumer.Stream
		}
	}
	if s.Stream == nil {
		return nil
	}
	if owner := s.Stream.Account; owner != a.user.Account {
		h := e.Header()
		d := diag.New("wrong-reference", at, a.title(), fmt.Sprintf("a %s of account %q", h.Kind, a.user.Account.Name), fmt.Sprintf("one of account %q", owner.Name))
		p.add(diag.WithHint(d, "Share it with account %q and list the share in shares.", a.user.Account.Name))
		return nil
	}
	s.Bucket, _ = streamBucket(s.Stream)
	return s
}

func (a *access) title() string { return "an entry of " + a.list }

func (s *Share) consumerConfig() *ConsumerConfig {
	if s.Consumer == nil {
		return nil
	}
	return &s.Consumer.Config
}

// group is the deliver group of the share's consumer; "" when none.
func (s *Share) group() string {
	if s.Consumer == nil {
		return ""
	}
	return s.Consumer.Config.DeliverGroup
}

// shareRows gives what shares that come to the user's account grant, as the
// account sees it.
func shareRows(p *pass, a *access, e schema.Entity, at hcl.Range) {
	shares := p.sharesOf(e)
	if len(shares) == 0 {
		p.missing(e, at)
	}
	for _, s := range shares {
		p.shareRowsOf(a, s, at)
	}
}

func (p *pass) shareRowsOf(a *access, s *Share, at hcl.Range) {
	t := s.TargetOf(a.user.Account)
	if t == nil {
		if s.astray() {
			return
		}
		d := diag.New("wrong-reference", at, a.title(), fmt.Sprintf("a share that comes to account %q", a.user.Account.Name), fmt.Sprintf("share %q", s.Name))
		diag.WithNote(d, s.Src.LabelOrNameRange(), "share %q is declared here", s.Name)
		p.add(diag.WithHint(d, "Add a to block for account %q to the share, or name another.", a.user.Account.Name))
		return
	}
	if s.Kind.Sourced {
		d := diag.New("unused-share-grant", at, s.Name, fmt.Sprintf("user %q what only a stream of its account uses", a.user.Name))
		p.add(diag.WithHint(d, "Remove the share from the access block; a mirror or source block refers to it."))
		return
	}
	p.checkUserInbox(a, t, at)
	for _, g := range t.Grants {
		a.allow(g.Row, g.Local, s.group())
	}
}

// checkUserInbox refuses shares whose replies go to another inbox than the
// user's. A prefix that somebody has written stays, and what the user then
// cannot do is a warning.
func (p *pass) checkUserInbox(a *access, t *Target, at hcl.Range) {
	u := a.user
	if t.InboxPrefix == "" || u.InboxPrefix == t.InboxPrefix || strings.HasPrefix(u.InboxPrefix, t.InboxPrefix+".") {
		return
	}
	d := diag.New("inbox-prefix", at, fmt.Sprintf("replies of share %q come to %q, and the inbox prefix of user %q is %q", t.Share.Name, t.InboxPrefix, u.Name, u.InboxPrefix))
	if u.Src.InboxPrefix.IsSet() {
		d.Severity = hcl.DiagWarning
		diag.WithNote(d, u.Src.InboxPrefix.Range(), "the user's prefix is set here")
	}
	p.add(diag.WithHint(d, "Give the shares of one user the same inbox_prefix, or make a user for each."))
}

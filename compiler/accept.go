package compiler

import (
	"fmt"
	"slices"

	"github.com/nats-io/nkeys"

	"jsc/compiler/bundle"
	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// compileAccepts makes the shares that accept blocks take out of other parties'
// bundles. Nothing of a bundle is believed: each token is verified, and grants
// what a row of the share's kind gives and nothing else (docs/security.md A9). That
// a signing key is the exporter's cannot be seen without its account token;
// servers see it.
func (p *pass) compileAccepts() {
	for _, a := range p.t.Accounts {
		if a.Src == nil {
			continue
		}
		var taken names
		for _, src := range a.Src.Accepts {
			if p.claim(&taken, "accept", src) {
				p.accept(&acceptance{src: src, to: a})
			}
		}
	}
}

// acceptance is an accept block while it is read.
type acceptance struct {
	src      *schema.Accept
	to, from *Account
	alone    bool // one share is taken
}

func (p *pass) accept(x *acceptance) {
	src := x.src
	if !src.Bundle.IsSet() || !src.From.IsSet() || !p.isKey("from", src.From, nkeys.PrefixByteAccount) {
		return
	}
	b, err := bundle.Parse(src.Data)
	if err != nil {
		p.invalidBundle(x, "the bundle %v", err)
		return
	}
	if b.To.PublicKey != x.to.PublicKey {
		p.add(p.wrongGrantee(b.To.PublicKey, x.to, src.Bundle.Range()))
		return
	}
	if x.from = p.exporter(x); x.from == nil {
		return
	}
	shares := p.chosen(x, b.From(src.From.Value))
	x.alone = len(shares) == 1
	for _, s := range shares {
		p.acceptShare(x, s)
	}
}

// invalidBundle says what is wrong with a bundle as a whole.
func (p *pass) invalidBundle(x *acceptance, format string, args ...any) {
	p.add(diag.New("bundle-invalid", x.src.Bundle.Range(), fmt.Sprintf(format, args...)))
}

// exporter is the account with the key that the block names: an external one,
// or, where none is declared, one that nothing is known of.
func (p *pass) exporter(x *acceptance) *Account {
	key := x.src.From.Value
	for _, a := range p.t.Accounts {
		switch {
		case a.PublicKey != key:
		case a == x.to:
			p.add(diag.New("self-import", x.src.From.Range(), a.Name))
			return nil
		case !a.External:
			d := diag.New("bundle-invalid", x.src.From.Range(), fmt.Sprintf("account %q is signed here and needs no bundle", a.Name))
			p.add(diag.WithHint(d, "Add a to block for account %q to its shares, and remove the accept block.", x.to.Name))
			return nil
		default:
			return a
		}
	}
	if p.strangers[key] == nil {
		p.strangers[key] = &Account{Name: key, PublicKey: key, External: true}
	}
	return p.strangers[key]
}

// chosen are the shares of a bundle that the block takes: the one it names, or
// all.
func (p *pass) chosen(x *acceptance, shares []bundle.Share) []bundle.Share {
	src := x.src
	if len(shares) == 0 {
		p.invalidBundle(x, "the bundle has nothing of account %s", src.From.Value)
		return nil
	}
	named := make(map[string]int, len(shares))
	for i, s := range shares {
		if _, twice := named[s.Name]; twice {
			p.invalidBundle(x, "the bundle has two shares %q", s.Name)
			return nil
		}
		named[s.Name] = i
	}
	if src.Share.Invalid() {
		return nil
	}
	if src.Share.IsSet() {
		if i, has := named[src.Share.Value]; has {
			return shares[i : i+1]
		}
		d := diag.New("unknown-reference", src.Share.Range(), fmt.Sprintf("share %q in the bundle", src.Share.Value))
		p.suggest(d, src.Share.Value, len(shares), func(i int) string { return shares[i].Name })
		p.add(d)
		return nil
	}
	if len(shares) > 1 {
		for _, attr := range []attribute{attributeOf(attrLocal, src.LocalSubject), attributeOf(attrAPI, src.APIPrefix)} {
			if attr.set {
				p.add(diag.New("field-requires", attr.nameAt(), attr.name, fmt.Sprintf("share, since the bundle has %d", len(shares))))
				return nil
			}
		}
	}
	return shares
}

// acceptShare makes one share of a bundle with its grants; nothing when it
// cannot be taken whole.
func (p *pass) acceptShare(x *acceptance, in bundle.Share) {
	kind := slices.IndexFunc(kinds, func(k *ShareKind) bool { return k.Name == in.Kind })
	if kind < 0 {
		p.invalidBundle(x, "share %q of the bundle is of the kind %q, which this jsc does not know", in.Name, in.Kind)
		return
	}
	if why := nameFault(in.Name); why != "" {
		p.invalidBundle(x, "the bundle has a share %q, whose name cannot be used: %s", in.Name, why)
		return
	}
	s := &Share{
		Src:    &schema.Share{Head: x.src.Head, ShareTerms: &schema.ShareTerms{}},
		Accept: x.src,
		Name:   in.Name,
		Kind:   kinds[kind],
		From:   x.from,
	}
	if why := s.take(in); why != "" {
		p.invalidBundle(x, "share %q of the bundle %s", in.Name, why)
		return
	}
	t := &Target{
		Src: &schema.To{Head: x.src.Head, ToTerms: &schema.ToTerms{
			LocalSubject: x.src.LocalSubject, APIPrefix: x.src.APIPrefix, InboxPrefix: x.src.InboxPrefix,
		}},
		Share: s,
		To:    x.to,
	}
	s.Targets = []*Target{t}
	if x.alone {
		checkAttributes(p, s, t.Src, targetAttributes)
	}
	if s.Kind.Takes(attrAPI) {
		t.APIPrefix = p.apiPrefix(t)
	}
	if s.Kind.Takes(attrInbox) {
		t.InboxPrefix = p.inboxPrefix(t)
	}
	found := len(p.diags)
	t.Grants = p.acceptGrants(x, t, in.Grants)
	if len(p.diags) == found {
		p.acceptLocal(t)
		p.checkWhole(x, t)
	}
	if inbox := t.Src.InboxPrefix; x.alone && s.Kind.Takes(attrInbox) && inbox.IsSet() && !t.Watch {
		p.add(diag.New("field-requires", inbox.NameRange(), attrInbox, "a bundle of a share with watch = true"))
	}
	p.accepted[x.src] = append(p.accepted[x.src], s)
	p.t.Accepted = append(p.t.Accepted, s)
	p.t.Grants = append(p.t.Grants, t.Grants...)
}

// take gives an accepted share what its bundle says is shared, or says why it
// cannot. Names that were no names would make subjects of other streams match.
func (s *Share) take(in bundle.Share) (why string) {
	source := schema.Kind(s.Kind.Source)
	if s.Kind.Source == "subject" || s.Kind.Source == "service" {
		return ""
	}
	if why := assetName(in.Stream); why != "" {
		return fmt.Sprintf("has a stream %q, whose name %s", in.Stream, why)
	}
	s.Stream = &Stream{Src: &schema.Stream{Head: schema.Head{Kind: schema.KindStream, Name: in.Stream}, StreamSettings: &schema.StreamSettings{}}, Account: s.From}
	s.Stream.Config.Name = in.Stream
	if b := bucketKinds[source]; b != nil {
		if !bucketName.MatchString(in.Bucket) || in.Stream != b.prefix+in.Bucket {
			return fmt.Sprintf("has the bucket %q in the stream %q", in.Bucket, in.Stream)
		}
		s.Bucket = in.Bucket
		s.Stream.Src = &schema.Bucket{Head: schema.Head{Kind: source, Name: in.Bucket}}
	}
	if source != schema.KindConsumer {
		return ""
	}
	if why := assetName(in.Consumer); why != "" {
		return fmt.Sprintf("has a consumer %q, whose name %s", in.Consumer, why)
	}
	if in.DeliverGroup != "" && (subject.Valid(in.DeliverGroup) != nil || !subject.Literal(in.DeliverGroup)) {
		return fmt.Sprintf("has the deliver group %q, which is no group", in.DeliverGroup)
	}
	s.Consumer = &Consumer{Src: &schema.Consumer{Head: schema.Head{Kind: schema.KindConsumer, Name: in.Consumer}, ConsumerSettings: &schema.ConsumerSettings{}}, Stream: s.Stream}
	c := &s.Consumer.Config
	c.Name, c.DeliverGroup, c.AckPolicy = in.Consumer, in.DeliverGroup, in.AckPolicy
	s.Stream.Consumers = []*Consumer{s.Consumer}
	return ""
}

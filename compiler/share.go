package compiler

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// compileShares makes the shares in order of declaration.
func (p *pass) compileShares() {
	var taken names
	taken.grow(len(p.config.Shares))
	sources := make([]*schema.Share, 0, len(p.config.Shares))
	for _, src := range p.config.Shares {
		if p.claim(&taken, "share", src) {
			sources = append(sources, src)
		}
	}
	p.indexShared(sources)
	p.t.Shares = slices.Grow(p.t.Shares, len(sources))
	for i, s := range each(p, sources, (*pass).share) {
		if s != nil {
			p.shares[sources[i]] = s
			p.t.Shares = append(p.t.Shares, s)
		}
	}
}

// indexShared makes the indexes of the subjects of those streams that are
// shared in part: by which messages are published, and by which they are stored.
func (p *pass) indexShared(shares []*schema.Share) {
	p.inputs, p.stored = make(map[*Stream]*subject.Index[none]), make(map[*Stream]*subject.Index[none])
	var storing Storing
	for _, src := range shares {
		if s := p.streams[src.Stream.Value]; s != nil && src.FilterSubjects.IsSet() && p.stored[s] == nil {
			p.inputs[s] = s.subjectIndex()
			p.stored[s] = indexOf(storing.Stored(s))
		}
	}
}

// grantShares makes the grants of all shares from their kinds' rows. Until then
// the shares stand in order of declaration, so that rules over several report a
// conflict at the later one.
func (p *pass) grantShares() {
	each(p, p.t.Shares, (*pass).grant)
	n := 0
	for _, s := range p.t.Shares {
		n += len(s.Open)
		for _, t := range s.Targets {
			n += len(t.Grants)
		}
	}
	p.t.Grants = slices.Grow(p.t.Grants, n)
	for _, s := range p.t.Shares {
		for _, t := range s.Targets {
			p.t.Grants = append(p.t.Grants, t.Grants...)
		}
		p.t.Grants = append(p.t.Grants, s.Open...)
	}
	slices.SortFunc(p.t.Shares, func(a, b *Share) int { return cmp.Compare(a.Name, b.Name) })
}

// share makes one share and its targets; nil when it cannot even be said what
// is shared.
func (p *pass) share(src *schema.Share) *Share {
	source, ok := p.shareSource(src)
	if !ok {
		return nil
	}
	s := &Share{
		Src:       src,
		Name:      src.Name,
		Public:    src.Public.Or(false),
		Info:      src.Info.Or(true),
		Competing: src.Competing.Or(false),
		Advertise: src.Advertise.Or(false),
	}
	if !p.resolveSource(s, src) {
		return nil
	}
	if s.Kind = p.shareKind(s, source); s.Kind == nil {
		return nil
	}
	checkAttributes(p, s, src, shareAttributes)
	if s.From.External {
		d := diag.New("share-mode", source.at(), fmt.Sprintf("share %q comes from the external account %q, which is not signed here", s.Name, s.From.Name))
		p.add(diag.WithHint(d, "Take the bundle that the account's owner makes, with an accept block in the importer."))
		return nil
	}
	if s.Stream != nil && s.From.JetStream == nil {
		p.lacking(s.From, "jetstream", diag.New("share-jetstream-off", source.at(), s.Name, s.From.Name))
	}
	s.Filters = p.shareFilters(s)
	s.Terms = p.shareTerms(s)
	if s.Public {
		p.checkEndless(s, attributeOf("expires", src.Expires), attributeOf("renew_before", src.RenewBefore))
	}
	p.targets(s)
	return s
}

// resolveSource finds what is shared, and whose it is; false when an earlier
// diagnostic has said why it is not there.
func (p *pass) resolveSource(s *Share, src *schema.Share) bool {
	if c, ok := src.Consumer.Value.(*schema.Consumer); ok {
		s.Consumer = p.consumers[c]
		if s.Consumer == nil {
			return false
		}
		s.Stream = s.Consumer.Stream
	}
	for _, ref := range []schema.Attr[schema.Entity]{src.Stream, src.KeyValue, src.ObjectStore} {
		if ref.IsSet() {
			s.Stream = p.streams[ref.Value]
		}
	}
	if b, ok := streamBucket(s.Stream); ok {
		s.Bucket = b
	}
	if s.Stream != nil {
		s.From = s.Stream.Account
		return s.From != nil
	}
	s.Subject = string(src.Subject.Or(src.Service.Value))
	if s.Subject == "" {
		return false
	}
	if !src.From.IsSet() {
		if !src.From.Invalid() {
			p.add(diag.New("missing-attribute", src.Site().Body, fmt.Sprintf("share %q", s.Name), attrFrom))
		}
		return false
	}
	from, _ := src.From.Value.(*schema.Account)
	s.From = p.accounts[from]
	return s.From != nil
}

// streamBucket is the bucket that a stream holds, and whether it holds one.
func streamBucket(s *Stream) (string, bool) {
	if s == nil {
		return "", false
	}
	b, ok := s.Src.(*schema.Bucket)
	if !ok {
		return "", false
	}
	return b.Name, true
}

// shareSource is the one attribute that says what is shared.
func (p *pass) shareSource(src *schema.Share) (attribute, bool) {
	var written [2]attribute // the first ones
	n := 0
	for _, of := range shareSources {
		a := of(src)
		if a.invalid {
			return attribute{}, false
		}
		if a.set {
			if n < len(written) {
				written[n] = a
			}
			n++
		}
	}
	switch n {
	case 1:
		return written[0], true
	case 0:
		d := diag.New("share-mode", src.LabelOrNameRange(), fmt.Sprintf("share %q does not say what it shares", src.Name))
		p.add(diag.WithHint(d, "Add one of consumer, stream, key_value, object_store, or subject or service with from."))
	default:
		d := diag.New("share-mode", written[1].nameAt(), fmt.Sprintf("share %q shares both a %s and a %s", src.Name, written[0].name, written[1].name))
		diag.WithNote(d, written[0].nameAt(), "%s stands here", written[0].name)
		p.add(diag.WithHint(d, "Make a share of its own for each."))
	}
	return attribute{}, false
}

// shareKind is the kind that source and mode select.
func (p *pass) shareKind(s *Share, source attribute) *ShareKind {
	mode := s.Src.Mode
	if mode.Invalid() {
		return nil
	}
	if k := kindOf(source.name, mode.Or(""), s.consumerConfig()); k != nil {
		return k
	}
	var modes []string
	for _, k := range kinds {
		if k.Source == source.name && k.Mode != "" {
			modes = append(modes, fmt.Sprintf("%q", k.Mode))
		}
	}
	d := diag.New("share-mode", mode.Range(), fmt.Sprintf("a share of a %s has no mode %q", source.name, mode.Value))
	if len(modes) == 0 {
		diag.WithHint(d, "Remove mode: what is shared says it all.")
	} else {
		diag.WithHint(d, "Use %s.", strings.Join(modes, " or "))
	}
	p.add(d)
	return nil
}

// checkAttributes refuses attributes of a block that the share's kind has no
// use for.
func checkAttributes[B schema.Entity](p *pass, s *Share, block B, attributes []func(B) attribute) {
	for _, of := range attributes {
		if a := of(block); a.set && !s.Kind.Takes(a.name) {
			at := a.nameAt()
			if at == (hcl.Range{}) {
				at = block.Header().LabelOrNameRange()
			}
			d := diag.New("share-mode", at, fmt.Sprintf("%s has no meaning for a share of the kind %s", a.name, s.Kind.Name))
			p.add(diag.WithHint(d, "Remove %s, or share in another mode.", a.name))
		}
	}
}

// shareFilters are the shared subjects as the stream stores them. For a bucket
// they are keys, of which one without a wildcard stands for all below it too.
func (p *pass) shareFilters(s *Share) []string {
	attr := s.Src.FilterSubjects
	if !attr.IsSet() || !s.Kind.Takes(attrFilters) {
		return nil
	}
	refuseEmpty(p, attrFilters, attr, "any subject")
	var stored *subject.Index[none] // where it is known
	switch {
	case s.Bucket != "" || s.Stream.subjectsRefused():
	case !s.Kind.Writes:
		stored = p.stored[s.Stream]
	case !s.Stream.Config.copies():
		stored = p.inputs[s.Stream]
	}
	var filters []string
	var index subject.Index[string]
	for i, written := range attr.Value {
		some := []string{string(written)}
		if s.Bucket != "" {
			if !keyPattern.MatchString(string(written)) {
				p.notKeys(s, attr, i)
				continue
			}
			some = keyFilters(s.Bucket, string(written))
		}
		if stored != nil {
			if _, takes := overlapping(stored, string(written)); !takes {
				d := diag.New("filter-outside-stream", attr.Elem(i), fmt.Sprintf("stream %q stores no message of %q", s.Stream.Config.Name, written))
				if !s.Kind.Writes {
					withTransform(d, s.Stream)
				}
				p.add(d)
			}
		}
		for _, filter := range some {
			if other, overlaps := nested(&index, filter); overlaps {
				p.add(diag.New("filter-overlap", attr.Elem(i), fmt.Sprintf("the filters %q and %q of share %q overlap", other, filter, s.Name)))
			}
		}
		for _, filter := range some {
			index.Add(filter, filter)
		}
		filters = append(filters, some...)
	}
	slices.Sort(filters)
	return slices.Compact(filters)
}

// keyPattern is what keys of a bucket look like to its clients, with a wildcard
// for a whole token: nats.go's validKeyRe. The server takes any subject.
var keyPattern = regexp.MustCompile(`^([-/_=a-zA-Z0-9]+|\*)(\.([-/_=a-zA-Z0-9]+|\*))*(\.>)?$|^>$`)

// notKeys refuses a filter that no client could ask for a key of.
func (p *pass) notKeys(s *Share, attr schema.Attr[[]schema.Subject], i int) {
	written := string(attr.Value[i])
	d := diag.New("bad-value", attr.Elem(i), "each of "+attrFilters, "a bucket's keys: letters, digits and - / _ = in tokens, or wildcards for them", quote(written))
	if keys, doubled := strings.CutPrefix(written, keySpace(s.Bucket)); doubled && keyPattern.MatchString(keys) {
		diag.WithHint(d, "Write %q: the keys stand without what the bucket puts before them.", keys)
	}
	p.add(d)
}

// keySpace is what a bucket's keys begin with as subjects.
func keySpace(bucket string) string { return "$KV." + bucket + "." }

// keyFilters are the subjects of a filter on keys: a pattern as it is, and a
// plain prefix with all keys below it.
func keyFilters(bucket, keys string) []string {
	whole := keySpace(bucket) + keys
	if !subject.Literal(keys) {
		return []string{whole}
	}
	return []string{whole, whole + ".>"}
}

package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// taking is an import with all grants that it serves.
type taking struct {
	*Import
	grants []*Grant
	expiry *Expiry
	source int // the number of its exporter and type among all takings of the account
}

// mergeImports makes the account's imports out of those declared and its
// shares' grants, and returns the activations that they need.
func (p *pass) mergeImports(a *Account, grants []*Grant) []*Activation {
	all := make([]*taking, 0, len(a.Imports)+len(grants))
	taken, imports := make([]taking, len(grants)), make([]Import, len(grants))
	for _, i := range a.Imports {
		t := &taking{Import: i, expiry: new(Expiry)}
		if i.Grant != nil {
			t.grants, t.expiry = []*Grant{i.Grant}, &i.Grant.Expiry
		}
		all = append(all, t)
	}
	for i, g := range grants {
		imports[i] = Import{Name: g.Name, From: g.From, Type: g.Type, Subject: g.Subject, Local: g.Local, Grant: g, Token: g.Token, Expires: g.Expires}
		taken[i] = taking{Import: &imports[i], grants: grants[i : i+1 : i+1], expiry: &g.Expiry}
		all = append(all, &taken[i])
	}
	several := make([]subject.Index[*taking], number(all))
	all = p.oneEach(all, several)
	var seen []*taking
	if a.External {
		// Where it sees what is its owner's to say, so that it takes each share by a
		// token of its own, whatever else it has.
		seen = slices.DeleteFunc(slices.Clone(all), func(t *taking) bool {
			t.Covered = coveredBy(t, several) != nil
			return t.Covered
		})
	} else {
		all = p.dropCovered(all, several)
		seen = all
	}
	p.checkLocals(a, seen)
	p.checkTwice(seen, len(several))
	p.checkCopies(a, all)
	p.checkAnswers(a, all)
	a.Imports = slices.Grow([]*Import(nil), len(all))
	private := 0
	for _, t := range all {
		a.Imports = append(a.Imports, t.Import)
		if t.needsActivation() {
			private++
		}
	}
	room, activations := make([]Activation, private), make([]*Activation, 0, private)
	for _, t := range all {
		if t.needsActivation() {
			t.Activation = &room[len(activations)]
			*t.Activation = Activation{From: t.From, To: a, Type: t.Type, Subject: t.Subject, Expiry: *t.expiry, Grants: t.grants}
			activations = append(activations, t.Activation)
		}
	}
	slices.SortFunc(a.Imports, func(x, y *Import) int {
		return cmp.Or(
			cmp.Compare(x.Type, y.Type),
			cmp.Compare(x.From.Name, y.From.Name),
			cmp.Compare(x.Subject, y.Subject),
			cmp.Compare(x.Local, y.Local),
		)
	})
	return activations
}

// needsActivation reports that the exporter is to make a token for the import.
func (t *taking) needsActivation() bool {
	return t.Grant != nil && t.Grant.Terms.Private && t.Token == "" && !t.From.External
}

// source is what imports of one account are told apart by, before their subjects.
type source struct {
	from *Account
	typ  Type
}

// alone is the number of a source of which nothing else is taken.
const alone = -1

// number gives takings the numbers of their sources, but for those that are
// alone, and returns how many numbers there are. Shares' grants come sorted by
// their sources, so that most follow one of the same.
func number(all []*taking) int {
	n := 0
	var last *taking
	known := make(map[source]*taking)
	for _, t := range all {
		t.source = alone
		same := last
		if last == nil || last.From != t.From || last.Type != t.Type {
			k := source{t.From, t.Type}
			if same = known[k]; same == nil {
				known[k], last = t, t
				continue
			}
		}
		if same.source == alone {
			same.source = n
			n++
		}
		t.source = same.source
		last = same
	}
	return n
}

// oneEach merges imports of one subject of one exporter, which must be seen at
// one place: the server drops a second one (accounts.go,
// isStreamImportDuplicate). Those that it keeps are then in the sources' indexes.
func (p *pass) oneEach(all []*taking, several []subject.Index[*taking]) []*taking {
	kept := all[:0]
	for _, t := range all {
		if t.source == alone {
			kept = append(kept, t)
			continue
		}
		same, twice := several[t.source].At(t.Subject)
		switch {
		case !twice:
			several[t.source].Add(t.Subject, t)
			kept = append(kept, t)
		case plainLocal(same.Local) != plainLocal(t.Local) || same.Raw != nil || t.Raw != nil:
			d := p.collide(same, t, fmt.Sprintf("account %q imports the %s %q of account %q twice", t.importer(), t.Type, t.Subject, t.From.Name))
			diag.WithHint(d, "%s", onePlace(same, t))
		default:
			p.absorb(same, t)
		}
	}
	return kept
}

// onePlace says how two imports of one subject come to be one: those of shares
// are, where both are seen at the same place.
func onePlace(first, second *taking) string {
	if first.isShared() && second.isShared() {
		attribute, example := attrLocal, ""
		if first.Grant.Row.Local == LocalPrefixed {
			if earlier(second.at(), first.at()) < 0 {
				first = second
			}
			attribute, example = attrAPI, fmt.Sprintf(", as in api_prefix = %q", first.Grant.Target.APIPrefix)
		}
		return fmt.Sprintf("Give both the same %s%s: an account imports a subject of another one once, and both shares can use it there.", attribute, example)
	}
	return "Remove one of them: an account imports a subject of another one once, whatever it is called there."
}

// apart says how two imports come to be seen at different places.
func apart(first, second *taking) string {
	for _, t := range []*taking{second, first} {
		switch {
		case !t.isShared():
			return fmt.Sprintf("Give %s another local_subject.", t.title())
		case t.Grant.Row.Local == LocalFree:
			return fmt.Sprintf("Give %s another local_subject for account %q.", t.title(), t.importer())
		case t.Grant.Row.Local == LocalPrefixed:
			return fmt.Sprintf("Give %s another api_prefix for account %q.", t.title(), t.importer())
		}
	}
	if second.Grant.Share.Bucket != "" {
		return "Rename one of the buckets: clients find its objects under its name, in whichever account."
	}
	return "Rename one of the streams: its name is a part of that subject, in whichever account."
}

// isShared reports that the import is a share's, whose importer may say where it
// is seen.
func (t *taking) isShared() bool {
	return t.Raw == nil && t.Grant != nil && t.Grant.Share != nil && t.Grant.Target != nil && t.Grant.Row != nil
}

// dropCovered leaves out imports that another one of the same exporter brings
// to the same place (docs/security.md A11).
func (p *pass) dropCovered(all []*taking, several []subject.Index[*taking]) []*taking {
	kept := all[:0]
	for _, t := range all {
		if by := coveredBy(t, several); by != nil {
			p.absorb(by, t)
			continue
		}
		kept = append(kept, t)
	}
	return kept
}

// coveredBy is the widest import that brings t's subject to t's place, or nil.
// A declared import stays as it is written.
func coveredBy(t *taking, several []subject.Index[*taking]) *taking {
	if t.Raw != nil || t.source == alone {
		return nil
	}
	var by *taking
	for _, other := range several[t.source].Containing(t.Subject) {
		if other == t || sees(other.Subject, other.Local, t.Subject) != plainLocal(t.Local) {
			continue
		}
		if by == nil || subject.Contains(other.Subject, by.Subject) {
			by = other
		}
	}
	return by
}

// absorb lets an import serve the grants of another one too.
func (p *pass) absorb(by, t *taking) {
	by.grants = append(by.grants, t.grants...)
	longest, ok := longer(*by.expiry, *t.expiry)
	switch {
	case by.Subject == t.Subject && ok:
		by.expiry = &longest
	case !ok || longest != *by.expiry:
		d := p.collide(by, t, fmt.Sprintf("%s and %s bring %q to account %q, and end at different times", by.title(), t.title(), t.Subject, t.importer()))
		diag.WithHint(d, "Give both the same expires.")
	}
}

// checkLocals refuses service imports that answer at one subject. Stream
// imports may share one, but for those of one exporter, which have been merged.
func (p *pass) checkLocals(a *Account, all []*taking) {
	var taken subject.Index[*taking]
	taken.Grow(len(all))
	for _, t := range all {
		if t.Type != ServiceType {
			continue
		}
		local := plainLocal(t.Local)
		for _, other := range taken.Overlapping(local) {
			if said := t.Grant != nil && other.Grant != nil && t.Grant.meets(other.Grant); said {
				continue
			}
			d := p.collide(other, t, fmt.Sprintf("%s and %s both answer at %q in account %q", other.title(), t.title(), local, a.Name))
			diag.WithHint(d, "%s", apart(other, t))
			break
		}
		taken.Add(local, t)
	}
}

// checkTwice refuses stream imports of one exporter that bring some messages to
// the same place: whoever subscribes there gets them twice. There are as many
// sources of several imports.
func (p *pass) checkTwice(all []*taking, sources int) {
	var taken []subject.Index[*taking]
	for _, t := range all {
		if t.Type != StreamType || t.source == alone {
			continue
		}
		if taken == nil {
			taken = make([]subject.Index[*taking], sources)
		}
		for _, other := range taken[t.source].Overlapping(t.Subject) {
			both := common(t.Subject, other.Subject)
			if local := sees(t.Subject, t.Local, both); subject.Overlap(local, sees(other.Subject, other.Local, both)) {
				p.collide(other, t, fmt.Sprintf("%s and %s both bring %q of account %q to %q in account %q", other.title(), t.title(), both, t.From.Name, local, t.importer()))
				break
			}
		}
		taken[t.source].Add(t.Subject, t)
	}
}

// checkAnswers refuses a share's service where a stream of the importer stores
// the same subject: what the importer publishes for itself then goes to the
// exporter too, and the stream's acknowledgement comes back as an answer.
func (p *pass) checkAnswers(a *Account, all []*taking) {
	stored := a.stored()
	if stored.Len() == 0 {
		return
	}
	for _, t := range all {
		if t.Type != ServiceType || t.Raw != nil {
			continue
		}
		for sub, s := range stored.Overlapping(plainLocal(t.Local)) {
			if s.Config.NoAck {
				continue
			}
			d := diag.New("import-collision", t.at(), fmt.Sprintf("%s answers at %q in account %q, which %s stores too", t.title(), t.Local, a.Name, s.title()))
			p.add(diag.WithNote(d, s.Src.Header().LabelOrNameRange(), "%s stores %q", s.title(), sub))
			break
		}
	}
}

// meets reports two shares' grants whose meeting checkCollisions has reported.
func (g *Grant) meets(other *Grant) bool {
	if g.Share == nil || other.Share == nil || g.RowName() != other.RowName() || g.From == other.From {
		return false
	}
	return g.RowName() == ackRule.grant || g.RowName() == flowControlRule.grant
}

// collide reports two imports, at the one that stands later, and returns the
// diagnostic.
func (p *pass) collide(first, second *taking, sentence string) *hcl.Diagnostic {
	if earlier(second.at(), first.at()) < 0 {
		first, second = second, first
	}
	d := diag.New("import-collision", second.at(), sentence)
	p.add(diag.WithNote(d, first.at(), "%s is here", first.title()))
	return d
}

// importer is the name of the account that imports.
func (t *taking) importer() string {
	if t.Grant == nil || t.Grant.To == nil {
		return ""
	}
	return t.Grant.To.Name
}

// title is what imports, in the middle of a sentence.
func (t *taking) title() string {
	if t.Grant != nil && t.Grant.Share != nil {
		return fmt.Sprintf("share %q", t.Grant.Share.Name)
	}
	return fmt.Sprintf("import %q", t.Name)
}

// at is where it is said under which local subject the import is seen.
func (t *taking) at() hcl.Range {
	switch {
	case t.Raw != nil:
		return t.Raw.LocalSubject.RangeOr(t.Raw.LabelOrNameRange())
	case t.Grant == nil || t.Grant.Target == nil:
		return hcl.Range{}
	}
	to := t.Grant.Target.Src
	if t.Grant.Row.Local == LocalPrefixed {
		return to.APIPrefix.RangeOr(to.LabelOrNameRange())
	}
	return to.LocalSubject.RangeOr(to.LabelOrNameRange())
}

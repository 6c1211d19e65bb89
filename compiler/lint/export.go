package lint

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// publicJetStreamAPI: a public export by which everybody reaches streams. The
// compiler says it of shares.
func publicJetStreamAPI(f *finder) {
	for a := range f.own {
		for _, e := range a.Exports {
			if e.Raw == nil || e.Terms.Private || a.System {
				continue
			}
			if what := compiler.Internal(e.Subject); what != "" && e.Terms.TokenPosition == 0 {
				f.add(diag.New("public-jetstream-api", place(e), e.Subject, what))
			}
		}
	}
}

// offer is a subject that somebody chose to export, by an export or by a share.
type offer struct {
	typ     compiler.Type
	subject string
	at      hcl.Range
	terms   compiler.Terms
}

// offers are the subjects that somebody chose. What a kind of share grants is
// the kind's own.
func (f *finder) offers(yield func(offer) bool) {
	for a := range f.own {
		for _, e := range a.Exports {
			if e.Raw != nil && !yield(offer{e.Type, e.Subject, place(e), e.Terms}) {
				return
			}
		}
	}
	for _, s := range f.topology.Shares {
		o := offer{subject: s.Subject, terms: s.Terms}
		switch {
		case s.Src.Subject.IsSet():
			o.typ, o.at = compiler.StreamType, s.Src.Subject.Range()
		case s.Src.Service.IsSet():
			o.typ, o.at = compiler.ServiceType, s.Src.Service.Range()
		default:
			continue
		}
		if !yield(o) {
			return
		}
	}
}

// powers are subjects that nobody should have all of, the widest first, and
// what they give.
var powers = []struct{ subject, gives string }{
	{"$JS.API.>", "the whole JetStream API"},
	{"$JS.API.STREAM.DELETE.*", "the deletion of every stream"},
	{"$JS.API.STREAM.PURGE.*", "the purging of every stream"},
	{"$JS.API.STREAM.CREATE.*", "the creation of streams"},
	{"$JS.API.STREAM.UPDATE.*", "the change of every stream"},
	{"$JS.API.CONSUMER.CREATE.>", "the creation of consumers on every stream"},
	{"$JS.API.CONSUMER.DELETE.>", "the deletion of every consumer"},
	{"$JS.API.CONSUMER.MSG.NEXT.>", "the messages of every pull consumer"},
	{"$JS.ACK.>", "the acks of every consumer"},
	{"$KV.>", "the keys of every bucket"},
	{"$O.>", "the objects of every bucket"},
}

// power is what an offer gives that nobody should have; "" when nothing.
func (o offer) power() string {
	if o.subject == subject.Rest {
		return "every subject of the account"
	}
	if o.typ != compiler.ServiceType {
		return ""
	}
	for _, p := range powers {
		if subject.Contains(o.subject, p.subject) {
			return p.gives
		}
	}
	return ""
}

func overGrant(f *finder) {
	said := f.said("over-grant")
	for o := range f.offers {
		if gives := o.power(); gives != "" && !said[o.at] {
			f.add(diag.New("over-grant", o.at, o.subject, gives))
		}
	}
}

// wildcardExportWide: an offer that begins with a wildcard which is not the
// importer's own key.
func wildcardExportWide(f *finder) {
	for o := range f.offers {
		first, _, _ := strings.Cut(o.subject, ".")
		if first == subject.Any && o.terms.TokenPosition != 1 && o.power() == "" {
			f.add(diag.New("wildcard-export-wide", o.at, o.subject))
		}
	}
}

// stripped is what a shell leaves of "$JS.API…", "$JS.ACK…", "$SYS.REQ…" and
// the like in double quotes.
var stripped = regexp.MustCompile(`^\.(API|ACK|FC|REQ|SNAPSHOT|ACCOUNT|SERVER)\.`)

// dollarStripped looks at the texts that were refused as subjects, because
// what is left begins with a dot.
func dollarStripped(f *finder) {
	for _, d := range f.Found {
		if x := diag.Of(d); x == nil || x.Rule.Name != "bad-subject" || d.Subject == nil {
			continue
		}
		text := string(bytes.Trim(f.text(*d.Subject), `"`))
		if stripped.MatchString(text) {
			f.add(diag.New("dollar-stripped", *d.Subject, text))
		}
	}
}

// text is what stands at a place.
func (f *finder) text(at hcl.Range) []byte {
	source := f.config.Sources[at.Filename]
	if at.Start.Byte < 0 || at.End.Byte > len(source) || at.Start.Byte > at.End.Byte {
		return nil
	}
	return source[at.Start.Byte:at.End.Byte]
}

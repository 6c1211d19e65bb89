package compiler

import (
	"regexp"
	"strings"
)

// taken is what a subject of another party's token has in the places of a
// template's names, by name.
type taken map[string]string

// match finds the first row of the kind, and what it takes for the names that
// only the exporter knows, that gives this subject. Whether the row applies is
// the exporter's to say: it has granted it.
func (k *ShareKind) match(f *Facts, typ Type, subject string) (*Row, taken) {
	for i := range k.Rows {
		row := &k.Rows[i]
		if row.Type != typ {
			continue
		}
		for _, template := range row.Templates {
			re := f.reader(template)
			if m := re.FindStringSubmatch(subject); m != nil {
				got := taken{}
				for n, name := range re.SubexpNames() {
					if name != "" {
						got[name] = m[n]
					}
				}
				return row, got
			}
		}
	}
	return nil, nil
}

// reader is a template as an expression that finds what stands in its places.
func (f *Facts) reader(template string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^")
	for rest := template; rest != ""; {
		before, after, _ := strings.Cut(rest, "{")
		b.WriteString(regexp.QuoteMeta(before))
		if rest = after; rest != "" {
			name, tail, _ := strings.Cut(after, "}")
			b.WriteString(templateReaders[name](f))
			rest = tail
		}
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String())
}

// templateReaders are the names of templates in another party's token: a
// value that is known must be there; anything is taken for one that only the
// exporter knows, but for the part that jsc itself has made.
var templateReaders = map[string]func(*Facts) string{
	"stream":   func(f *Facts) string { return regexp.QuoteMeta(f.Stream) },
	"consumer": func(f *Facts) string { return regexp.QuoteMeta(f.Consumer) },
	"bucket":   func(f *Facts) string { return regexp.QuoteMeta(f.Bucket) },
	"inbox":    func(f *Facts) string { return regexp.QuoteMeta(f.Inbox) },
	"subject":  func(*Facts) string { return `(?P<subject>.+)` },
	"subjects": func(*Facts) string { return `(?P<subject>.+)` },
	"filter":   func(*Facts) string { return `(?P<filter>.+)` },
	"deliver":  func(*Facts) string { return `(?P<deliver>.+)` },
	"prefix":   func(*Facts) string { return `(?P<prefix>deliver\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)` },
	"ack":      func(f *Facts) string { return f.formatsReader("$JS.ACK") },
	"fc":       func(f *Facts) string { return f.formatsReader("$JS.FC") },
}

// formatsReader reads either format: the domain is the exporter's, its hash
// must be that of the exporter's key.
func (f *Facts) formatsReader(prefix string) string {
	return regexp.QuoteMeta(prefix) + `(?:\.(?P<domain>[^.*>]+)\.` + AccountHash(f.Exporter) + `)?`
}

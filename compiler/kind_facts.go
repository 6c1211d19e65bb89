package compiler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Facts is all that a kind's rows depend on: plain values, so that they can
// come from a topology as well as from another party's bundle.
type Facts struct {
	Exporter string // public key, which v2 ack subjects hash
	Domain   string // the exporter's JetStream domain; "" when none
	Formats  AckFormats

	Stream   string
	Consumer string
	Bucket   string
	Subject  string   // of the kinds subject and service
	Subjects []string // what the stream stores
	Filters  []string // the only subjects of the stream that are shared; empty: all

	Deliver     string // the consumer's deliver_subject
	Acked       bool   // the consumer wants acks
	FlowControl bool
	Direct      bool // the stream has allow_direct

	Info    bool
	Watch   bool
	Trusted bool

	Inbox         string // the importer's inbox prefix
	DeliverPrefix string // where the exporter delivers what the importer's stream copies
}

// Applies reports that the row gives grants under these facts.
func (r *Row) Applies(f *Facts) bool { return r.When == nil || r.When(f) }

// Subjects are the exporter's subjects of a row: every template with every
// combination of the values of its {names}; sorted, unique.
func (r *Row) Subjects(f *Facts) []string { return r.expand(f, nil) }

// expand are the row's subjects, in a list that is given.
func (r *Row) expand(f *Facts, list []string) []string {
	var room [maxSubject]byte
	for _, t := range r.Templates {
		list = f.expand(t, room[:0], list)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// expand yields the rows that apply with their subjects, which are good until
// the next.
func (k *ShareKind) expand(f *Facts, list []string) iter.Seq2[*Row, []string] {
	return func(yield func(*Row, []string) bool) {
		for i := range k.Rows {
			if row := &k.Rows[i]; row.Applies(f) && !yield(row, row.expand(f, list)) {
				return
			}
		}
	}
}

// templateWords are the names in templates that stand for one value,
// templateLists those that stand for any number.
var (
	templateWords = map[string]func(*Facts) string{
		"stream":   func(f *Facts) string { return f.Stream },
		"consumer": func(f *Facts) string { return f.Consumer },
		"bucket":   func(f *Facts) string { return f.Bucket },
		"subject":  func(f *Facts) string { return f.Subject },
		"deliver":  func(f *Facts) string { return f.Deliver },
		"inbox":    func(f *Facts) string { return f.Inbox },
		"prefix":   func(f *Facts) string { return f.DeliverPrefix },
	}
	templateLists = map[string]func(*Facts) []string{
		"subjects": func(f *Facts) []string { return f.Subjects },
		"filter":   func(f *Facts) []string { return f.Filters },
		"ack":      func(f *Facts) []string { return f.formats("$JS.ACK") },
		"fc":       func(f *Facts) []string { return f.formats("$JS.FC") },
	}
)

// maxSubject is how long a subject may be before expand asks for more room.
const maxSubject = 256

// expand appends the subjects that a template gives, each after begun.
func (f *Facts) expand(template string, begun []byte, subjects []string) []string {
	before, rest, found := strings.Cut(template, "{")
	begun = append(begun, before...)
	if !found {
		return append(subjects, string(begun))
	}
	name, after, _ := strings.Cut(rest, "}")
	if word, one := templateWords[name]; one {
		return f.expand(after, append(begun, word(f)...), subjects)
	}
	for _, value := range templateLists[name](f) {
		subjects = f.expand(after, append(begun, value...), subjects)
	}
	return subjects
}

// formats are the first tokens of ack or flow-control subjects, of each format
// in use (server/consumer.go, addConsumerWithAssignment).
func (f *Facts) formats(prefix string) []string {
	var all []string
	if f.Formats.V1 {
		all = append(all, prefix)
	}
	if f.Formats.V2 {
		domain := f.Domain
		if domain == "" {
			domain = "_"
		}
		all = append(all, prefix+"."+domain+"."+AccountHash(f.Exporter))
	}
	return all
}

// AccountHash is the 8 characters by which nats-server names an account in v2
// ack subjects (server/events.go, getHash).
func AccountHash(publicKey string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(publicKey))
	hash := sum[:8]
	for i, b := range hash {
		hash[i] = digits[int(b)%len(digits)]
	}
	return string(hash)
}

// SubjectToken makes a name usable as one token of a subject: letters, digits,
// "_" and "-" stay, all else becomes "_". A name that this changes, or that is
// longer than 100 bytes, gets 8 hex digits of its SHA-256 so that it stays
// unique (docs/security.md D3).
func SubjectToken(name string) string {
	const longest = 100
	token := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, name)
	if token == name && len(name) <= longest {
		return token
	}
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s-%s", token[:min(len(token), longest)], hex.EncodeToString(sum[:4]))
}

// prefixed is where an importer sees a subject under its api_prefix: the
// prefix takes the place of $JS.API, or goes before any other subject, and
// wildcards are carried on as $1, $2 ….
func prefixed(prefix, subject string) string {
	subject = strings.TrimPrefix(subject, "$JS.API.")
	if strings.IndexByte(subject, '*') < 0 {
		return prefix + "." + subject
	}
	tokens := strings.Split(subject, ".")
	wildcards := 0
	for i, token := range tokens {
		if token == "*" {
			wildcards++
			tokens[i] = fmt.Sprintf("$%d", wildcards)
		}
	}
	return prefix + "." + strings.Join(tokens, ".")
}

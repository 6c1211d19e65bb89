package compiler

import (
	"fmt"
	"slices"
	"strings"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// crossing is something that a mapping may lead away from an account's import
// or export.
type crossing struct {
	what string
	at   []string // where it has to come
}

// checkDiverted warns of mappings that leave nothing to an import or a share: the
// server maps what a client publishes, and what a service import brings, before
// it looks who takes it (server/client.go, selectMappedSubject,
// processServiceImport). A mapping of a part of the subjects may be meant so.
func (p *pass) checkDiverted(a *Account) {
	if len(a.Mappings) == 0 {
		return
	}
	var crossings subject.Index[crossing]
	for _, i := range a.Imports {
		if local := plainLocal(i.Local); i.Type == ServiceType && subject.Valid(local) == nil {
			crossings.Add(local, crossing{fmt.Sprintf("import %q", i.Name), []string{local}})
		}
	}
	for _, e := range a.Exports {
		for _, g := range e.Grants {
			if at := g.arrives(); at != nil && subject.Valid(g.Subject) == nil {
				crossings.Add(g.Subject, crossing{fmt.Sprintf("export %q", g.Name), at})
			}
		}
	}
	for _, src := range a.Src.Mappings {
		i, has := slices.BinarySearchFunc(a.Mappings, string(src.From.Or(schema.Subject(src.Name))), func(m *Mapping, from string) int { return strings.Compare(m.From, from) })
		if !has || !a.Mappings[i].whole() {
			continue
		}
		for at, c := range crossings.Within(a.Mappings[i].From) {
			if !a.Mappings[i].reaches(c.at) {
				p.add(diag.New("mapping-diverts", src.From.RangeOr(src.LabelOrNameRange()), a.Mappings[i].From, at, c.what))
				break
			}
		}
	}
}

// arrives is where what a share's grant lets importers send, or what they get
// from the exporter's clients, has to come in the exporter; nil where that is
// not known: who answers a plain service may listen to what it is mapped to, and
// what consumers deliver is not mapped.
func (g *Grant) arrives() []string {
	switch s := g.Share; {
	case s == nil || (s.Stream == nil) == (g.Type == ServiceType):
		return nil
	case s.Stream == nil:
		return []string{g.Subject}
	default:
		return append([]string{g.Subject}, s.Stream.Config.Subjects...)
	}
}

// whole reports a mapping of all messages, in every cluster.
func (m *Mapping) whole() bool {
	sum := 0
	for _, d := range m.To {
		if d.Cluster != "" {
			return false
		}
		sum += d.Weight
	}
	return sum >= 100
}

// reaches reports that a part of the messages comes to one of the subjects.
func (m *Mapping) reaches(subjects []string) bool {
	return slices.ContainsFunc(m.To, func(d Destination) bool {
		to := plainDestination(d.Subject)
		return subject.Valid(to) != nil || slices.ContainsFunc(subjects, func(s string) bool {
			return subject.Valid(s) != nil || subject.Overlap(to, s)
		})
	})
}

package diag

import (
	"embed"

	"github.com/hashicorp/hcl/v2"
)

// The severities of hcl under shorter names, for the rows of the table.
const (
	fail = hcl.DiagError
	warn = hcl.DiagWarning
)

// table is every rule, in the order in which rules are listed. A Message whose
// cases differ too much for one wording is "%s" and takes a whole sentence.
var table = [][]Rule{
	languageRules,
	inputRules,
	keyRules,
	lockRules,
	artifactRules,
	serverRules,
	accountRules,
	userRules,
	exportRules,
	importRules,
	streamRules,
	consumerRules,
	bucketRules,
	shareRules,
	grantRules,
	shareLintRules,
	lintRules,
}

var (
	rules  = flatten(table)
	byName = index(rules)
)

// examples holds what Bad and Good return as files of their own, so that they
// can be formatted, loaded and compiled like any topology.
//
//go:embed examples
var examples embed.FS

// Bad is an HCL example that the rule fires on; "" when no HCL can show it.
func (r *Rule) Bad() string { return r.example("bad") }

// Good is the example that Bad returns, mended.
func (r *Rule) Good() string { return r.example("good") }

func (r *Rule) example(kind string) string {
	text, err := examples.ReadFile("examples/" + r.Name + "." + kind + ".hcl")
	if err != nil {
		return "" // the only failure of an embedded file is that there is none
	}
	return string(text)
}

func flatten(table [][]Rule) []*Rule {
	var all []*Rule
	for _, rows := range table {
		for i := range rows {
			all = append(all, &rows[i])
		}
	}
	return all
}

func index(rules []*Rule) map[string]*Rule {
	m := make(map[string]*Rule, len(rules))
	for _, r := range rules {
		m[r.Name] = r
	}
	return m
}

// Lookup returns the rule of that name, or nil. The rule is the table's own
// and must not be changed.
func Lookup(name string) *Rule { return byName[name] }

// Rules returns every rule in the table's order: by subject, as the
// documentation lists them. The slice is the caller's, the rules are not.
func Rules() []*Rule { return append([]*Rule(nil), rules...) }

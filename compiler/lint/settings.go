package lint

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"jsc/schema"
	"jsc/schema/diag"
)

// SettingsFile is the name of the file in a topology's root that holds a
// team's settings.
const SettingsFile = ".jsc.hcl"

// Settings are a team's settings: how severe it takes a rule, which names it
// wants, and where the findings stand that it has accepted. They can say
// nothing else, above all nothing of keys and files that jsc writes: they come
// with the topology, which may be somebody else's.
type Settings struct {
	Baseline   string    // a path relative to the settings' folder; "" for none
	BaselineAt hcl.Range // where it is said

	severity map[string]level // by rule
	naming   map[schema.Kind]pattern
}

// level is a rule's severity, off for none, and where it is said.
type level struct {
	hcl.DiagnosticSeverity
	at hcl.Range
}

// pattern is what names of a kind must match, as written, and where.
type pattern struct {
	*regexp.Regexp
	text string
	at   hcl.Range
}

// off is the severity of a rule that nobody wants to hear of.
const off = hcl.DiagInvalid

// levels are the words of severity.
var levels = map[string]hcl.DiagnosticSeverity{
	"error": hcl.DiagError, "warning": hcl.DiagWarning, "info": diag.Info, "off": off,
}

// ParseSettings reads settings. With errors among the diagnostics they hold
// what could be made out.
func ParseSettings(name string, data []byte) (*Settings, hcl.Diagnostics) {
	s := &Settings{
		severity: map[string]level{},
		naming:   map[schema.Kind]pattern{},
	}
	body, diags := schema.ParseBody(name, data)
	if body == nil {
		return s, diags
	}
	p := &settingsParser{Settings: s, diags: diags}
	p.attributes(body, name, map[string]func(*hclsyntax.Attribute, string){"baseline": p.baseline})
	for _, b := range body.Blocks {
		switch b.Type {
		case "rule":
			p.rule(b)
		case "naming":
			p.names(b)
		default:
			d := diag.New("unknown-block", b.TypeRange, name, b.Type)
			p.add(near(d, b.Type, []string{"rule", "naming"}))
		}
	}
	return s, p.diags
}

type settingsParser struct {
	*Settings
	diags hcl.Diagnostics
}

func (p *settingsParser) add(d *hcl.Diagnostic) { p.diags = append(p.diags, d) }

// near has a near candidate as the hint of d, where there is one.
func near(d *hcl.Diagnostic, word string, candidates []string) *hcl.Diagnostic {
	if found, ok := diag.Suggest(word, candidates); ok {
		return diag.WithHint(d, "Did you mean %q?", found)
	}
	return d
}

// attributes gives the texts of a body's attributes to whom they are for, in
// the order of the source, and refuses other attributes, and values that are
// not plain texts: nothing here is worth evaluating what somebody else wrote.
func (p *settingsParser) attributes(body *hclsyntax.Body, what string, known map[string]func(*hclsyntax.Attribute, string)) {
	attrs := slices.SortedFunc(maps.Values(body.Attributes), func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte)
	})
	for _, a := range attrs {
		take, ok := known[a.Name]
		if !ok {
			p.add(near(diag.New("unknown-attribute", a.NameRange, what, a.Name), a.Name, slices.Sorted(maps.Keys(known))))
			continue
		}
		t, ok := a.Expr.(*hclsyntax.TemplateExpr)
		if !ok || !t.IsStringLiteral() {
			p.add(diag.New("wrong-type", a.Expr.Range(), a.Name, "a text in quotes", "an expression"))
			continue
		}
		v, diags := t.Value(nil)
		if diags.HasErrors() {
			p.add(diag.New("wrong-type", a.Expr.Range(), a.Name, "a text in quotes", "an expression"))
			continue
		}
		take(a, v.AsString())
	}
}

func (p *settingsParser) baseline(a *hclsyntax.Attribute, text string) {
	p.Baseline, p.BaselineAt = text, a.Expr.Range()
}

func (p *settingsParser) rule(b *hclsyntax.Block) {
	if len(b.Labels) != 1 {
		p.add(diag.New("syntax", b.DefRange(), "a rule block has one label, the rule's name"))
		return
	}
	name := b.Labels[0]
	r := diag.Lookup(name)
	if r == nil {
		p.add(unknownRule(b.LabelRanges[0], name))
		return
	}
	if _, twice := p.severity[name]; twice {
		p.add(diag.New("duplicate-name", b.LabelRanges[0], "rule", name))
	}
	p.attributes(b.Body, "a rule block", map[string]func(*hclsyntax.Attribute, string){
		"severity": func(a *hclsyntax.Attribute, text string) {
			said, ok := levels[text]
			switch {
			case !ok:
				p.add(diag.New("bad-value", a.Expr.Range(), "severity", `"error", "warning", "info" or "off"`, strconv.Quote(text)))
			case r.Fixed && said != r.Severity:
				p.add(diag.New("bad-value", a.Expr.Range(), "the severity of "+name, `"error", as it cannot be changed`, strconv.Quote(text)))
			default:
				p.severity[name] = level{said, a.Expr.Range()}
			}
		},
	})
	p.noBlocks(b.Body, "a rule block")
}

func (p *settingsParser) noBlocks(body *hclsyntax.Body, what string) {
	for _, b := range body.Blocks {
		p.add(diag.New("unknown-block", b.TypeRange, what, b.Type))
	}
}

// names reads the patterns of names. Each must match the whole of a name.
func (p *settingsParser) names(b *hclsyntax.Block) {
	if len(b.Labels) != 0 {
		p.add(diag.New("syntax", b.DefRange(), "a naming block has no label"))
	}
	known := map[string]func(*hclsyntax.Attribute, string){}
	for _, k := range named {
		known[string(k)] = func(a *hclsyntax.Attribute, text string) {
			re, err := regexp.Compile(`^(?:` + text + `)$`)
			if err != nil {
				p.add(diag.New("bad-value", a.Expr.Range(), a.Name, "a regular expression (RE2)", strconv.Quote(text)))
				return
			}
			p.naming[k] = pattern{re, text, a.Expr.Range()}
		}
	}
	p.attributes(b.Body, "a naming block", known)
	p.noBlocks(b.Body, "a naming block")
}

// unknownRule is a name that is no rule's, with the nearest one.
func unknownRule(at hcl.Range, name string) *hcl.Diagnostic {
	var names []string
	for _, r := range diag.Rules() {
		names = append(names, r.Name)
	}
	d := diag.New("unknown-rule", at, name)
	if found, ok := diag.Suggest(name, names); ok {
		return diag.WithHint(d, "Did you mean %s? jsc lint --rules lists them all.", found)
	}
	return d
}

// judge is the finding with the severity that the settings give its rule; nil
// when they are not to hear of it.
func (s *Settings) judge(d *hcl.Diagnostic) *hcl.Diagnostic {
	x := diag.Of(d)
	if s == nil || x == nil || x.Rule.Fixed {
		return d
	}
	switch l, set := s.severity[x.Rule.Name]; {
	case !set || l.DiagnosticSeverity == d.Severity:
		return d
	case l.DiagnosticSeverity == off:
		return nil
	default:
		judged := *d
		judged.Severity = l.DiagnosticSeverity
		return &judged
	}
}

package schema

import (
	"sort"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// hiddenText stands in messages where a sensitive value would.
const hiddenText = "(sensitive value)"

// minSecret is the least length of a text that is hidden wherever it stands. A
// shorter one is hidden where it is quoted: "a" stands in every message.
const minSecret = 4

// keepSecret remembers the texts in a value that no message may show.
func (e *evaluator) keepSecret(v cty.Value) {
	if !v.IsWhollyKnown() {
		return
	}
	cty.Walk(v, func(_ cty.Path, x cty.Value) (bool, error) {
		text := ""
		switch {
		case x.IsNull():
		case x.Type() == cty.String:
			text = x.AsString()
		case x.Type() == cty.Number:
			text = x.AsBigFloat().Text('f', -1)
		}
		if text != "" {
			e.secrets[text] = true
		}
		return true, nil
	})
}

// Redact removes from diagnostics the values of sensitive variables, and what
// the topology made of them. Load has done so with its own; what later stages
// say of the Config is to pass through it before anybody sees it. It changes
// the diagnostics and returns them.
func (c *Config) Redact(diags hcl.Diagnostics) hcl.Diagnostics {
	if c.redactor == nil {
		return diags
	}
	for _, d := range diags {
		d.Summary = c.redactor.Replace(d.Summary)
		if x := diag.Of(d); x != nil {
			x.Hint = c.redactor.Replace(x.Hint)
			for i := range x.Notes {
				x.Notes[i].Text = c.redactor.Replace(x.Notes[i].Text)
			}
		}
	}
	return diags
}

// redactor replaces the longest secrets first, so that no part of one is left.
func (e *evaluator) redactor() *strings.Replacer {
	if len(e.secrets) == 0 {
		return nil
	}
	texts := keysOf(e.secrets)
	sort.SliceStable(texts, func(i, j int) bool { return len(texts[i]) > len(texts[j]) })
	var pairs []string
	for _, s := range texts {
		quoted := strings.Trim(strconv.Quote(s), `"`)
		switch {
		case len(s) < minSecret:
			pairs = append(pairs, `"`+quoted+`"`, hiddenText)
		default:
			pairs = append(pairs, s, hiddenText)
			if quoted != s {
				pairs = append(pairs, quoted, hiddenText)
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

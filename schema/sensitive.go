package schema

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// hiddenText stands in messages where a sensitive value would.
const hiddenText = "(sensitive value)"

// minSecret is the least length of a text that is hidden wherever it stands. A
// shorter one is hidden where it is quoted: "a" stands in every message.
const minSecret = 4

// sensitiveVar is in a context whose variables are sensitive; no name in HCL has
// a space.
const sensitiveVar = " sensitive"

// valueless are the rules whose words hold no value of an expression.
var valueless = map[string]bool{"reference-cycle": true, "evaluation-limit": true, "secret-in-source": true}

// withhold takes out of diagnostics whatever was worked out from a sensitive
// value: what an expression made on the way is in no list of texts to hide.
func withhold(diags hcl.Diagnostics) {
	for _, d := range diags {
		if x := diag.Of(d); !valueless[x.Rule.Name] {
			d.Summary = "what is wrong here cannot be shown: a sensitive value is part of it"
			x.Hint, x.Notes = x.Rule.Mend, nil
		}
	}
}

// keepSecret remembers the texts in a value that no message may show.
func (e *evaluator) keepSecret(v cty.Value) {
	if !v.IsWhollyKnown() {
		return
	}
	cty.Walk(v, func(_ cty.Path, x cty.Value) (bool, error) {
		if text := secretText(x); text != "" {
			e.secrets[text] = true
		}
		if !x.IsNull() && x.Type() == cty.Number {
			e.secrets[x.AsBigFloat().Text('g', 12)] = true
		}
		return true, nil
	})
}

// keepForm remembers how messages write what an attribute made of a sensitive
// value: they do not repeat the text of a duration or a size.
func (e *evaluator) keepForm(of any) {
	switch x := of.(type) {
	case Duration:
		e.secrets[FormatDuration(x)] = true
	case time.Time:
		e.secrets[FormatUnix(x.Unix())] = true
	case Expiry:
		e.keepForm(x.After)
		e.keepForm(x.At)
	case []Duration:
		for _, d := range x {
			e.keepForm(d)
		}
	case Size:
		e.secrets[fmt.Sprint(int64(x))], e.secrets[FormatSize(int64(x))] = true, true
	case Limit:
		e.keepForm(Size(x))
	}
}

// secretText is how messages would show a value; "" for none of its own.
func secretText(x cty.Value) string {
	switch {
	case x.IsNull():
	case x.Type() == cty.String:
		return x.AsString()
	case x.Type() == cty.Number:
		return x.AsBigFloat().Text('f', -1)
	}
	return ""
}

// touch remembers that what is being evaluated uses v, as it came out of an
// attribute, if that was made from a sensitive value.
func (e *evaluator) touch(v cty.Value) {
	if len(e.secrets) == 0 || e.touched || !v.IsWhollyKnown() {
		return
	}
	cty.Walk(v, func(_ cty.Path, x cty.Value) (bool, error) {
		e.touched = e.touched || e.secrets[secretText(x)]
		return !e.touched, nil
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
	pairs := []string{hiddenText, hiddenText} // what is hidden stays so
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

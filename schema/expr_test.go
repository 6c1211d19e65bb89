package schema

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestNoWorkTwice: what an expression falls back on does not work its parts out
// again, which in expressions in expressions would take for ever.
func TestNoWorkTwice(t *testing.T) {
	const deep = 50
	nested := func(inner, before, after string) string {
		return strings.Repeat(before, deep) + inner + strings.Repeat(after, deep)
	}
	long := strings.Repeat("long ", shortTemplate)
	for _, x := range []struct{ name, expr, want string }{
		{"numbers after templates", nested(`"a${1}"`, `"${`, `}${5}"`), "a1" + strings.Repeat("5", deep)},
		{"numbers before templates", nested(`"a${1}"`, `"${5}${`, `}"`), strings.Repeat("5", deep) + "a1"},
		{"long texts", nested(`"`+long+`${1}"`, `"${`, `}b"`), long + "1" + strings.Repeat("b", deep)},
		{"letters of two parts", `"e${"\u0301"}${1}"`, "é1"},
		{"for expressions", `keys(` + nested(`[1, 2]`, `{ for x in `, ` : x => x }`) + `)[1]`, "2"},
		{"nothing", nested(`"a${null}"`, `"${`, `}${5}"`), ""},
	} {
		o := Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte("account \"A\" {\n description = " + x.expr + "\n}")}}, Path: "t.hcl", Bounds: DefaultBounds}
		o.Bounds.Time = 10 * time.Second
		c, diags := Load(o)
		if x.want == "" {
			if !strings.Contains(text(diags), "cannot") && !strings.Contains(text(diags), "null") {
				t.Errorf("%s: %s", x.name, text(diags))
			}
			continue
		}
		if len(diags) > 0 || len(c.Accounts) != 1 || c.Accounts[0].Description.Value != x.want {
			t.Errorf("%s: %s", x.name, text(diags))
		}
	}
}

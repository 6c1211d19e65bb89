package schema

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestKeyed: an object that is made without HCL's node is what HCL's makes, and
// the same is said of it. With `if true` at its end it is HCL's.
func TestKeyed(t *testing.T) {
	ours := 0
	for _, x := range []string{
		`t in [{ n = "a" }, { n = "b" }] : t.n => t`,
		`k, t in { a = { n = "x" }, b = { n = "y" } } : t.n => t`,
		`t in toset(["a", "b"]) : t => t`,
		`t in csvdecode("n,m\na,1\nb,2") : t.n => t.m`,
		`t in [] : t.n => t`,
		`t in tomap({ a = "x" }) : t => t`,
		`t in [{ n = { m = ["a"] } }] : t.n.m[0] => t["n"]`,
		`each in [{ n = "a" }] : each.n => each`,
		`t in [{ n = "e\u0301" }, { n = "\u00e9" }] : t.n => t`,
		`t in [{ n = "a" }, { n = "a" }] : t.n => t`,
		`t in [{ n = 1 }, { n = true }] : t.n => t`,
		`t in [{ n = null }] : t.n => t`,
		`t in [{ n = "a" }, { m = "b" }] : t.n => t`,
		`t in [{ n = "a" }] : t.n => t.m`,
		`t in [{ n = [] }] : t.n => t`,
		`t in null : t.n => t`,
		`t in "text" : t.n => t`,
		`t in local.none : t.n => t`,
		`t in local.wrong : t.n => t`,
		`t in [local.wrong, { n = "a" }] : t.n => t`,
		`k, t in ["a"] : k => t`,
		`t in ["a"] : upper(t) => t`,
	} {
		load := func(end string) string {
			src := fmt.Sprintf("account \"A\" {\n  description = jsonencode({ for %s%s })\n}\n", x, end)
			if strings.Contains(x, "local.wrong") {
				src += "locals { wrong = tonumber(\"x\") }\n"
			}
			c, diags := Load(Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(src)}}, Path: "t.hcl"})
			out := c.Accounts[0].Description.Value + "\n"
			for _, d := range diags {
				out += fmt.Sprint(d.Subject, d.Summary, "\n")
			}
			if len(diags) == 0 {
				ours++
			}
			return out
		}
		if diff := cmp.Diff(load(" if true"), load("")); diff != "" {
			t.Errorf("%s (-HCL +ours):\n%s", x, diff)
		}
	}
	if ours < 18 {
		t.Errorf("only %d of the expressions have a value", ours/2)
	}
}

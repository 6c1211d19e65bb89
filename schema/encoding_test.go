package schema

import "testing"

// TestOtherEncodings holds that a text from outside that is not UTF-8 is refused
// where it is read: JSON cannot hold it, so that what was built from it would
// never be found to be what it is.
func TestOtherEncodings(t *testing.T) {
	const latin = "name,note\nacme,a\nzeta,caf\xe9\n"
	given := func(text string) func(*Options) {
		return func(o *Options) {
			o.Tree = files("t.hcl", "variable \"v\" { default = \"x\" }\n"+text, "d.csv", latin)
		}
	}
	for name, test := range map[string]struct {
		text, want string
		change     func(*Options)
	}{
		"file":         {`account "A" { description = file("d.csv") }`, `t.hcl:2 bad-value ~ the file "d.csv" must be UTF-8, not what stands in line 3`, nil},
		"csvdecode":    {`account "A" { description = csvdecode(file("d.csv"))[1].note }`, `t.hcl:2 bad-value ~ Save or give it as UTF-8`, nil},
		"templatefile": {`account "A" { description = templatefile("d.csv", {}) }`, `t.hcl:2 bad-value ~ line 3`, nil},
		"variable":     {`account "A" { description = var.v }`, `--var v:0 bad-value ~ the variable v must be UTF-8`, func(o *Options) { o.Vars = []Values{{From: "--var v", Text: map[string]string{"v": "caf\xe9"}}} }},
		"environment": {`account "A" { description = var.v }`, `JSC_VAR_v:0 bad-value ~ the variable v must be UTF-8`, func(o *Options) {
			o.Env = func(name string) (string, bool) { return "caf\xe9", name == "JSC_VAR_v" }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			change := []func(*Options){given(test.text)}
			if test.change != nil {
				change = append(change, test.change)
			}
			_, diags := load1(t, "", change...)
			hold(t, diags, test.want)
		})
	}
}

package compiler_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// A key that the lock pins is nobody else's to write, whichever block comes
// first: who had an account's key would sign that account's users.
func TestKeysOfOthers(t *testing.T) {
	pin := func(id string) string { return schema.StandIn(id + "-pinned") }
	keys := func(id string) (string, bool) { return pin(id), true }
	const before = "operator \"O\" {\n  signing_key \"s\" {}\n}\naccount \"A\" {\n  signing_key \"s\" {}\n  user \"u\" {}\n}\n"
	for _, tt := range []struct {
		name, text, key string
		want            []string // the line of each finding, and of its note
	}{
		{"another account", "account \"B\" {\n  public_key = KEY\n}", "account/A", []string{"9 ~ 4"}},
		{"an account that comes first", "account \"0\" {\n  public_key = KEY\n}", "account/A", []string{"9 ~ 4"}},
		{"an external account", "account \"B\" {\n  external = true\n  public_key = KEY\n}", "account/A", []string{"10 ~ 4"}},
		{"the system account", "account \"B\" {\n  public_key = KEY\n}", "account/SYS", []string{"9 ~ 1"}},
		{"an account's signing key", "account \"B\" {\n  public_key = KEY\n}", "account/A/signing/s", []string{"9 ~ 5"}},
		{"a user of another account", "account \"B\" {\n  user \"v\" {\n    public_key = KEY\n  }\n}", "account/A/user/u", []string{"10 ~ 6"}},
		{"as a signing key", "account \"B\" {\n  signing_key \"x\" {\n    public_key = KEY\n  }\n}", "account/A", []string{"10 ~ 4"}},
		{"a signing key of another account", "account \"B\" {\n  signing_key \"x\" {\n    public_key = KEY\n  }\n}", "account/A/signing/s", []string{"10 ~ 5"}},
		{"two that write it", "account \"B\" {\n  public_key = KEY\n}\naccount \"C\" {\n  public_key = KEY\n}", "account/A", []string{"9 ~ 4", "12 ~ 8"}},
		{"its own", "account \"B\" {\n  public_key = KEY\n}", "account/B", nil},
		{"that of one that went", "account \"B\" {\n  public_key = KEY\n}", "account/GONE", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := before + strings.ReplaceAll(tt.text, "KEY", fmt.Sprintf("%q", pin(tt.key)))
			if got := taken(t, text, keys); !cmp.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	text := fmt.Sprintf("operator \"O\" {\n  public_key = %q\n  signing_key \"s\" {}\n}", pin("operator/O/signing/s"))
	if got, want := taken(t, text, keys), []string{"2 ~ 3"}; !cmp.Equal(got, want) {
		t.Errorf("an operator's signing key: got %q, want %q", got, want)
	}
	text = fmt.Sprintf("operator \"O\" {\n  signing_key \"s\" {\n    public_key = %q\n  }\n}", pin("operator/O"))
	if got, want := taken(t, text, keys), []string{"3 ~ 1"}; !cmp.Equal(got, want) {
		t.Errorf("an operator's key: got %q, want %q", got, want)
	}
}

func taken(t *testing.T, text string, keys schema.Keys) []string {
	t.Helper()
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl", Keys: keys})
	_, more := compiler.Compile(config, keys)
	var got []string
	for _, d := range diag.Sort(append(diags, more...)) {
		x := diag.Of(d)
		if x.Rule.Name != "duplicate-name" || len(x.Notes) != 1 {
			t.Fatal(d)
		}
		got = append(got, fmt.Sprintf("%d ~ %d", d.Subject.Start.Line, x.Notes[0].Range.Start.Line))
	}
	return got
}

package schema

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"jsc/schema/diag"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"indent and align", "account \"A\" {\nuser  \"u\"  { bearer=true }\n  a=1\n    long = 2 # why\n}", "account \"A\" {\n  user \"u\" { bearer = true }\n  a    = 1\n  long = 2 # why\n}\n"},
		{"comments and order stay", "# one\nb = 2 # two\n// three\na = 1 /* four */\n", "# one\nb = 2 # two\n// three\na = 1 /* four */\n"},
		{"one line end", "a = 1\n\n \t\n\n", "a = 1\n"},
		{"no line end", "a = 1", "a = 1\n"},
		{"a comment without line end", "# a", "# a\n"},
		{"empty", "", ""},
		{"blank", " \n\n", ""},
		{"blank lines between stay", "a = 1\n\n\nb = 2\n", "a = 1\n\n\nb = 2\n"},
		{"a heredoc's text stays", "a = <<-T\n      x\n   ${ 1+1 }  y\n  T\n", "a = <<-T\n      x\n   ${1 + 1}  y\n  T\n"},
		{"a gap that parts two tokens stays", "a=0 .0\n", "a=0 .0\n"},
		{"a byte order mark goes", "\ufeffa=1\n", "a = 1\n"},
		{"nothing but a byte order mark", "\ufeff", ""},
		{"line ends of Windows stay", "a=1\r\nb =  2\r\n", "a = 1\r\nb = 2\r\n"},
	} {
		got, diags := Format("t.hcl", []byte(c.in))
		if diags.HasErrors() || string(got) != c.want {
			t.Errorf("%s: %q, want %q; %v", c.name, got, c.want, diags)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	for _, c := range []struct{ rule, in string }{
		{"syntax", "a = {\n"},
		{"evaluation-limit", "a = " + strings.Repeat("(", 100_000)},
		{"hidden-character", "a = \"\u202e\"\n"},
		{"hidden-character", "a = 1 # b\rc = 2\n"},
	} {
		rule, in := c.rule, c.in
		got, diags := Format("t.hcl", []byte(in))
		if len(diags) == 0 || diag.Of(diags[0]) == nil || diag.Of(diags[0]).Rule.Name != rule {
			t.Errorf("%s: %v", rule, diags)
		}
		if string(got) != in {
			t.Errorf("%s: the text was changed", rule)
		}
	}
}

// FuzzFormat holds that formatting changes white space only, and nothing the
// second time.
func FuzzFormat(f *testing.F) {
	for _, dir := range []string{"../testdata", "../examples", "diag/examples"} {
		err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(p, ".hcl") {
				return err
			}
			data, err := os.ReadFile(p)
			f.Add(data)
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Add([]byte("\ufeffa=1"))
	f.Add([]byte("a=f(<<T\n x\nT\n,- 1,! b)\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		once, diags := Format("f.hcl", data)
		if diags.HasErrors() {
			return
		}
		twice, diags := Format("f.hcl", once)
		if diags.HasErrors() {
			t.Fatalf("%q became %q, which cannot be parsed: %v", data, once, diags)
		}
		if !bytes.Equal(once, twice) {
			t.Fatalf("%q became %q, then %q", data, once, twice)
		}
		if before, after := words(data), words(once); !slices.Equal(before, after) {
			t.Fatalf("%q became %q: %q, not %q", data, once, after, before)
		}
	})
}

// words are the tokens of a text, all but blank lines at its end, and the end
// of its last line.
func words(data []byte) []string {
	tokens, _ := hclsyntax.LexConfig(data, "", hcl.InitialPos)
	var out []string
	for _, t := range tokens {
		out = append(out, string(t.Type)+string(t.Bytes))
	}
	out = out[:len(out)-1] // the end of the file
	newline := string(hclsyntax.TokenNewline)
	for len(out) > 0 && strings.HasPrefix(out[len(out)-1], newline) {
		out = out[:len(out)-1]
	}
	if n := len(out); n > 0 {
		out[n-1] = strings.TrimRight(out[n-1], "\r\n")
	}
	return out
}

package diag

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// source is the text of testdata/topology.hcl under the name topology.hcl.
func source(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/topology.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// find is where needle stands in src the nth time, as hcl's own scanner counts
// lines, columns and bytes.
func find(t *testing.T, src []byte, needle string, nth int) hcl.Range {
	t.Helper()
	from := 0
	for range nth {
		i := bytes.Index(src[from:], []byte(needle))
		if i < 0 {
			t.Fatalf("no %q in the source", needle)
		}
		from += i + 1
	}
	from--
	pos := func(at int) hcl.Pos {
		tokens, _ := hclsyntax.LexTemplate(src[:at], "topology.hcl", hcl.InitialPos)
		return tokens[len(tokens)-1].Range.End
	}
	return hcl.Range{Filename: "topology.hcl", Start: pos(from), End: pos(from + len(needle))}
}

// findings are one of each form that a renderer has to cope with.
func findings(t *testing.T) hcl.Diagnostics {
	src := source(t)
	unknown := WithHint(New("unknown-attribute", find(t, src, "subject", 1), `stream "ORDERS"`, "subject"), "Did you mean %q?", "subjects")
	duration := New("bad-duration", find(t, src, `"30"`, 1), "30")
	wide := WithHint(New("bad-subject", find(t, src, "日本", 2), "é.日本", "made up, to stand under wide characters"), "Write letters.\nThey are narrower.")
	duplicate := WithNote(New("duplicate-name", find(t, src, `account "ACCTA"`, 2), "the account", "ACCTA"),
		find(t, src, `account "ACCTA"`, 1), "it is declared here first")
	body := New("deliver-remapped", find(t, src, "{\n\tstream", 1), "order-events", "a", "b")
	body.Subject.End.Line += 3
	family := New("user-unrestricted", find(t, src, `"RETAIL"`, 1), "tenant-1", "TENANT-1")
	Of(family).More = 9999
	end := find(t, src, "\n}\n", 2)
	end.Start = end.End
	missing := New("missing-attribute", end, `account "ACCTA"`, "public_key")
	lock := New("lock-invalid", hcl.Range{Filename: "jsc.lock.json"}, "the lock is empty")
	info := New("no-account-limits", hcl.Range{Filename: "gone.hcl", Start: hcl.Pos{Line: 3, Column: 1}, End: hcl.Pos{Line: 3, Column: 5}}, "ACCTB")
	nowhere := WithNote(New("key-missing", hcl.Range{}, "no source holds the seed of operator/RETAIL"), hcl.Range{}, "dir:.jsc/keys was tried")
	hostile := New("bad-name", find(t, src, `"ORDERS"`, 1), "::error::x\n::warning::y\x1b[31m\u202e ##[group] %0A, a:b", "it holds control characters")
	foreign := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Not made by New", Detail: "Its detail,\nin two lines."}
	return Sort(hcl.Diagnostics{unknown, duration, wide, duplicate, body, family, missing, lock, info, nowhere, hostile, foreign})
}

func TestFormats(t *testing.T) {
	src := source(t)
	options := Options{Version: "1.2.3", Source: func(name string) []byte {
		if name == "topology.hcl" {
			return src
		}
		return nil
	}}
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			var got bytes.Buffer
			if err := f.Write(&got, findings(t), options); err != nil {
				t.Fatal(err)
			}
			golden(t, f.Name, withoutRules(got.Bytes()))
		})
	}
	t.Run("colour", func(t *testing.T) {
		colored := options
		colored.Color = true
		var got bytes.Buffer
		if err := Text(&got, findings(t)[5:7], colored); err != nil {
			t.Fatal(err)
		}
		golden(t, "colour", bytes.ReplaceAll(got.Bytes(), []byte("\x1b"), []byte("ESC")))
	})
}

// withoutRules takes the table and the places in it out of a SARIF log, so that
// a new row moves no golden file; TestSARIF looks at them.
func withoutRules(b []byte) []byte {
	return regexp.MustCompile(`(?s)"rules": \[.*"columnKind"|( *"ruleIndex": \d+,\n)`).ReplaceAll(b, nil)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; -update rewrites it. Got:\n%s", path, got)
	}
}

// Every format, with every hostile string in every place that takes one, prints
// no control character, no bidi mark and no workflow command of the topology's.
func TestFormatsAreSafe(t *testing.T) {
	seed := seedShaped("A")
	for _, evil := range []string{
		"::error::x", "\n::error::x", "\r::set-env name=A::b", " ::stop-commands::x", "##[error]x", "#\x00#[x",
		"\x1b]0;title\x07", "\u202egnp.hcl", "</failure>", "]]>", `"`, "`", "%0A::error::", "\xff\xfe", "\u2028::debug::", seed,
	} {
		at := hcl.Range{Filename: evil, Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 3, Byte: 2}}
		d := WithHint(WithNote(New("syntax", at, evil), at, "%s", evil), "%s", evil)
		d.Detail = evil
		for _, f := range Formats() {
			var got bytes.Buffer
			to := Guard(&got)
			if f.Commands {
				to = &got
			}
			err := f.Write(to, hcl.Diagnostics{d}, Options{Source: func(string) []byte { return []byte(evil) }})
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsFunc(got.String(), func(r rune) bool { return r != '\n' && Hidden(r) }) {
				t.Errorf("%s shows a hidden character of %q:\n%q", f.Name, evil, &got)
			}
			if strings.Contains(got.String(), seed) {
				t.Errorf("%s shows a seed", f.Name)
			}
			for i, line := range strings.Split(got.String(), "\n") {
				meant := f.Name == "github" && i == 0
				if strings.HasPrefix(strings.TrimSpace(line), "::") && !meant || strings.Contains(line, "##[") {
					t.Errorf("%s: a workflow command is left of %q: %q", f.Name, evil, line)
				}
			}
		}
	}
}

func TestFormatsPassOnWriteErrors(t *testing.T) {
	for _, f := range Formats() {
		if err := f.Write(brokenPipe{}, findings(t), Options{}); err != os.ErrClosed {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestFormatsWithoutFindings(t *testing.T) {
	want := map[string]string{
		"text":   "",
		"github": "",
		"json":   "{\n  \"format_version\": 1,\n  \"diagnostics\": []\n}\n",
	}
	for _, f := range Formats() {
		var got bytes.Buffer
		if err := f.Write(&got, nil, Options{}); err != nil {
			t.Fatal(err)
		}
		if w, ok := want[f.Name]; ok && got.String() != w {
			t.Errorf("%s: %q, want %q", f.Name, &got, w)
		}
	}
}

// No place, however wrong, in no source, however broken, makes a format fail.
func FuzzFormats(f *testing.F) {
	f.Add([]byte("a = b\n\tc"), 1, 1, 0, 1, 3, 2, "x")
	f.Add([]byte("\xff\r\n\u202e"), 2, 9, 99, 1, 0, -1, "%s\n")
	f.Add(bytes.Repeat([]byte("ü"), 300), 1, 250, 500, 1, 251, 502, "")
	f.Fuzz(func(t *testing.T, src []byte, line, column, offset, endLine, endColumn, endOffset int, text string) {
		at := hcl.Range{Filename: "f", Start: hcl.Pos{Line: line, Column: column, Byte: offset},
			End: hcl.Pos{Line: endLine, Column: endColumn, Byte: endOffset}}
		d := WithNote(New("syntax", at, text), at, "%s", text)
		source := func(string) []byte { return src }
		if p := (&sources{read: source}).physical(at); p.Region != nil && p.Region.StartColumn < 1 {
			t.Errorf("sarif: %+v", p.Region)
		}
		for _, format := range Formats() {
			if format.Name == "sarif" {
				continue // the table of rules in it would be nearly all the work
			}
			var got bytes.Buffer
			err := format.Write(&got, Sort(hcl.Diagnostics{d}), Options{Source: source})
			if err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(got.Bytes()) || strings.ContainsFunc(got.String(), func(r rune) bool { return r != '\n' && Hidden(r) }) {
				t.Errorf("%s writes %q", format.Name, &got)
			}
		}
	})
}

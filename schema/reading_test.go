package schema

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nats-io/nkeys"
)

// over is a tree with another one under it.
type over struct{ upper, lower fs.FS }

func (o over) Open(name string) (fs.File, error) {
	if f, err := o.upper.Open(name); err == nil && name != "." {
		return f, nil
	}
	return o.lower.Open(name)
}

func (o over) Lstat(name string) (fs.FileInfo, error) {
	if i, err := fs.Lstat(o.upper, name); err == nil && name != "." {
		return i, nil
	}
	return fs.Lstat(o.lower, name)
}

func (o over) ReadLink(name string) (string, error) { return fs.ReadLink(o.lower, name) }

// TestFolder holds which files of a folder are read.
func TestFolder(t *testing.T) {
	bad := "this is no HCL {"
	tree := files(
		"top/b.hcl", `account "B" {}`, "top/a.hcl", `locals { x = account.B.name }`, "top/c.hcl.json", `{"//": "note", "account": {"C": {"description": "${local.x}"}}}`,
		"top/.hidden.hcl", bad, "top/#edit.hcl", bad, "top/#edit.hcl#", bad, "top/old.hcl~", bad, "top/note.txt", bad, "top/x.json", bad,
		"top/sub/d.hcl", bad, "top/sub.hcl/d.hcl", bad, "top/v.hclvars", bad,
	)
	c, diags := Load(Options{Tree: tree, Path: "top"})
	hold(t, diags)
	if got := descriptions(c); len(got) != 2 || got["account.C"] != "B" {
		t.Errorf("accounts %v", got)
	}
	var read []string
	for name := range c.Sources {
		read = append(read, name)
	}
	slices.Sort(read)
	if got := strings.Join(read, " "); got != "top/a.hcl top/b.hcl top/c.hcl.json" {
		t.Errorf("read %s", got)
	}
	_, diags = Load(Options{Tree: tree, Path: "top/sub"})
	hold(t, diags, "top/sub/d.hcl:1 syntax")
	_, diags = Load(Options{Tree: tree, Path: "top/none.hcl"})
	hold(t, diags, "top/none.hcl:0 file-unreadable")
	_, diags = Load(Options{Tree: files("top/x.txt", ""), Path: "top"})
	hold(t, diags, "top:0 syntax ~ there is no *.hcl")
	_, diags = Load(Options{Tree: tree, Path: "top/note.txt"})
	hold(t, diags, "top/note.txt:0 syntax ~ .hcl or .hcl.json")
	_, diags = Load(Options{Tree: tree, Path: "top/.hidden.hcl"})
	hold(t, diags, "top/.hidden.hcl:0 syntax ~ begins with neither . nor #")
}

// TestFolderOrder loads the same blocks in files of any order.
func TestFolderOrder(t *testing.T) {
	parts := []string{
		`variable "v" { default = "x" }`, `locals { a = "${local.b}${var.v}" }`, `locals { b = account.A.name }`,
		"account \"A\" {\n stream \"S\" { subjects = [\"s.${account.B.public_key}\"] }\n}", `account "B" { public_key = "ABPUB" }`,
		"account \"C\" { description = \"${local.a} ${account.A.stream.S.subjects[0]} ${module.m.o}\" }",
		"module \"m\" {\n source = \"./m\"\n for_n = module.n.o\n}", "module \"n\" {\n source = \"./m\"\n for_n = \"end\"\n}",
	}
	names := []string{"a.hcl", "b.hcl", "c.hcl", "d.hcl", "e.hcl", "f.hcl", "g.hcl", "h.hcl"}
	for turn := range parts {
		tree := files("m/m.hcl", "variable \"for_n\" {}\noutput \"o\" { value = \"<${var.for_n}>\" }")
		for i, p := range parts {
			tree[names[(i+turn)%len(names)]] = &fstest.MapFile{Data: []byte(p)}
		}
		c, diags := Load(Options{Tree: tree, Path: "."})
		hold(t, diags)
		if got := descriptions(c)["account.C"]; got != "Ax s.ABPUB <<end>>" {
			t.Errorf("turned by %d: %q", turn, got)
		}
	}
}

func TestDuplicatesAcrossFiles(t *testing.T) {
	_, diags := Load(Options{Tree: files(
		"a.hcl", "account \"A\" {}\nvariable \"v\" { default = 1 }\nmodule \"m\" { source = \"./m\" }\nserver {}",
		"b.hcl", "account \"A\" {}\nvariable \"v\" { default = 1 }\nmodule \"m\" { source = \"./m\" }",
		"m/m.hcl", "variable \"x\" { default = 1 }\noutput \"o\" { value = 1 }", "m/n.hcl", "variable \"x\" { default = 1 }\noutput \"o\" { value = 1 }",
	), Path: "."})
	hold(t, diags, "b.hcl:1 duplicate-name ~ a.hcl:1", "b.hcl:2 duplicate-name ~ a.hcl:2", "b.hcl:3 duplicate-name ~ a.hcl:3",
		"m/n.hcl:1 duplicate-name ~ m/m.hcl:1", "m/n.hcl:2 duplicate-name ~ m/m.hcl:2")
}

func TestDisplay(t *testing.T) {
	shown := func(name string) string { return "../given/" + name }
	c, diags := Load(Options{Tree: files("top/a.hcl", "account \"A\" {\n nope = 1\n}"), Path: "top/a.hcl", Display: shown})
	hold(t, diags, "../given/top/a.hcl:2 unknown-attribute")
	if c.Sources["../given/top/a.hcl"] == nil {
		t.Error("the source is not kept under the name that ranges use")
	}
}

// TestSecrets puts a seed everywhere that a topology is read from.
func TestSecrets(t *testing.T) {
	seed := seedText(t, nkeys.PrefixByteAccount)
	load := func(name string, tree fstest.MapFS, change func(*Options), want string) {
		t.Helper()
		o := Options{Tree: tree, Path: "."}
		if change != nil {
			change(&o)
		}
		_, diags := Load(o)
		hold(t, diags, want)
		for _, d := range diags {
			if strings.Contains(said(d), seed) || strings.Contains(said(d), seed[10:30]) {
				t.Errorf("%s: the message shows the seed", name)
			}
		}
	}
	uses := `account "A" { description = var.v }`
	variable := "variable \"v\" { type = string }\n" + uses
	load("HCL", files("t.hcl", "account \"A\" {\n description = \""+seed+"\"\n}"), nil, "t.hcl:2 secret-in-source")
	load("a comment", files("t.hcl", "# "+seed), nil, "t.hcl:1 secret-in-source")
	load("JSON", files("t.hcl.json", `{"account": {"A": {"description": "`+seed+`"}}}`), nil, "t.hcl.json:1 secret-in-source")
	load("JSON escapes", files("t.hcl.json", `{"account": {"A": {"description": "\u0053`+seed[1:]+`"}}}`), nil, "t.hcl.json:1 secret-in-source")
	load("HCL escapes", files("t.hcl", "account \"A\" {\n description = \"\\u0053"+seed[1:]+"\"\n}"), nil, "t.hcl:2 secret-in-source")
	load("two parts", files("t.hcl", "locals { s = \""+seed[:20]+"\" }\naccount \"A\" { description = \"${local.s}"+seed[20:]+"\" }"), nil, "t.hcl:2 secret-in-source")
	load("a file", files("t.hcl", "account \"A\" { description = file(\"x\") }", "x", seed), nil, "t.hcl:1 secret-in-source")
	load("a template", files("t.hcl", "account \"A\" { description = templatefile(\"x\", {}) }", "x", seed), nil, "t.hcl:1 secret-in-source")
	load("a bundle", files("t.hcl", "account \"A\" {\n accept \"x\" {\n  bundle = \"x\"\n  from = \"A\"\n }\n}", "x", seed), nil, "t.hcl:3 secret-in-source")
	load("--var", files("t.hcl", variable), func(o *Options) { o.Vars = []Values{{From: "--var v", Text: map[string]string{"v": seed}}} }, "--var v:0 secret-in-source")
	load("the environment", files("t.hcl", variable), func(o *Options) { o.Env = func(string) (string, bool) { return seed, true } }, "JSC_VAR_v:0 secret-in-source")
	load("a var file", files("t.hcl", variable), func(o *Options) { o.Vars = []Values{{From: "v.hclvars", File: []byte("v = \"" + seed + "\"")}} }, "v.hclvars:1 secret-in-source")
}

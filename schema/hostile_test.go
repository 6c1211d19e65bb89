package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// TestNesting has every form of nesting, much deeper than a stack is, and what
// a test without it would let through.
func TestNesting(t *testing.T) {
	const n = 20_000
	again := strings.Repeat
	closers := again("]", maxNesting)
	for name, src := range map[string]string{
		"parentheses":         "locals {\n a = " + again("(", n) + "1" + again(")", n) + "\n}",
		"brackets":            "locals {\n a = " + again("[", n) + "\n}",
		"braces":              "locals {\n a = " + again("{ a = ", n) + "\n}",
		"blocks":              again("account \"a\" {\n", n),
		"templates":           "locals {\n a = " + again(`"${`, n) + "\n}",
		"heredocs":            "locals {\n a = " + again("<<E\n${\n", n) + "\n}",
		"directives":          "locals {\n a = \"" + again("%{if true}", n) + "\"\n}",
		"loops":               "locals {\n a = \"" + again("%{for x in [1]}", n) + "\"\n}",
		"heredoc directives":  "locals {\n a = <<E\n" + again("%{ if true }\n", n) + "E\n}",
		"minus":               "locals {\n a = " + again("-", n) + "1\n}",
		"not":                 "locals {\n a = " + again("!", n) + "true\n}",
		"minus over lines":    "locals {\n a = (" + again("-\n", n) + "1)\n}",
		"not over comments":   "locals {\n a = (" + again("! # no\n", n) + "true)\n}",
		"plus":                "locals {\n a = 1" + again("+1", n) + "\n}",
		"plus over lines":     "locals {\n a = (1" + again("\n+1", n) + ")\n}",
		"and":                 "locals {\n a = true" + again("&&true", n) + "\n}",
		"equals":              "locals {\n a = 1" + again("==1", n) + "\n}",
		"conditionals":        "locals {\n a = " + again("true ? 1 : ", n) + "1\n}",
		"conditionals inward": "locals {\n a = " + again("true ? ", n) + "1" + again(" : 1", n) + "\n}",
		"indexes":             "locals {\n a = b" + again("[c]", n) + "\n}",
		"splats":              "locals {\n a = b" + again("[*]", n) + "\n}",
		"attribute splats":    "locals {\n a = b" + again(".*", n) + "\n}",
		"calls":               "locals {\n a = " + again("try(", n) + "\n}",
		"for":                 "locals {\n a = " + again("[for x in ", n) + "\n}",
		"object for":          "locals {\n a = {for k, v in {} :\n" + again("-\n", n) + " 1}\n}",
		"far object for":      "locals {\n a = {" + again("\n", 100) + "for k, v in {} : k =>\n" + again("-\n", n) + " 1}\n}",
		"object for, noted":   "locals {\n a = { # note\nfor k, v in {} : k =>\n" + again("-\n", n) + " 1}\n}",
		"closed by comments":  "locals {\n a = " + again(again("[\n", maxNesting-10)+"# "+closers+"\n", 100) + "\n}",
		"closed by strings":   "locals {\n a = " + again(again("[", maxNesting-10)+`"`+closers+`",`, 100) + "\n}",
		"closed by others":    "locals {\n a = " + again(again("(", maxNesting-10)+closers, 100) + "\n}",
		"closed in a template": "locals {\n a = " + again(again("(", maxNesting-10)+
			`"${"`+again(")", maxNesting)+`"}" + `, 100) + "\n}",
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := load1(t, src)
			if len(diags) != 1 || diag.Of(diags[0]).Rule.Name != "evaluation-limit" {
				t.Errorf("%d diagnostics, the first: %.300s", len(diags), said(append(diags, &hcl.Diagnostic{Subject: &hcl.Range{}, Extra: &diag.Extra{Rule: &diag.Rule{}}})[0]))
			}
		})
	}
	for name, src := range map[string]string{
		"arrays":            again("[", n),
		"objects":           again(`{"a":`, n),
		"closed by strings": again(again("[", maxNesting-10)+`"`+closers+`",`, 100),
		"a template":        `{"locals": {"a": "${` + again("(", n) + `"}}`,
		"a template's if":   `{"locals": {"a": "` + again("%{ if true }", n) + `"}}`,
		"a type":            `{"variable": {"v": {"default": 1, "type": "` + again("list(", n) + `"}}}`,
	} {
		t.Run("JSON "+name, func(t *testing.T) {
			_, diags := Load(Options{Tree: files("t.hcl.json", src), Path: "t.hcl.json"})
			if len(diags) != 1 || diag.Of(diags[0]).Rule.Name != "evaluation-limit" {
				t.Errorf("%d diagnostics", len(diags))
			}
		})
	}
}

// TestNestingLetsThrough has what is long, but not deep.
func TestNestingLetsThrough(t *testing.T) {
	again := strings.Repeat
	good(t, "locals {\n a = ["+again("[1], -1, !true, 1 == 2 ? 3 : 4,\n", 5000)+"]\n}")
	good(t, "locals {\n a = {\n"+again("  x = -1 # a comment\n", 1)+"}\n}")
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "locals { a%d = true ? -1 : \"${-2}\" } # so be it\n", i)
	}
	b.WriteString("locals {\n o = {\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "  k%d = -1 - 2 # note\n  l%d = [1][0]\n", i, i)
	}
	b.WriteString(" }\n s = \"" + again("%{ if true }x%{ else }y%{ endif }${-1}", 2000) + "\"\n}\n")
	good(t, b.String())
}

// TestLimits has what is short and costs much.
func TestLimits(t *testing.T) {
	doubling := func(n int, format string) string {
		var b strings.Builder
		b.WriteString("locals {\n v0 = \"xxxxxxxxxxxxxxxx\"\n")
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, "  v%d = "+format+"\n", i, i-1, i-1)
		}
		return b.String() + "}\n"
	}
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("locals {\n")
		for i := range n {
			fmt.Fprintf(&b, "  v%06d = [local.v%06d]\n", i, i+1)
		}
		return b.String() + fmt.Sprintf("  v%06d = []\n}\n", n)
	}
	for name, src := range map[string]string{
		"texts that double":    doubling(40, `"${local.v%d}${local.v%d}"`),
		"joins that double":    doubling(40, `join("", [local.v%d, local.v%d])`),
		"formats that double":  doubling(40, `format("%%s%%s", local.v%d, local.v%d)`),
		"lists that double":    doubling(40, `[local.v%d, local.v%d]`),
		"flat lists":           doubling(40, `concat(flatten([local.v%d]), flatten([local.v%d]))`),
		"maps that double":     doubling(40, `{ a = local.v%d, b = local.v%d }`),
		"numbers that grow":    strings.Replace(doubling(40, `local.v%d * local.v%d`), `"xxxxxxxxxxxxxxxx"`, "1e100", 1),
		"a chain of locals":    chain(20_000),
		"a chain turned round": strings.NewReplacer("v0", "w0").Replace(strings.Join(reversed(strings.Split(chain(20_000), "\n")), "\n")),
		"loops in loops":       "locals {\n r = range(100000)\n a = [for a in local.r : [for b in local.r : [for c in local.r : c]]]\n}",
		"one expression":       "locals {\n r = range(100000)\n a = length([for a in local.r : [for b in local.r : a]])\n}",
		"doubling in loops": "locals {\n a = " + func() string {
			s := "x40"
			for i := 40; i > 0; i-- {
				s = fmt.Sprintf("[for x%d in [[x%d, x%d]] : %s][0]", i, i-1, i-1, s)
			}
			return "[for x0 in [1] : " + s + "]"
		}() + "\n}",
		"entities": "locals { r = toset([for i in range(1000) : \"k${i}\"]) }\naccount \"A\" {\n for_each = local.r\n stream \"S\" {\n  for_each = local.r\n }\n}",
		"modules":  "module \"m\" {\n for_each = toset([for i in range(300000) : \"k${i}\"])\n source = \"./m\"\n}",
	} {
		t.Run(name, func(t *testing.T) {
			bounds := Bounds{Time: time.Second, Heap: 512 << 20, Entities: 20_000}
			_, diags := Load(Options{Tree: files("t.hcl", src, "m/m.hcl", "locals {}"), Path: "t.hcl", Bounds: bounds})
			runtime.GC()
			if len(diags) == 0 {
				t.Fatal("it is let through")
			}
			for _, d := range diags {
				if diag.Of(d).Rule.Name != "evaluation-limit" {
					t.Errorf("%.300s", said(d))
				}
			}
		})
	}
}

// TestSourceSize has sources that the parser could not hold.
func TestSourceSize(t *testing.T) {
	_, diags := load1(t, strings.Repeat("# a comment\n", maxSource/12+1))
	hold(t, diags, "t.hcl:0 file-too-large ~ 16 MiB")
	_, diags = load1(t, "locals {\n a = "+strings.Repeat("(", maxSigns+1))
	hold(t, diags, "t.hcl:0 evaluation-limit ~ signs")
}

func reversed(lines []string) []string {
	out := []string{lines[0]}
	for i := len(lines) - 3; i > 0; i-- {
		out = append(out, lines[i])
	}
	return append(out, "}")
}

func TestHeapBound(t *testing.T) {
	src := "locals {\n a = [for a in range(1000000) : format(\"%04096d\", a)]\n}"
	_, diags := load1(t, src, func(o *Options) { o.Bounds = Bounds{Time: time.Hour, Heap: 256 << 20, Entities: 1} })
	hold(t, diags, "t.hcl:0 evaluation-limit ~ more than 256 MiB")
}

func TestTimeBound(t *testing.T) {
	src := "locals {\n r = range(100000)\n a = length([for a in local.r : 1 if length([for b in local.r : b]) == 0])\n}"
	_, diags := load1(t, src, func(o *Options) { o.Bounds = Bounds{Time: time.Second / 10, Heap: 4 << 30, Entities: 1} })
	hold(t, diags, "t.hcl:0 evaluation-limit ~ more than 100ms")
}

// TestConfinement reads what a topology must not.
func TestConfinement(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("outside.txt", "secret")
	write("top/inside.txt", "fine")
	write("top/.jsc/keys/a.nk", "seed")
	write("top/sub/.hidden", "x")
	write("top/generated/operator.jwt", "x")
	write("top/jsc.lock.json", "{}")
	write("top/mod/m.hcl", "locals {}")
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("../outside.txt", "top/link-out")
	link("inside.txt", "top/link-in")
	link("..", "top/up")
	link("mod", "top/modlink")
	if err := syscall.Mkfifo(filepath.Join(dir, "top/pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	huge, err := os.Create(filepath.Join(dir, "top/huge.csv"))
	if err == nil {
		err = huge.Truncate(100 << 20)
	}
	if err != nil {
		t.Fatal(err)
	}
	huge.Close()
	tree, err := os.OpenRoot(filepath.Join(dir, "top"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	outside, unreadable := "file-outside-root", "file-unreadable"
	dotted, file, folder := outside+" ~ without a leading dot", outside+" ~ Name a file", outside+" ~ Name the folder"
	for said, rule := range map[string]string{
		"inside.txt": "", "./sub/../inside.txt": "", "mod/../inside.txt": "",
		"../outside.txt": outside, "/etc/passwd": outside, "sub/../../outside.txt": outside, "up/outside.txt": outside,
		"link-out": outside, "link-in": outside, ".jsc/keys/a.nk": dotted, "sub/.hidden": dotted, "./.jsc/keys/a.nk": dotted,
		"pipe": file, "mod": file, ".": file, "": outside, "generated/operator.jwt": outside, "jsc.lock.json": outside, `..\\outside.txt`: outside,
		"none": unreadable, "none/none": unreadable, "inside.txt/x": unreadable, "huge.csv": "file-too-large",
	} {
		for _, call := range []string{`file("%s")`, `templatefile("%s", {})`} {
			src := fmt.Sprintf("account \"A\" { description = "+call+" }", said)
			overlay := over{fstest.MapFS{"t.hcl": {Data: []byte(src)}}, tree.FS()}
			_, diags := Load(Options{Tree: overlay, Path: "t.hcl", Closed: []string{"generated", "jsc.lock.json"}})
			if rule == "" {
				hold(t, diags)
			} else {
				hold(t, diags, "t.hcl:1 "+rule)
			}
		}
	}
	for said, rule := range map[string]string{
		"./mod": "", "../top/mod": outside, "./modlink": outside, "./up/top/mod": outside, "./none": unreadable, "./inside.txt": folder,
		"./.jsc": dotted, "mod": "bad-value", "git::https://example.com/x": "bad-value", "/etc": "bad-value", "./": "reference-cycle", "./generated": outside,
	} {
		src := fmt.Sprintf("module \"m\" { source = %q }", said)
		overlay := over{fstest.MapFS{"t.hcl": {Data: []byte(src)}}, tree.FS()}
		_, diags := Load(Options{Tree: overlay, Path: "t.hcl", Closed: []string{"generated", "jsc.lock.json"}})
		if rule == "" {
			hold(t, diags)
		} else {
			hold(t, diags, "t.hcl:1 "+rule)
		}
	}
}

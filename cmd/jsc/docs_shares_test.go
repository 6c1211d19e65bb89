package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jsc/compiler"
)

var update = flag.Bool("update", false, "write the generated parts of docs anew")

const sharesPage = "../../docs/shares.md"

// grantsPart is where the page shows the grants of a kind.
var grantsPart = regexp.MustCompile(`(?m)^<!-- grants (\S+) -->\n(?:(?:\|.*)\n)*`)

// TestSharesGrants holds the tables of grants in docs/shares.md to the table of
// kinds.
func TestSharesGrants(t *testing.T) {
	page, err := os.ReadFile(sharesPage)
	if err != nil {
		t.Fatal(err)
	}
	rest := slices.Clone(compiler.ShareKinds())
	current := grantsPart.ReplaceAllFunc(page, func(part []byte) []byte {
		name := string(grantsPart.FindSubmatch(part)[1])
		i := slices.IndexFunc(rest, func(k *compiler.ShareKind) bool { return k.Name == name })
		if i < 0 {
			t.Errorf("the page shows grants of %s, which is no kind or was shown before", name)
			return part
		}
		k := rest[i]
		rest = slices.Delete(rest, i, i+1)
		return []byte(grantsTable(k))
	})
	for _, k := range rest {
		t.Errorf("the page does not show the grants of %s", k.Name)
	}
	if bytes.Equal(page, current) {
		return
	}
	if !*update {
		t.Fatal("docs/shares.md does not show the grants as they are: go test ./cmd/jsc -update")
	}
	if err := os.WriteFile(sharesPage, current, 0o644); err != nil {
		t.Fatal(err)
	}
}

// localRules say where importers see a row's subjects.
var localRules = map[compiler.LocalRule]string{
	compiler.LocalSame:     "the same subject",
	compiler.LocalPrefixed: "under `api_prefix`",
	compiler.LocalFree:     "`local_subject`, else the same",
}

// grantsTable are the rows of a kind as a table, below the mark of its place.
func grantsTable(k *compiler.ShareKind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- grants %s -->\n| grant | exported | seen by the importer | when | why |\n| --- | --- | --- | --- | --- |\n", k.Name)
	for i := range k.Rows {
		r := &k.Rows[i]
		when := conditions(k, r)
		if when == "" {
			continue
		}
		var subjects []string
		for _, template := range r.Templates {
			subjects = append(subjects, "`"+template+"`")
		}
		kind := string(r.Type)
		if r.Response == "stream" {
			kind += " of many answers"
		}
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %s |\n", r.Grant, kind, strings.Join(subjects, ", "), localRules[r.Local], when, r.Why)
	}
	return b.String()
}

// conditions says when a kind's row applies, found by trying it with every
// combination of what rows may depend on; "" is never.
func conditions(k *compiler.ShareKind, r *compiler.Row) string {
	switches := []struct {
		of      func(*compiler.Facts) *bool
		on, off string
	}{
		{func(f *compiler.Facts) *bool { return &f.Acked }, "unless `ack_policy = \"none\"`", "with `ack_policy = \"none\"`"},
		{func(f *compiler.Facts) *bool { return &f.FlowControl }, "with `flow_control`", "without `flow_control`"},
		{func(f *compiler.Facts) *bool { return &f.Direct }, "with `allow_direct`", "without `allow_direct`"},
		{func(f *compiler.Facts) *bool { return &f.Info }, "unless `info = false`", "with `info = false`"},
		{func(f *compiler.Facts) *bool { return &f.Watch }, "with `watch`", "without `watch`"},
		{func(f *compiler.Facts) *bool { return &f.Trusted }, "with `trusted`", "unless `trusted`"},
	}
	filters := [][]string{nil, {"a"}, {"a", "b"}}
	if !k.Takes("filter_subjects") {
		filters = filters[:1]
	}
	on, off := make([]bool, len(switches)), make([]bool, len(switches))
	var counts [3]bool
	for bits := range 1 << len(switches) {
		for n := range filters {
			f := &compiler.Facts{Filters: filters[n]}
			for i := range switches {
				*switches[i].of(f) = bits>>i&1 == 1
			}
			if !r.Applies(f) {
				continue
			}
			counts[n] = true
			for i := range switches {
				on[i] = on[i] || *switches[i].of(f)
				off[i] = off[i] || !*switches[i].of(f)
			}
		}
	}
	if counts == [3]bool{} {
		return ""
	}
	var all []string
	for i, s := range switches {
		switch {
		case !off[i]:
			all = append(all, s.on)
		case !on[i]:
			all = append(all, s.off)
		}
	}
	words := map[[3]bool]string{
		{true, false, false}: "without `filter_subjects`",
		{false, true, false}: "with one subject in `filter_subjects`",
		{false, true, true}:  "with `filter_subjects`",
		{true, false, true}:  "with none or several in `filter_subjects`",
	}[counts]
	if words != "" && len(filters) > 1 {
		all = append(all, words)
	}
	if len(all) == 0 {
		return "always"
	}
	return strings.Join(all, ", ")
}

var fenced = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// TestSharesBlocks: the topology's text that docs/shares.md shows is from the
// examples, and its Go code compiles.
func TestSharesBlocks(t *testing.T) {
	page, err := os.ReadFile(sharesPage)
	if err != nil {
		t.Fatal(err)
	}
	var examples strings.Builder
	folders, err := filepath.Glob("../../examples/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		examples.WriteString(sources(t, folder))
	}
	var code strings.Builder
	code.WriteString(`package snippets

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var _ jetstream.JetStream

`)
	shown := map[string]int{}
	for _, block := range fenced.FindAllSubmatch(page, -1) {
		language, text := string(block[1]), string(block[2])
		shown[language]++
		switch language {
		case "hcl":
			if !strings.Contains(examples.String(), text) {
				t.Errorf("no example has:\n%s", text)
			}
		case "go":
			fmt.Fprintf(&code, "func _(ctx context.Context, url string, nc *nats.Conn) {\n{\n%s\t_ = err\n%s}\n}\n\n", text, uses(text))
		}
	}
	if shown["hcl"] < len(compiler.ShareKinds()) || shown["go"] == 0 {
		t.Errorf("docs/shares.md shows %v", shown)
	}
	builds(t, code.String())
}

var assigned = regexp.MustCompile(`(?m)^(\w+), err :?=`)

// uses makes use of every variable of a piece of code: what it shows need not
// do something with all.
func uses(code string) string {
	var b strings.Builder
	for _, v := range assigned.FindAllStringSubmatch(code, -1) {
		fmt.Fprintf(&b, "\t_ = %s\n", v[1])
	}
	return b.String()
}

// builds compiles a package within this module, without writing into its tree.
func builds(t *testing.T, code string) {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "snippets.go")
	if err := os.WriteFile(source, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	place, err := filepath.Abs("snippets/snippets.go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {place: source}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-overlay", file, "./snippets").CombinedOutput(); err != nil {
		t.Errorf("the Go code does not compile: %v\n%s", err, out)
	}
}

package diag

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // carries the schema, see sarifSchema
	"github.com/xeipuuv/gojsonschema"
)

// sarifSchema is the JSON schema of SARIF 2.1.0. A module that has its text as a
// constant is asked for it: what the module itself can validate are values of
// its own types, not the bytes that SARIF writes.
func sarifSchema(t *testing.T) *gojsonschema.Schema {
	t.Helper()
	const module, dir = "github.com/owenrumney/go-sarif/v3", "pkg/report/v210/sarif"
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(dir), "schema.go")
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(parsed, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "schema" {
			text, err = strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		}
		return true
	})
	if err != nil || !strings.Contains(text, "Static Analysis Results Format (SARIF) Version 2.1.0") {
		t.Fatalf("%s has no schema: %v", file, err)
	}
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// violations are what a log has against the schema, in lines.
func violations(t *testing.T, schema *gojsonschema.Schema, log []byte) []string {
	t.Helper()
	result, err := schema.Validate(gojsonschema.NewBytesLoader(log))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range result.Errors() {
		lines = append(lines, e.String())
	}
	return lines
}

// Every log that is written is valid, whatever the findings are.
func TestSARIFSchema(t *testing.T) {
	schema := sarifSchema(t)
	var everyRule hcl.Diagnostics
	for _, r := range Rules() {
		at := hcl.Range{Filename: "odd name/é:%.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
		d := &hcl.Diagnostic{Severity: r.Severity, Summary: "a\x1bb", Subject: &at, Extra: &Extra{Rule: r, Hint: r.Mend, More: 2}}
		everyRule = append(everyRule, WithNote(d, at, "a note"))
	}
	src := source(t)
	for name, diags := range map[string]hcl.Diagnostics{"none": nil, "each form": findings(t), "every rule": everyRule} {
		var log bytes.Buffer
		err := formatSARIF(&log, diags, Options{Version: "1.2.3", Source: func(string) []byte { return src }})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range violations(t, schema, log.Bytes()) {
			t.Errorf("%s: %s", name, v)
		}
	}
}

// The schema is one that refuses: each of these is a mistake that SARIF could
// make.
func TestSARIFSchemaRefuses(t *testing.T) {
	schema := sarifSchema(t)
	var placed hcl.Diagnostics
	for _, d := range findings(t) {
		if hasLine(d) && ruleName(d) != "" {
			placed = append(placed, d)
		}
	}
	var log bytes.Buffer
	if err := formatSARIF(&log, placed, Options{Version: "1.2.3"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{ // each is set to a value that may not stand there, or removed
		"version=2.2.0", "runs=", "runs.0.tool=", "runs.0.tool.driver.name=", "runs.0.columnKind=bytes",
		"runs.0.tool.driver.rules.0.id=", "runs.0.tool.driver.rules.0.defaultConfiguration.level=fatal",
		"runs.0.tool.driver.rules.0.shortDescription.text=", "runs.0.results.0.message=", "runs.0.results.0.level=info",
		"runs.0.results.0.locations.0.physicalLocation.region.startLine=zero", "runs.0.results.0.unknown=x",
	} {
		var doc any
		if err := json.Unmarshal(log.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		where, value, _ := strings.Cut(path, "=")
		spoil(t, doc, strings.Split(where, "."), value)
		spoilt, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if len(violations(t, schema, spoilt)) == 0 {
			t.Errorf("%s is no violation", path)
		}
	}
}

// spoil sets a member of a JSON document to a text, or removes it.
func spoil(t *testing.T, doc any, path []string, value string) {
	t.Helper()
	for ; len(path) > 1; path = path[1:] {
		if list, ok := doc.([]any); ok {
			i, err := strconv.Atoi(path[0])
			if err != nil || i >= len(list) {
				t.Fatalf("no element %s", path[0])
			}
			doc = list[i]
			continue
		}
		doc = doc.(map[string]any)[path[0]]
	}
	object := doc.(map[string]any)
	if value == "" {
		delete(object, path[0])
		return
	}
	object[path[0]] = value
}

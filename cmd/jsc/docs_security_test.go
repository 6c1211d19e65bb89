package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jsc/schema/diag"
)

// TestSecurityRules holds that the tables of docs/security.md name tests and rules
// that there are, and have each label that a comment refers to.
func TestSecurityRules(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, labels := map[string]bool{}, map[string]string{}
	function, label := regexp.MustCompile(`(?m)^func (Test\w+)\(`), regexp.MustCompile(`docs/security\.md(?:\s|//)+([A-E][0-9]+)`)
	err = filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range function.FindAllStringSubmatch(string(source), -1) {
			tests[m[1]] = true
		}
		for _, m := range label.FindAllStringSubmatch(string(source), -1) {
			labels[m[1]] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(page), "\n## The rules, and what proves them\n")
	row, quoted, slug := regexp.MustCompile(`(?m)^\| ([A-E][0-9]+) \|.*\|(.*)\|(.*)\|$`), regexp.MustCompile("`([^`]+)`"), regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	rows := row.FindAllStringSubmatch(tables, -1)
	for _, r := range rows {
		delete(labels, r[1])
		named := quoted.FindAllStringSubmatch(r[3], -1)
		for _, m := range named {
			if !tests[m[1]] {
				t.Errorf("%s: there is no %s", r[1], m[1])
			}
		}
		if len(named) == 0 {
			t.Errorf("%s names no test", r[1])
		}
		for _, m := range quoted.FindAllStringSubmatch(r[2], -1) {
			if slug.MatchString(m[1]) && diag.Lookup(m[1]) == nil {
				t.Errorf("%s: there is no rule %s", r[1], m[1])
			}
		}
	}
	if len(rows) == 0 || len(tests) == 0 {
		t.Fatal("the tables, or the tests, are not found")
	}
	for label, path := range labels {
		t.Errorf("%s refers to %s, which has no row", path, label)
	}
}

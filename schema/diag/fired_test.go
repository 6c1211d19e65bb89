package diag

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every rule can be met: code that is no test names it, beside the table, and,
// where no example shows it (those are fired by compiler/lint's tests), a test or
// a script elsewhere expects it.
func TestEveryRuleIsMet(t *testing.T) {
	made, expected := map[string]bool{}, map[string]bool{}
	quoted, word := regexp.MustCompile(`"([a-z0-9-]+)"`), regexp.MustCompile(`[a-z0-9]+(-[a-z0-9]+)*`)
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case e.IsDir() && (name == "docs" || name == "bin" || strings.HasPrefix(name, ".") && name != ".." || path == filepath.Join("../../schema/diag")):
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		isTest := strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".txtar") || strings.Contains(path, "testdata")
		if !isTest && filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if isTest {
			for _, w := range word.FindAllString(string(text), -1) {
				expected[w] = true
			}
			return nil
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			made[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules() {
		if !made[r.Name] {
			t.Errorf("nothing makes a finding of %s", r.Name)
		}
		if r.Bad() == "" && !expected[r.Name] {
			t.Errorf("no test expects %s, and it has no example", r.Name)
		}
	}
}

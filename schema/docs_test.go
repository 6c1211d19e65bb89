package schema

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestLanguagePage holds docs/language.md to the bounds that it states, and
// loads what it shows.
func TestLanguagePage(t *testing.T) {
	data, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for what, number := range map[string]int{
		"seconds": int(DefaultBounds.Time.Seconds()), "GiB of memory": int(DefaultBounds.Heap >> 30), "entities": DefaultBounds.Entities,
		"MiB | `file-too-large`": maxFile >> 20, "MiB; 64 MiB": maxSource >> 20, "| `evaluation-limit` |\n| nesting": maxSigns, "| `evaluation-limit` |\n| values": maxNesting, "| `evaluation-limit` |\n| a value |": maxWaiting,
		"elements, 512 deep": maxValue, "deep | `evaluation-limit` |\n| a text": maxValueDepth, "MiB | `evaluation-limit`": maxText >> 20,
		"elements | `evaluation-limit` |\n| a width": maxElements, "| `evaluation-limit` |\n| a number": maxFormatWidth,
		"| `evaluation-limit` |\n| YAML": maxModuleDepth, "| `evaluation-limit`, `bad-expression`": maxYAMLIndent, "| `evaluation-limit` |\n| modules": maxExponent,
	} {
		if !regexp.MustCompile(`[ ^]` + grouped(number) + ` ` + regexp.QuoteMeta(what)).MatchString(page) {
			t.Errorf("the page does not say %q", grouped(number)+" "+what)
		}
	}
	shown := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(shown) < 5 {
		t.Fatalf("found %d examples", len(shown))
	}
	for _, m := range shown {
		src := m[1]
		for needs, add := range map[string]string{
			"stream \"ALL\"": "account \"A\" {\n%s}\n", "local.tenants": "locals { tenants = { a = { plan = \"gold\" } } }\naccount \"tenant\" { for_each = local.tenants }\n%s", "account.hub": "account \"hub\" {}\n%s",
		} {
			if strings.Contains(src, needs) {
				src = fmt.Sprintf(add, src)
			}
		}
		_, diags := Load(Options{Path: "t.hcl", Tree: files("t.hcl", src, "tenants.csv", "name,plan\na,free\n", "team/t.hcl", "variable \"title\" {}\nvariable \"hub\" {}")})
		for _, d := range diags {
			t.Errorf("%s\n%s", said(d), src)
		}
	}
}

// grouped is a number as a page has it: 250,000, or 16384 as an exponent.
func grouped(n int) string {
	if n == maxExponent {
		return fmt.Sprint(n)
	}
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

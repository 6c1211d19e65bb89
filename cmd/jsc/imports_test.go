package main

import (
	"os/exec"
	"strings"
	"testing"
)

// layers are the parts of jsc, the lowest first. A part imports itself and what
// is lower; parts of one height do not know each other.
var layers = []struct {
	prefix string
	height int
}{
	{"jsc/schema/diag", 0},
	{"jsc/schema", 1},
	{"jsc/compiler", 2},
	{"jsc/compiler/lint", 3},
	{"jsc/emit", 3},
	{"jsc/emit/verify", 4},
	{"jsc/cmd/jsc", 5},
	{"jsc/bench", 5},
}

// server is what emit/verify alone may import: it more than doubles the binary.
const server = "github.com/nats-io/nats-server/"

func TestImportsGoOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}`, "jsc/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, height := layer(from)
		seen[name] = true
		if strings.HasPrefix(to, server) && name != "jsc/emit/verify" {
			t.Errorf("%s imports %s; only emit/verify may", from, to)
		}
		if !strings.HasPrefix(to, "jsc/") {
			continue
		}
		if other, theirs := layer(to); other != name && theirs >= height {
			t.Errorf("%s imports %s, which is not lower", from, to)
		}
	}
	for _, must := range []string{"jsc/schema", "jsc/compiler", "jsc/emit", "jsc/emit/verify", "jsc/cmd/jsc"} {
		if !seen[must] {
			t.Errorf("go list tells nothing of %s", must)
		}
	}
}

// layer is the part that a package belongs to: the longest prefix.
func layer(pkg string) (name string, height int) {
	for _, l := range layers {
		if (pkg == l.prefix || strings.HasPrefix(pkg, l.prefix+"/")) && len(l.prefix) > len(name) {
			name, height = l.prefix, l.height
		}
	}
	return name, height
}

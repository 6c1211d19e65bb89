package schema

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/reference anew")

// TestReference holds docs/reference to the structs and the functions.
func TestReference(t *testing.T) {
	for name, text := range map[string]string{"blocks.md": blocksReference(), "functions.md": functionsReference()} {
		path := filepath.Join("..", "docs", "reference", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		there, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(there) != text {
			t.Errorf("%s is not current: run go test ./schema -run TestReference -update", path)
		}
	}
}

// TestEverythingIsDocumented holds that each block and attribute says what it
// is, and can be converted to.
func TestEverythingIsDocumented(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var visit func(s *spec)
	visit = func(s *spec) {
		if seen[s.typ] {
			return
		}
		seen[s.typ] = true
		for _, name := range s.names {
			if b := s.blocks[name]; b != nil {
				if b.doc == "" {
					t.Errorf("block %s in %s says nothing of itself", name, s.what)
				}
				visit(b.spec())
				continue
			}
			a := s.attrs[name]
			if a.doc == "" || strings.HasSuffix(a.doc, ".") {
				t.Errorf("%s.%s says nothing of itself, or ends in a full stop", s.what, name)
			}
			if a.words() == "" {
				t.Errorf("%s.%s takes nothing", s.what, name)
			}
		}
	}
	visit(fileSpec())
	if len(seen) < 30 {
		t.Errorf("seen only %d kinds of block", len(seen))
	}
}

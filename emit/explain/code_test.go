package explain

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoCompiles compiles all code that explanations of a topology with
// everything give, against the nats.go of this module.
func TestGoCompiles(t *testing.T) {
	var b strings.Builder
	b.WriteString(`package snippets

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func handle(any) {}

var _ jetstream.JetStream
var _ time.Duration

`)
	n := 0
	for _, e := range entities(all(t), "generated") {
		x := e.explain()
		uses := x.Uses
		for _, i := range x.Importers {
			uses = append(uses, i.Uses...)
		}
		for _, u := range uses {
			if u.Go == "" {
				continue
			}
			n++
			given := "ctx context.Context, nc *nats.Conn"
			if strings.HasPrefix(u.Go, "nc, err :=") {
				given = "url string, server nats.InProcessConnProvider"
			}
			fmt.Fprintf(&b, "// %s, to %s\nfunc _(%s) error {\nvar err error\n_ = err\n{\n%s\n_ = err\n}\nreturn err\n}\n\n", e.address, u.What, given, u.Go)
		}
	}
	if n < 40 {
		t.Errorf("only %d pieces of code", n)
	}
	dir := t.TempDir()
	code := filepath.Join(dir, "snippets.go")
	if err := os.WriteFile(code, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	// The overlay puts the file into this module, which knows nats.go.
	here, err := filepath.Abs("snippets/snippets.go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {here: code}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-overlay", file, "./snippets").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

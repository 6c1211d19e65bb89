package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jsc/schema"
)

// Of a bundle that was renewed, check and plan say which activation is newer, and how
// long it is good; of one put back, that it is older.
func TestRenewedBundle(t *testing.T) {
	exporter, importer := handOver(t, shop, ofItsOwn)
	file := func(p *party, name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }
	bring := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(file(importer, "from-shop.json"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(p *party, name string) []byte {
		t.Helper()
		data, err := os.ReadFile(file(p, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	said := func(step, want string) {
		t.Helper()
		for _, command := range []string{"check", "plan --exit-code"} {
			if got, text := importer.run(strings.Fields(command)...); got != exitDiffers || strings.Count(text, want) != 1 || strings.Contains(text, "says something else") {
				t.Errorf("%s, %s exits %d:\n%s", step, command, got, text)
			}
		}
	}
	old := read(importer, "from-shop.json")
	later := time.Now().Add(80 * 24 * time.Hour)
	exporter.jsc(t, "build", "--now", later.Format(time.RFC3339))
	bring(read(exporter, "generated/activations/PARTNER.json"))
	said("renewed", "import[prices.service]: a newer activation, until "+schema.FormatUnix(later.Unix()+90*86400)+"\n")
	importer.jsc(t, "build")
	bring(old)
	said("put back", "import[prices.service]: an older activation, until ")
}

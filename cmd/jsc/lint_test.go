package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What an account accepts from another party is judged as what comes from its
// own topology.
func TestLintAccepted(t *testing.T) {
	ours, theirs := newParty(t), newParty(t)
	const partner = `
operator "PARTNER" {}
account "PARTNER" {
%s
}`
	ours.write(t, fmt.Sprintf(partner, ""))
	ours.jsc(t, "build", "--generate-keys")
	theirs.write(t, fmt.Sprintf(`
operator "SHOP" {}
account "SHOP" {
  jetstream {}
  stream "JOBS" {
    max_age = "1d"
    consumer "PULL" {}
  }
}
account "PARTNER" {
  external   = true
  public_key = %q
}
share "jobs" {
  consumer = account.SHOP.stream.JOBS.consumer.PULL
  to "PARTNER" { expires = "20d" }
}`, ours.pinned(t, "account/PARTNER")))
	theirs.jsc(t, "build", "--generate-keys", "--quiet")
	bundle, err := os.ReadFile(theirs.files(t, "generated/activations/PARTNER.json")[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(ours.dir, "jobs.json"), bundle, 0o644); err != nil {
		t.Fatal(err)
	}
	accept := fmt.Sprintf("accept \"work\" {\n bundle = \"jobs.json\"\n from = %q\n}\n", theirs.pinned(t, "account/SHOP"))
	for _, c := range []struct {
		access string
		want   bool
	}{
		{"access {}", true},
		{"access { shares = [account.PARTNER.accept.work] }", false},
	} {
		ours.write(t, fmt.Sprintf(partner, accept+"user \"u\" {\n"+c.access+"\n}"))
		code, said := ours.run("lint")
		if code != exitDone || strings.Contains(said, "[unused-share-grant]") != c.want || strings.Contains(said, "Remove the accept block") != c.want {
			t.Errorf("with %s lint exits %d:\n%s", c.access, code, said)
		}
		if strings.Count(said, "[expires-soon]") != 1 {
			t.Errorf("the tokens' end is not told once:\n%s", said)
		}
	}
}

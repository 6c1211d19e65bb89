package main

import (
	"strings"
	"testing"
)

// What an account accepts from another party is judged as what comes from its
// own topology.
func TestLintAccepted(t *testing.T) {
	ours, topology := supplied(t, `
share "jobs" {
  consumer = account.SHOP.stream.JOBS.consumer.PULL
  to "PARTNER" { expires = "20d" }
}`)
	for _, c := range []struct {
		access string
		want   bool
	}{
		{"access {}", true},
		{"access { shares = [account.PARTNER.accept.shop] }", false},
	} {
		ours.write(t, topology("user \"u\" {\n"+c.access+"\n}\n"))
		code, said := ours.run("lint")
		if code != exitDone || strings.Contains(said, "[unused-share-grant]") != c.want || strings.Contains(said, "Remove the accept block") != c.want {
			t.Errorf("with %s lint exits %d:\n%s", c.access, code, said)
		}
		if strings.Count(said, "[expires-soon]") != 1 {
			t.Errorf("the tokens' end is not told once:\n%s", said)
		}
	}
}

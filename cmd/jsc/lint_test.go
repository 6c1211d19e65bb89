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
		if strings.Count(said, "[expires-soon]") != 1 || !strings.Contains(said, "Ask the exporter for a new one in time.") {
			t.Errorf("the tokens' end is not told once, with what one can do:\n%s", said)
		}
	}
}

// What another party let lapse is an error that lint and check tell, and no reason
// not to build: one's own revocations must not wait for it.
func TestAcceptedLapsed(t *testing.T) {
	ours, topology := supplied(t, `
share "jobs" {
  consumer = account.SHOP.stream.JOBS.consumer.PULL
  to "PARTNER" { expires = "20d" }
}`)
	ours.write(t, topology("user \"leaked\" {\n access {}\n}\n"))
	ours.jsc(t, "build", "--generate-keys", "--quiet")
	ours.write(t, topology(""))
	const later = "2100-01-01T00:00:00Z"
	if code, said := ours.run("lint", "--now", later); code != exitFailed || !strings.Contains(said, "error: the activation token expired") || strings.Contains(said, "[expires-soon]") {
		t.Errorf("lint exits %d:\n%s", code, said)
	}
	if code, said := ours.run("build", "--now", later); code != exitDone || !strings.Contains(said, "warning: the activation token expired") || strings.Count(said, "[activation-expired]") != 1 {
		t.Errorf("build exits %d:\n%s", code, said)
	}
	if code, said := ours.run("build", "--locked", "--now", later); code != exitDone || strings.Contains(said, "activation-expired") {
		t.Errorf("build --locked exits %d:\n%s", code, said)
	}
	if code, said := ours.run("plan", "--now", later); code != exitDone || !strings.Contains(said, "Nothing changes") {
		t.Errorf("plan exits %d:\n%s", code, said)
	}
	if code, said := ours.run("check", "--now", later); code != exitFailed || strings.Count(said, "error: ") != 1 || !strings.Contains(said, "error: the activation token expired") {
		t.Errorf("check exits %d:\n%s", code, said)
	}
}

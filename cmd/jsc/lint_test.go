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

// What another party let lapse stops lint, build, check and plan, until somebody says in a
// comment that it is known: one's own revocations must not wait for it.
func TestAcceptedLapsed(t *testing.T) {
	ours, topology := supplied(t, `
share "jobs" {
  consumer = account.SHOP.stream.JOBS.consumer.PULL
  to "PARTNER" { expires = "20d" }
}`)
	ours.write(t, topology("user \"leaked\" {\n access {}\n}\n"))
	ours.jsc(t, "build", "--generate-keys", "--quiet")
	const later = "2100-01-01T00:00:00Z"
	lapsed := topology("")
	known := strings.Replace(lapsed, "bundle", "# jsc:ignore activation-expired they are on holiday\n bundle", 1)
	for _, c := range []struct {
		command, topology string
		code, told        int
	}{
		{"lint", lapsed, exitFailed, 1}, {"build", lapsed, exitFailed, 1}, {"check", lapsed, exitFailed, 1},
		{"lint", known, exitDone, 0}, {"build", known, exitDone, 0}, {"check", known, exitDone, 0},
		{"check", lapsed, exitFailed, 1}, {"build --locked", lapsed, exitDone, 0},
		{"plan", lapsed, exitFailed, 1}, {"plan", known, exitDone, 0},
	} {
		ours.write(t, c.topology)
		code, said := ours.run(append(strings.Fields(c.command), "--now", later)...)
		if code != c.code || strings.Count(said, "error: the activation token expired") != c.told || strings.Contains(said, "[expires-soon]") {
			t.Errorf("%s of\n%s\nexits %d:\n%s", c.command, c.topology, code, said)
		}
	}
}

package main

import (
	"strings"
	"testing"
)

// A plan names every subject that an account comes to have by accepting what
// another party gives, with who is behind it (docs/security.md A9).
func TestPlanAccepted(t *testing.T) {
	ours, topology := supplied(t, `
share "jobs" {
  consumer = account.SHOP.stream.JOBS.consumer.PULL
  to "PARTNER" {}
}
share "prices" {
  subject = "prices.>"
  from    = account.SHOP
  to "PARTNER" {}
}`)
	ours.write(t, topology(""))
	code, said := ours.run("plan")
	_, section, _ := strings.Cut(said, "New local subjects\n")
	section, _, _ = strings.Cut(section, "\n\n")
	// Of the other party only its key is sure.
	want := strings.ReplaceAll(`  PARTNER  $JS.ACK.JOBS.PULL.>  answered by KEY
  PARTNER  prices.>  sent by KEY
  PARTNER  shop.API.CONSUMER.INFO.JOBS.PULL  answered by KEY
  PARTNER  shop.API.CONSUMER.MSG.NEXT.JOBS.PULL  answered by KEY`, "KEY", ours.shop)
	if code != exitDone || section != want {
		t.Errorf("plan exits %d:\n%s", code, said)
	}
	for _, format := range []string{"json", "markdown"} {
		if _, said := ours.run("plan", "--format", format); strings.Count(said, "PARTNER  shop.API.CONSUMER.MSG.NEXT.JOBS.PULL")+strings.Count(said, `"subject": "shop.API.CONSUMER.MSG.NEXT.JOBS.PULL"`) == 0 {
			t.Errorf("%s:\n%s", format, said)
		}
	}
}

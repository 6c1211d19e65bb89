package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A plan names every subject that an account comes to have by accepting what
// another party gives, with who is behind it (SECURITY A9).
func TestPlanAccepted(t *testing.T) {
	ours, theirs := newParty(t), newParty(t)
	const partner = "operator \"PARTNER\" {}\naccount \"PARTNER\" {\n%s}\n"
	ours.write(t, fmt.Sprintf(partner, ""))
	ours.jsc(t, "build", "--generate-keys", "--quiet")
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
  to "PARTNER" {}
}
share "prices" {
  subject = "prices.>"
  from    = account.SHOP
  to "PARTNER" {}
}`, ours.pinned(t, "account/PARTNER")))
	theirs.jsc(t, "build", "--generate-keys", "--quiet")
	bundle, err := os.ReadFile(theirs.files(t, "generated/activations/PARTNER.json")[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(ours.dir, "shop.json"), bundle, 0o644); err != nil {
		t.Fatal(err)
	}
	ours.write(t, fmt.Sprintf(partner, fmt.Sprintf("accept \"shop\" {\n bundle = \"shop.json\"\n from = %q\n}\n", theirs.pinned(t, "account/SHOP"))))
	code, said := ours.run("plan")
	_, section, _ := strings.Cut(said, "New local subjects\n")
	section, _, _ = strings.Cut(section, "\n\n")
	// Of the other party only its key is sure.
	want := strings.ReplaceAll(`  PARTNER  $JS.ACK.JOBS.PULL.>  answered by KEY
  PARTNER  prices.>  sent by KEY
  PARTNER  shop.API.CONSUMER.INFO.JOBS.PULL  answered by KEY
  PARTNER  shop.API.CONSUMER.MSG.NEXT.JOBS.PULL  answered by KEY`, "KEY", theirs.pinned(t, "account/SHOP"))
	if code != exitDone || section != want {
		t.Errorf("plan exits %d:\n%s", code, said)
	}
	for _, format := range []string{"json", "markdown"} {
		if _, said := ours.run("plan", "--format", format); strings.Count(said, "PARTNER  shop.API.CONSUMER.MSG.NEXT.JOBS.PULL")+strings.Count(said, `"subject": "shop.API.CONSUMER.MSG.NEXT.JOBS.PULL"`) == 0 {
			t.Errorf("%s:\n%s", format, said)
		}
	}
}

package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// TestLimitsOverServer: a server whose storage is less than its accounts' limits
// add up to goes without JetStream for some of them and says nothing to clients
// but that it is not there; jsc refuses that (docs/security.md E3).
func TestLimitsOverServer(t *testing.T) {
	const text = `
operator "O" {}
account "A" {
  jetstream { disk = "%d GiB" }
}
account "B" {
  jetstream { disk = "%d GiB" }
}
`
	for disk, lacking := range map[int]int{600: 1, 500: 0} { // of 1 TB
		s := newSite(t)
		s.build(fmt.Sprintf(text, disk, disk))
		s.start()
		without := 0
		for _, account := range []string{"A", "B"} {
			if _, err := s.ask(account, "$JS.API.INFO", ""); err != nil {
				t.Logf("%d GiB each: %s: %v", disk, account, err)
				without++
			}
		}
		if without != lacking {
			t.Errorf("%d GiB each: %d accounts are without JetStream", disk, without)
		}
		s.stop()
	}
	server := "server {\n  jetstream { max_file = \"1 TB\" }\n}\n"
	s := newSite(t)
	s.says(server+fmt.Sprintf(text, 600, 600), "account-limits-over-server", hcl.DiagError)
	s.silent(server+fmt.Sprintf(text, 400, 400), "account-limits-over-server")
}

package verify

import (
	"strings"
	"testing"
)

// TestUsers proves every kind as a user who has nothing but the share, and that
// a user without it is refused.
func TestUsers(t *testing.T) {
	const users = `
  user "has" {
    access { shares = [share.x] }
  }
  user "too" {
    access { shares = [share.x] }
  }
  user "idle" {
    access {}
  }`
	for name := range kindCases {
		t.Run(name, func(t *testing.T) {
			r := verifyText(t, kindTopology(name, "", "", users), Options{})
			if !r.OK() {
				t.Fatalf("not all proved:\n%s", table(t, r))
			}
			refused := false
			for i := range r.Rows {
				row := &r.Rows[i]
				refused = refused || row.Grant == "users"
				if sourced := strings.Contains(name, "source") || name == "mirror"; sourced || row.Grant == "users" || row.Grant == "others" {
					continue
				}
				if row.User != "too" {
					t.Errorf("%s was proved as user %q", row.Grant, row.User)
				}
			}
			if !refused {
				t.Errorf("no user was refused:\n%s", table(t, r))
			}
		})
	}
}

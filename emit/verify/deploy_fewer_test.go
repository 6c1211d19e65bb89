package verify_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestFewer: a limit that falls to 0, which a token leaves out, or below what
// clients have cuts them off, where a plan says so.
func TestFewer(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		cut      bool
	}{
		"connections":                 {"connections = 10", "connections = 0", true},
		"more connections":            {"connections = 10", "connections = 11", false},
		"subscriptions":               {"subscriptions = 10", "subscriptions = 0", true},
		"subscriptions of unlimited":  {"", "subscriptions = 2", true},
		"subscriptions that are gone": {"subscriptions = 10", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			text := func(limit string) string {
				return fmt.Sprintf("operator \"O\" {}\naccount \"A\" {\n limits {\n  %s\n }\n user \"app\" {}\n}\n", limit)
			}
			s := newSite(t)
			s.build(text(c.old))
			s.start()
			nc := s.as("A/app")
			for _, subject := range []string{"one", "two"} {
				s.listen("A/app", subject)
			}
			r := s.planned(text(c.new))
			if slices.Contains(r.Impacts, "disconnects") != c.cut {
				t.Errorf("the plan says %v", r.Impacts)
			}
			s.must(s.server.Reload())
			if c.cut {
				s.until("its connection ends", nc.IsClosed)
			} else if err := nc.Flush(); err != nil {
				t.Error(err)
			}
		})
	}
}

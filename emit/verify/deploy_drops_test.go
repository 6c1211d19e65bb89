package verify_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestDrops: a stream that refuses new messages (discard new) keeps what is over a
// lower limit of bytes or messages, yet not of messages of a subject: there it
// drops the oldest as any other stream does, as a plan says.
func TestDrops(t *testing.T) {
	const many, few = "max_msgs_per_subject = 5", "max_msgs_per_subject = 2"
	for name, c := range map[string]struct {
		old, new, more string
		left           float64 // of 5 messages
	}{
		"of a subject":               {many, few, "", 2},
		"of a subject, refused":      {many, few, "discard = \"new\"", 2},
		"of a subject, refused each": {many, few, "discard = \"new\"\n discard_new_per_subject = true", 2},
		"of all":                     {"max_msgs = 5", "max_msgs = 2", "", 2},
		"of all, refused":            {"max_msgs = 5", "max_msgs = 2", "discard = \"new\"", 5},
		"bytes, refused":             {"max_bytes = \"1KiB\"", "max_bytes = \"20B\"", "discard = \"new\"", 5},
	} {
		for _, storage := range []string{"file", "memory"} {
			t.Run(name+", "+storage, func(t *testing.T) {
				text := func(limit string) string {
					return fmt.Sprintf("operator \"O\" {}\naccount \"A\" {\n jetstream {\n  disk = \"1GiB\"\n  memory = \"1GiB\"\n }\n stream \"S\" {\n subjects = [\"s\"]\n storage = %q\n %s\n %s\n }\n}\n", storage, limit, c.more)
				}
				s := newSite(t)
				s.boot(text(c.old))
				for range 5 {
					s.publish("A", "s", "data")
				}
				r := s.planned(text(c.new))
				if slices.Contains(r.Impacts, "data at risk") != (c.left < 5) {
					t.Errorf("the plan says %v", r.Impacts)
				}
				answer := s.api("A", "$JS.API.STREAM.UPDATE.S", string(s.plan.Topology.Accounts[0].Streams[0].Config.JSON()))
				if state := answer["state"].(map[string]any); state["messages"] != c.left {
					t.Errorf("%v messages are left, not %v", state["messages"], c.left)
				}
			})
		}
	}
}

package verify_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestSubjectsMove: a server refuses a stream whose subjects another has, so a
// plan says to free them first. Nothing that is stored is lost, and a stream that
// is renamed in two builds, the first of which copies, has it all.
func TestSubjectsMove(t *testing.T) {
	text := func(streams string) string {
		return "operator \"O\" {}\naccount \"A\" {\n jetstream {}\n" + streams + "}\n"
	}
	stream := func(name, subjects string) string {
		return fmt.Sprintf(" stream %q {\n  subjects = [%s]\n }\n", name, subjects)
	}
	for name, c := range map[string]struct {
		old, new string
		stored   map[string]float64 // of what was published on s and t
	}{
		"a stream is renamed":        {stream("S", `"s"`), stream("S2", `"s"`), map[string]float64{"S": 1, "S2": 0}},
		"a new one gets a subject":   {stream("S", `"s", "t"`), stream("S", `"t"`) + stream("R", `"s"`), map[string]float64{"S": 2, "R": 0}},
		"another gets a subject":     {stream("S", `"s", "t"`) + stream("R", `"r"`), stream("S", `"t"`) + stream("R", `"r", "s"`), map[string]float64{"S": 2, "R": 0}},
		"each gets the next one's":   {stream("S", `"s"`) + stream("T", `"t"`) + stream("U", `"u"`), stream("S", `"t"`) + stream("T", `"u"`) + stream("U", `"v"`), map[string]float64{"S": 1, "T": 1, "U": 0}},
		"two swap":                   {stream("S", `"s"`) + stream("T", `"t"`), stream("S", `"t"`) + stream("T", `"s"`), map[string]float64{"S": 1, "T": 1}},
		"three swap":                 {stream("S", `"s"`) + stream("T", `"t"`) + stream("U", `"u"`), stream("S", `"t"`) + stream("T", `"u"`) + stream("U", `"s"`), map[string]float64{"S": 1, "T": 1, "U": 0}},
		"two pairs swap":             {stream("S", `"s"`) + stream("T", `"t"`) + stream("U", `"u"`) + stream("V", `"v"`), stream("S", `"t"`) + stream("T", `"s"`) + stream("U", `"v"`) + stream("V", `"u"`), map[string]float64{"S": 1, "T": 1}},
		"one that copies the former": {stream("S", `"s", "t"`), stream("S", `"old"`) + strings.Replace(stream("S2", `"s", "t"`), "\n }\n", "\n  source { name = \"S\" }\n }\n", 1), map[string]float64{"S": 2, "S2": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.boot(text(c.old))
			s.publish("A", "s", "data")
			if strings.Contains(c.old, `"t"`) {
				s.publish("A", "t", "data")
			}
			steps := s.planned(text(c.new)).Steps
			for i, step := range steps { // the stream that goes stays for now
				if strings.HasPrefix(step.Text, "Delete") {
					steps = append(steps[:i:i], steps[i+1:]...)
				}
			}
			s.follow(steps)
			for stream, n := range c.stored {
				s.until(fmt.Sprintf("%s stores %v", stream, n), func() bool {
					return s.api("A", "$JS.API.STREAM.INFO."+stream, "")["state"].(map[string]any)["messages"] == n
				})
			}
		})
	}
}

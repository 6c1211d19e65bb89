package diff

import (
	"strings"
	"testing"
	"time"
)

// What a pause_until comes to depends on the time: a pause that is over is
// nothing to do, and none is a reason to make a consumer anew.
func TestPauses(t *testing.T) {
	at := func(d time.Duration) string {
		return `pause_until = "` + time.Unix(start, 0).Add(d).UTC().Format(time.RFC3339) + `"`
	}
	const (
		pause  = "Pause on the servers until then, as by nats consumer pause: A/S/C\n"
		resume = "Resume on the servers, as by nats consumer resume: A/S/C\n"
		update = "Update on the servers, as by nats consumer edit --config: A/S/C\n"
	)
	past, soon, later := at(time.Second), at(time.Hour), at(2*time.Hour)
	for name, c := range map[string]struct{ old, new, says string }{
		"paused":                   {"", soon, pause},
		"paused longer":            {soon, later, pause},
		"paused again":             {past, soon, pause},
		"paused less":              {soon, past, resume},
		"paused no more":           {soon, "", resume},
		"over":                     {past, "", ""},
		"over before it began":     {"", past, ""},
		"paused, and described":    {"", soon + "\n description = \"x\"", update + "  2. " + pause},
		"over, and described":      {past, "description = \"x\"", update},
		"resumed, and less to ack": {soon, "max_ack_pending = 5", update + "  2. " + resume},
	} {
		with := func(line string) string {
			return strings.Replace(topology, `deliver_group   = "g"`, "deliver_group = \"g\"\n "+line, 1)
		}
		r := compare(t, with(c.old), with(c.new), 100)
		got := text(t, r)
		if len(r.Changes) != 1 || len(r.Impacts) != 1 || r.Impacts[0] != none {
			t.Errorf("%s: %v", name, r.Impacts)
		}
		_, steps, _ := strings.Cut(got, "To deploy\n  1. ")
		steps, _, _ = strings.Cut(steps, "\nAgainst")
		if steps != c.says {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	r := compare(t, topology, strings.Replace(topology, `deliver_group   = "g"`, "deliver_group = \"g\"\n replay_policy = \"original\"\n "+soon, 1), 100)
	if got := text(t, r); !strings.Contains(got, "Delete on the servers and make anew: A/S/C\n") || strings.Contains(got, "consumer pause") {
		t.Errorf("made anew, it is paused:\n%s", got)
	}
}

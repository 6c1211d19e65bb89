package verify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestPauses: an update leaves a consumer's pause as it is, and a request of its
// own changes it and loses no position, as a plan says; a stream without a first
// number has the number 1.
func TestPauses(t *testing.T) {
	text := func(first, until string) string {
		return fmt.Sprintf("operator \"O\" {}\naccount \"A\" {\n jetstream {}\n stream \"S\" {\n subjects = [\"s\"]\n max_bytes = \"1MiB\"\n %s\n consumer \"C\" {\n  %s\n }\n }\n}\n", first, until)
	}
	until := func(d time.Duration) string {
		return time.Now().Add(d).UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	soon, later := until(time.Hour), until(2*time.Hour)
	s := newSite(t)
	s.boot(text("", fmt.Sprintf("pause_until = %q", soon)))
	s.publish("A", "s", "data")

	paused := func(want string) {
		t.Helper()
		info := s.api("A", "$JS.API.CONSUMER.INFO.S.C", "")
		got, _ := info["config"].(map[string]any)["pause_until"].(string)
		if got != want || info["num_pending"] != 1.0 {
			t.Errorf("it is paused until %q, not %q; %v are pending", got, want, info["num_pending"])
		}
	}
	ask := func(wish string) {
		t.Helper()
		r := s.planned(text("", wish))
		if slices.Contains(r.Impacts, "data at risk") {
			t.Errorf("the plan says %v", r.Impacts)
		}
		c := s.plan.Topology.Accounts[0].Streams[0].Consumers[0]
		s.api("A", "$JS.API.CONSUMER.CREATE.S.C", fmt.Sprintf(`{"stream_name": "S", "config": %s, "action": "update"}`, c.Config.JSON()))
	}
	paused(soon)
	ask(fmt.Sprintf("pause_until = %q", later))
	paused(soon)
	s.api("A", "$JS.API.CONSUMER.PAUSE.S.C", fmt.Sprintf(`{"pause_until": %q}`, later))
	paused(later)
	ask("")
	paused(later)
	s.api("A", "$JS.API.CONSUMER.PAUSE.S.C", "")
	paused("")

	r := s.planned(text("first_seq = 1", ""))
	if slices.Contains(r.Impacts, "data at risk") {
		t.Errorf("the plan says %v", r.Impacts)
	}
	answer := s.api("A", "$JS.API.STREAM.UPDATE.S", string(s.plan.Topology.Accounts[0].Streams[0].Config.JSON()))
	if state := answer["state"].(map[string]any); state["first_seq"] != 1.0 {
		t.Errorf("the first message is %v", state["first_seq"])
	}
}

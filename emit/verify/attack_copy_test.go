package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// copiers are two exporters whose streams B copies, each into one of its own,
// with what is said of the second share's to block and of B's stream OWN.
func copiers(to, own string) string {
	text := "operator \"O\" {}\n"
	for n, to := range []string{"", to} {
		text += fmt.Sprintf(`
account "A%[1]d" {
  jetstream {}
  stream "S%[1]d" {
    subjects = ["s%[1]d"]
    consumer "C" {
      deliver_subject = "d"
      ack_policy      = "flow_control"
    }
  }
}
share "s%[1]d" {
  consumer = account.A%[1]d.stream.S%[1]d.consumer.C
  to "B" {
    %[2]s
  }
}
`, n+1, to)
	}
	return text + fmt.Sprintf(`
account "B" {
  jetstream {}
  stream "COPY1" {
    source { share = share.s1 }
  }
  stream "COPY2" {
    source { share = share.s2 }
  }
  stream "OWN" {
    subjects = ["own"]
    %s
  }
}`, own)
}

// mistaken has both streams copied while B stores messages of its own and
// listens to what it makes of them, and returns what is in a copy that its
// exporter has not stored, or not in it.
func mistaken(s *site) string {
	for _, a := range s.plan.Topology.Accounts {
		for _, st := range a.Streams {
			if st.Config.Republish != nil {
				s.listen("B", st.Config.Republish.Dest)
			}
			for _, c := range st.Consumers {
				if a.Name == "B" {
					s.listen("B", c.Config.DeliverSubject)
				}
			}
		}
	}
	for n := range uint64(rounds) {
		s.publish("B", "own", "own")
		s.publish("A1", "s1", "one")
		s.publish("A2", "s2", "two")
		for copy, want := range map[string]string{"COPY1": "s1", "COPY2": "s2"} {
			if !inTime(func() bool { return s.stored("B", copy) > n }) {
				return fmt.Sprintf("%s has %d messages of %d", copy, n, n+1)
			}
			m := s.api("B", "$JS.API.STREAM.MSG.GET."+copy, fmt.Sprintf(`{"seq": %d}`, n+1))["message"].(map[string]any)
			if m["subject"] != want {
				return fmt.Sprintf("%s has a message of %q", copy, m["subject"])
			}
		}
	}
	return ""
}

// TestCopiesMeet: where a share delivers to a stream that copies, nobody else may
// listen, since the server gives the second one's subject to the first. Two that
// copy are each such a one, and so is who takes what else comes there.
func TestCopiesMeet(t *testing.T) {
	const (
		apart       = `local_subject = "d2"`
		pushes      = "consumer \"PUSH\" {\n      deliver_subject = %q\n      ack_policy = \"none\"\n    }"
		republishes = "republish {\n      src  = \"own\"\n      dest = %q\n    }"
	)
	for _, a := range []attack{
		{name: "two shares", bad: copiers("", ""), good: map[string]string{"local_subject": copiers(apart, "")}},
		{name: "a share and an own consumer", bad: copiers(apart, fmt.Sprintf(pushes, "d")), good: map[string]string{"elsewhere": copiers(apart, fmt.Sprintf(pushes, "e"))}},
		{name: "a share and an own stream", bad: copiers(apart, fmt.Sprintf(republishes, "d")), good: map[string]string{"elsewhere": copiers(apart, fmt.Sprintf(republishes, "e"))}},
	} {
		a.rule, a.severity, a.try = "import-collision", hcl.DiagError, mistaken
		t.Run(a.name, a.test)
	}
}

package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nats.go"
)

// copying is a share of A's stream, a stream S of B that copies it by a block
// of that type, and a stream T of one of the two.
func copying(share, block, owner, stores string) string {
	t := map[string]string{owner: fmt.Sprintf("stream \"T\" { subjects = [%q, \"own\"] }", stores)}
	return fmt.Sprintf(`
operator "O" {}
account "A" {
  jetstream {}
  stream "X" {
    subjects = ["x.>"]
    consumer "C" {
      ack_policy      = "flow_control"
      deliver_subject = "d"
    }
  }
  %s
}
account "B" {
  jetstream {}
  stream "S" {
    %s { share = share.x }
  }
  %s
}
share "x" {
  %s
  to "B" {}
}`, t["A"], block, t["B"], share)
}

// capture publishes what S is to copy; what gets T of it? T stores in the order
// in which it hears, so that a message of its own comes after what it captured.
func capture(owner string) func(*site) string {
	return func(s *site) string {
		for n := range uint64(rounds) {
			s.publish("A", "x.a", "message")
			s.until("it is copied or captured", func() bool { return s.stored("B", "S") > n || s.stored(owner, "T") > n })
			if got := s.store(owner, nats.NewMsg("own")).Sequence; got > n+1 {
				return fmt.Sprintf("%d messages, of which %d are its own", got, n+1)
			}
		}
		return ""
	}
}

// stored is how many messages a stream has.
func (s *site) stored(account, stream string) uint64 {
	info := s.api(account, "$JS.API.STREAM.INFO."+stream, "")
	return uint64(info["state"].(map[string]any)["messages"].(float64))
}

// TestCapturedCopies: what the server delivers to a stream that copies, every
// heartbeat included, is stored by another stream too.
func TestCapturedCopies(t *testing.T) {
	const durable = "consumer = account.A.stream.X.consumer.C"
	mode := func(mode string) string { return fmt.Sprintf("stream = account.A.stream.X\n  mode   = %q", mode) }
	for _, c := range []struct {
		name, share, block, subject string
	}{
		{"durable source", durable, "source", "d"},
		{"durable mirror", durable, "mirror", "d"},
		{"source", mode("source"), "source", "deliver.>"},
		{"mirror", mode("mirror"), "mirror", "deliver.x.B.*.*"},
	} {
		for owner, rule := range map[string]string{"A": "deliver-subject-cycle", "B": "import-shadows-stream"} {
			a := attack{
				rule: rule, severity: hcl.DiagError, try: capture(owner),
				bad:  copying(c.share, c.block, owner, c.subject),
				good: map[string]string{"other subjects": copying(c.share, c.block, owner, "t.>")},
			}
			t.Run(c.name+", captured by "+owner, a.test)
		}
	}
}

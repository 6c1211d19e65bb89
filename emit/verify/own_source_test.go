package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// ownCopies is an account whose stream S copies its stream X by a consumer,
// and whose stream GOOD does so by a right one.
func ownCopies(consumer, name, deliver string) string {
	return fmt.Sprintf(`
operator "O" {}
account "A" {
  jetstream {}
  stream "X" {
    subjects = ["x.>"]
    consumer "C" {
      %s
    }
    consumer "RIGHT" {
      ack_policy      = "flow_control"
      deliver_subject = "right"
    }
  }
  stream "GOOD" {
    source {
      name = "X"
      consumer {
        name            = "RIGHT"
        deliver_subject = "right"
      }
    }
  }
  stream "S" {
    source {
      name = "X"
      consumer {
        name            = %q
        deliver_subject = %q
      }
    }
  }
}`, consumer, name, deliver)
}

// groupShared is a share of a consumer with a deliver group, if any, and one of
// a right one.
func groupShared(group string) string {
	return fmt.Sprintf(`
operator "O" {}
account "A" {
  jetstream {}
  stream "X" {
    subjects = ["x.>"]
    consumer "C" {
      ack_policy      = "flow_control"
      deliver_subject = "d"
      %s
    }
    consumer "RIGHT" {
      ack_policy      = "flow_control"
      deliver_subject = "right"
    }
  }
}
account "B" {
  jetstream {}
  stream "GOOD" {
    source { share = share.right }
  }
  stream "S" {
    source { share = share.x }
  }
}
share "x" {
  consumer = account.A.stream.X.consumer.C
  to "B" {}
}
share "right" {
  consumer = account.A.stream.X.consumer.RIGHT
  to "B" {}
}`, group)
}

// TestConsumersThatCopyNothing: a source takes any consumer's name, and copies
// from none but one of that name, policy and subject, without a group.
func TestConsumersThatCopyNothing(t *testing.T) {
	const (
		flow     = "ack_policy = \"flow_control\"\n"
		delivers = "deliver_subject = \"d\"\n"
		group    = "deliver_group = \"g\"\n"
	)
	for _, c := range []struct {
		name, rule, account, text string
	}{
		{"right", "", "A", ownCopies(flow+delivers, "C", "d")},
		{"another subject", "bad-value", "A", ownCopies(flow+delivers, "C", "e")},
		{"no such consumer", "unknown-reference", "A", ownCopies(flow+delivers, "D", "d")},
		{"another policy", "bad-value", "A", ownCopies(delivers, "C", "d")},
		{"one that is pulled", "bad-value", "A", ownCopies("", "C", "d")},
		{"a group", "field-conflict", "A", ownCopies(flow+delivers+group, "C", "d")},
		{"shared", "", "B", groupShared("")},
		{"shared with a group", "field-conflict", "B", groupShared(group)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			if c.rule != "" {
				severity := hcl.DiagError
				if c.rule == "unknown-reference" { // others may make it
					severity = hcl.DiagWarning
				}
				s.says(c.text, c.rule, severity)
			}
			s.boot(c.text, c.rule)
			for n := range uint64(rounds) {
				s.publish("A", "x.a", "message")
				s.until("the right one copies", func() bool { return s.stored(c.account, "GOOD") > n })
			}
			if c.rule == "" {
				s.until("all is copied", func() bool { return s.stored(c.account, "S") == rounds })
			} else if n := s.stored(c.account, "S"); n > 0 {
				t.Errorf("%d messages are copied", n)
			}
		})
	}
}

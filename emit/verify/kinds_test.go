package verify

import (
	"fmt"
	"strings"
	"testing"

	"jsc/compiler"
)

// kinds are topologies that between them grant every row of every kind: A
// shares x with B, and C has nothing.
var kindCases = map[string]string{
	"push": `
		stream "S" {
			subjects = ["s.>"]
			consumer "C" {
				deliver_subject = "deliver.c"
				deliver_group   = "g"
			}
		}
		--
		consumer = account.A.stream.S.consumer.C`,
	"push flow control": `
		stream "S" {
			subjects = ["s.>"]
			consumer "C" {
				deliver_subject = "deliver.c"
				flow_control    = true
				idle_heartbeat  = "1s"
			}
		}
		--
		consumer = account.A.stream.S.consumer.C`,
	"push without info": `
		stream "S" {
			subjects = ["s.>"]
			consumer "C" {
				deliver_subject = "deliver.c"
				flow_control    = true
				idle_heartbeat  = "1s"
				ack_policy      = "none"
			}
		}
		--
		consumer = account.A.stream.S.consumer.C
		info     = false`,
	"pull": `
		stream "S" {
			subjects = ["s.>"]
			consumer "C" { max_ack_pending = 30 }
		}
		--
		consumer = account.A.stream.S.consumer.C`,
	"pull without info": `
		stream "S" {
			subjects = ["s.>", "t.*.u"]
			consumer "C" { filter_subject = "t.>" }
		}
		--
		consumer = account.A.stream.S.consumer.C
		info     = false`,
	"read": `
		stream "S" {
			subjects     = ["s.>"]
			allow_direct = true
		}
		--
		stream = account.A.stream.S`,
	"read by the leader": `
		stream "S" { subjects = ["s.>"] }
		--
		stream = account.A.stream.S`,
	"read filtered": `
		stream "S" {
			subjects     = ["s.>"]
			allow_direct = true
		}
		--
		stream          = account.A.stream.S
		filter_subjects = ["s.x.*", "s.y"]`,
	"publish": `
		stream "S" { subjects = ["s.>", "t.*"] }
		--
		stream = account.A.stream.S
		mode   = "publish"`,
	"kv-read": `
		key_value "K" {}
		--
		key_value = account.A.key_value.K`,
	"kv-read filtered": `
		key_value "K" {}
		--
		key_value       = account.A.key_value.K
		filter_subjects = ["p.>", "q"]`,
	"kv-read unwatched": `
		key_value "K" {}
		--
		key_value = account.A.key_value.K
		watch     = false`,
	"kv-write": `
		key_value "K" { history = 5 }
		--
		key_value = account.A.key_value.K
		mode      = "write"`,
	"object-read": `
		object_store "O" {}
		--
		object_store = account.A.object_store.O`,
	"object-write": `
		object_store "O" {}
		--
		object_store = account.A.object_store.O
		mode         = "write"`,
	"source": `
		stream "S" { subjects = ["s.>"] }
		--
		stream = account.A.stream.S
		mode   = "source"`,
	"source filtered": `
		stream "S" { subjects = ["s.>"] }
		--
		stream          = account.A.stream.S
		mode            = "source"
		filter_subjects = ["s.x.*"]`,
	"source filtered twice": `
		stream "S" { subjects = ["s.>"] }
		--
		stream          = account.A.stream.S
		mode            = "source"
		filter_subjects = ["s.x.*", "s.y"]`,
	"mirror": `
		stream "S" { subjects = ["s.>"] }
		--
		stream = account.A.stream.S
		mode   = "mirror"`,
	"durable-source": `
		stream "S" {
			subjects = ["s.>"]
			consumer "C" {
				deliver_subject = "deliver.c"
				ack_policy      = "flow_control"
			}
		}
		--
		consumer = account.A.stream.S.consumer.C`,
	"subject": `
		--
		from    = account.A
		subject = "news.*.eu"`,
	"service": `
		--
		from    = account.A
		service = "ask.*"`,
	"service with many answers": `
		--
		from     = account.A
		service  = "ask.>"
		response = "stream"`,
}

// kindTopology is the whole text of a case. server is more of the server block,
// to of the importer's, and B of account B.
func kindTopology(name, server, to, b string) string {
	account, share, _ := strings.Cut(kindCases[name], "--")
	return fmt.Sprintf(`
operator "O" {}
server {
  %s
}
account "A" {
  jetstream {}
  %s
}
account "B" {
  jetstream {}
  %s
}
account "C" {}
share "x" {
  %s
  to "B" {
    %s
  }
}
`, server, account, b, share, to)
}

func TestKinds(t *testing.T) {
	for name := range kindCases {
		t.Run(name, func(t *testing.T) {
			r := verifyText(t, kindTopology(name, "", "", ""), Options{})
			if !r.OK() {
				t.Errorf("not all proved:\n%s", table(t, r))
			}
		})
	}
}

// TestEveryKindHasSteps holds the table of kinds against the probes.
func TestEveryKindHasSteps(t *testing.T) {
	for _, k := range compiler.ShareKinds() {
		if steps[k.Name] == nil {
			t.Errorf("kind %s has no steps", k.Name)
		}
	}
}

package compiler_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
)

// accepted are accounts whose streams and consumers use every field there is.
var accepted = []struct {
	name   string
	limits limits
	body   string
}{
	{"defaults", unlimited, `
  stream "S" {
    consumer "C" {}
  }`},
	{"every plain field", unlimited, `
  stream "S" {
    description             = "what it is"
    subjects                = ["a.>", "b.*.c", "d"]
    retention               = "interest"
    max_consumers           = 9
    max_msgs                = 1000
    max_bytes               = "1MiB"
    max_age                 = "1d12h"
    max_msgs_per_subject    = 10
    max_msg_size            = "64KiB"
    discard                 = "new"
    discard_new_per_subject = true
    storage                 = "memory"
    num_replicas            = 1
    no_ack                  = true
    duplicate_window        = "1m"
    compression             = "s2"
    first_seq               = 100
    allow_direct            = true
    deny_delete             = true
    deny_purge              = true
    allow_msg_ttl           = true
    allow_atomic            = true
    allow_batched           = true
    persist_mode            = "default"
    sealed                  = false
    mirror_direct           = false
    metadata                = { team = "orders", "a.b" = "<&>" }
    placement {
      cluster = ""
    }
    subject_transform {
      src  = "a.>"
      dest = "a2.>"
    }
    republish {
      src          = "b.*.c"
      dest         = "again.$1"
      headers_only = true
    }
    consumer_limits {
      inactive_threshold = "1h"
      max_ack_pending    = 50
    }
    consumer "PULL" {
      description        = "pulls"
      deliver_policy     = "last_per_subject"
      ack_policy         = "all"
      ack_wait           = "10s"
      max_deliver        = 5
      filter_subjects    = ["b.*.c", "d"]
      replay_policy      = "original"
      sample_freq        = "30%"
      max_waiting        = 10
      max_ack_pending    = 20
      headers_only       = true
      max_batch          = 100
      max_expires        = "30s"
      max_bytes          = "1MiB"
      inactive_threshold = "30m"
      num_replicas       = 1
      mem_storage        = true
      metadata           = { k = "v" }
      pause_until        = "2031-02-03T04:05:06.789+02:00"
      priority_groups    = ["g1", "g/2"]
      priority_policy    = "overflow"
    }
    consumer "PUSH" {
      deliver_subject = "to.push"
      deliver_group   = "q"
      flow_control    = true
      idle_heartbeat  = "5s"
      rate_limit_bps  = 8000000
      backoff         = ["1s", "5s", "1m"]
      max_deliver     = 3
      filter_subject  = "d"
      deliver_policy  = "by_start_sequence"
      opt_start_seq   = 7
    }
    consumer "TIME" {
      deliver_policy = "by_start_time"
      opt_start_time = "2024-01-31"
      ack_policy     = "none"
      direct         = false
      sourcing       = false
      max_ack_pending = "unlimited"
    }
    consumer "PINNED" {
      priority_groups = ["g"]
      priority_policy = "pinned_client"
      deliver_policy  = "new"
    }
    consumer "PINNED-TIMEOUT" {
      priority_groups  = ["g"]
      priority_policy  = "pinned_client"
      priority_timeout = "10s"
      deliver_policy   = "last"
    }
    consumer "PRIORITIZED" {
      priority_groups = ["g"]
      priority_policy = "prioritized"
    }
  }`},
	{"the longest durations", unlimited, `stream "S" {
    max_age = "292y171d"
    consumer "C" { inactive_threshold = "106751d" }
  }`},
	{"the last sequence that is taken", unlimited, `stream "S" { first_seq = 9223372036854775807 }`},
	{"short max_age", unlimited, `stream "S" { max_age = "30s" }`},
	{"zeroes are defaults", unlimited, `
  stream "S" {
    max_msgs = 0
    max_bytes = 0
    max_age = 0
    max_consumers = 0
    num_replicas = 0
    duplicate_window = 0
    max_msg_size = "unlimited"
    consumer "C" {
      max_deliver = 0
      max_ack_pending = 0
      num_replicas = 0
      max_waiting = 0
    }
  }`},
	{"delete markers", unlimited, `stream "S" { subject_delete_marker_ttl = "1m" }`},
	{"schedules", unlimited, `stream "S" { allow_msg_schedules = true }`},
	{"rollup", unlimited, `stream "S" { allow_rollup_hdrs = true }`},
	{"counter", unlimited, `stream "S" { allow_msg_counter = true }`},
	{"async", unlimited, `stream "S" { persist_mode = "async" }`},
	{"everything", unlimited, `stream "S" {
    subjects = [">"]
    no_ack   = true
  }`},
	{"events", unlimited, `stream "S" { subjects = ["$JS.EVENT.ADVISORY.>", "$SYS.ACCOUNT.*.CONNECT"] }`},
	{"own traffic without acks", unlimited, `stream "S" {
    subjects = ["$JS.>"]
    no_ack   = true
  }`},
	{"placement", unlimited, `stream "S" {
    placement {
      cluster = "east"
      tags    = ["ssd"]
    }
  }`},
	{"empty placement", unlimited, `stream "S" {
    placement { tags = [] }
  }`},
	{"mirror and sources", unlimited, `
  stream "A" {
    allow_direct = true
    subjects     = ["a.>"]
    max_msg_size = 1000
  }
  stream "M" {
    max_msg_size = 2000
    mirror {
      name           = "A"
      filter_subject = "a.b"
      opt_start_seq  = 5
    }
  }
  stream "M2" {
    mirror {
      name = "A"
      subject_transform {
        src  = "a.x.>"
        dest = "x.>"
      }
      subject_transform {
        src  = "a.y.*"
        dest = "y.{{wildcard(1)}}"
      }
    }
  }
  stream "M3" {
    duplicate_window = "1m"
    mirror {
      name           = "OTHER"
      opt_start_time = "2025-01-01T00:00:00Z"
      external {
        api     = "OTHER.API"
        deliver = "deliver.x"
      }
    }
    mirror_direct = true
    consumer "C" { filter_subject = "whatever" }
  }
  stream "S" {
    source {
      name           = "A"
      filter_subject = "a.b"
      opt_start_seq  = 5
    }
    source {
      name = "A"
      subject_transform {
        src  = "a.*.c"
        dest = "c.$1"
      }
      subject_transform {
        src  = "a.b.*"
        dest = "d.$1"
      }
    }
    source {
      name = "D"
      external { api = "$JS.other.API" }
      consumer {
        name            = "dc"
        deliver_subject = "deliver.dc"
      }
    }
  }
  stream "S2" {
    subjects = ["s2"]
    source {
      name           = "A"
      opt_start_time = "2025-01-01T00:00:00.5Z"
    }
  }`},
	{"diamond", unlimited, `
  stream "A" { subjects = ["a"] }
  stream "B" {
    source { name = "A" }
  }
  stream "C" {
    source { name = "B" }
    source { name = "A" }
  }`},
	{"implicit republish", unlimited, `
  stream "S" {
    subjects = ["a"]
    subject_transform {
      src  = "a"
      dest = "b"
    }
    republish {
      dest = ">"
    }
  }`},
	{"republish all", unlimited, `stream "S" {
    subjects = ["a.>"]
    republish { dest = "again.>" }
  }`},
	{"flow control policy", unlimited, `
  stream "S" {
    subjects  = ["a.>"]
    retention = "workqueue"
    consumer "D" {
      ack_policy      = "flow_control"
      deliver_subject = "to.d"
      filter_subject  = "a.b.*"
    }
    consumer "E" {
      filter_subjects = ["a.c.>", "a.d"]
    }
  }`},
	{"ack none", unlimited, `stream "S" {
    consumer "PULL" {
      ack_policy      = "none"
      max_ack_pending = 10
    }
    consumer "PUSH" {
      ack_policy      = "none"
      deliver_subject = "x"
      backoff         = ["2s"]
    }
  }`},
	{"partly outside, partly overlapping", unlimited, `stream "S" {
    subjects = ["a.*.1", "b"]
    consumer "C" { filter_subjects = ["a.>", "*"] }
    consumer "D" { filter_subjects = ["*.1.1", "a.*.1"] }
  }`},
	{"account limits", limited, `
  stream "S" {
    max_bytes     = 6000
    max_consumers = 2
    consumer "A" {}
    consumer "B" { max_ack_pending = 500 }
  }
  stream "T" {
    storage   = "memory"
    max_bytes = 600
    consumer "C" { max_ack_pending = "unlimited" }
  }`},
	{"bounded", bounded, `stream "S" { max_bytes = 100000 }`},
	{"buckets", unlimited, `
  key_value "K" {}
  key_value "K2" {
    description      = "all of it"
    history          = 64
    ttl              = "1m"
    max_value_size   = "1KiB"
    max_bytes        = "1MiB"
    storage          = "memory"
    replicas         = 1
    compression      = true
    limit_marker_ttl = "5m"
    metadata         = { k = "v" }
    republish {
      src  = "$KV.K2.>"
      dest = "changed.>"
    }
  }
  key_value "K3" {
    mirror { name = "K" }
  }
  key_value "K4" {
    source { name = "K" }
    source { name = "KV_K2" }
  }
  object_store "O" {}
  object_store "O2" {
    ttl         = "1h"
    max_bytes   = "10MiB"
    storage     = "memory"
    compression = true
    metadata    = { k = "v" }
  }`},
}

// TestConfigsAreTheServersAnswers: what jsc writes is, field for field, what
// the server answers, even where it is told to adjust nothing.
func TestConfigsAreTheServersAnswers(t *testing.T) {
	js := startServer(t, len(accepted))
	usedByStreams, usedByConsumers := make(map[string]bool), make(map[string]bool)
	for _, tt := range accepted {
		t.Run(tt.name, func(t *testing.T) {
			a, diags := compileAccount(t, tt.limits, tt.body)
			if wrong := mistakes(diags); wrong != nil {
				t.Fatalf("refused: %s", strings.Join(wrong, "\n"))
			}
			j := js.account(t, tt.limits)
			defer j.close(a)
			answers, err := j.make(a)
			if err != nil {
				t.Fatalf("the server refuses: %v", err)
			}
			for _, s := range a.Streams {
				compare(t, answers[s.Config.Name], s.Config.JSON(), compiler.Level(compiler.StreamFields, &s.Config), usedByStreams)
				for _, c := range s.Consumers {
					compare(t, answers[s.Config.Name+" "+c.Config.Name], c.Config.JSON(),
						compiler.Level(compiler.ConsumerFields, &c.Config), usedByConsumers)
				}
			}
		})
	}
	for _, f := range compiler.StreamFields {
		if !usedByStreams[f.Name] && f.Name != "sealed" { // which is refused
			t.Errorf("no case uses %s of a stream", f.Name)
		}
	}
	for _, f := range compiler.ConsumerFields {
		if !usedByConsumers[f.Name] && f.Name != "direct" && f.Name != "sourcing" { // likewise
			t.Errorf("no case uses %s of a consumer", f.Name)
		}
	}
}

// compare holds our JSON against the answer, and the API level of the fields
// table against the one that the server asks for.
func compare(t *testing.T, answer map[string]any, ours []byte, level string, used map[string]bool) {
	t.Helper()
	if got := answer["metadata"].(map[string]any)["_nats.req.level"]; got != level {
		t.Errorf("level %v, the fields table says %s", got, level)
	}
	mine := decoded(t, ours)
	for name := range mine {
		used[name] = true
	}
	if diff := cmp.Diff(plain(answer), any(mine)); diff != "" {
		t.Errorf("(-server +jsc):\n%s", diff)
	}
}

package compiler_test

import (
	"fmt"
	"strings"
	"testing"
)

// in puts a consumer's attributes into a stream of a subject of its own.
func in(attributes string) string { return inStream(`subjects = ["a.>", "b"]`, attributes) }

func inStream(stream, attributes string) string {
	return fmt.Sprintf("stream \"S\" {\n%s\nconsumer \"C\" {\n%s\n}\n}", stream, attributes)
}

// refusedConsumers are consumers, one a stream where nothing else is said.
var refusedConsumers = []refusal{
	{"consumer-name", "dot", unlimited, "stream \"S\" {\n consumer \"a.b\" {}\n }", ""},
	{"consumer-name", "slash", unlimited, "stream \"S\" {\n consumer \"a/b\" {}\n }", ""},
	{"consumer-name", "long", unlimited, fmt.Sprintf("stream \"S\" {\n consumer %q {}\n }", strings.Repeat("x", 256)), ""},
	{"duplicate-name", "", unlimited, "stream \"S\" {\n consumer \"A\" {}\n consumer \"B\" {\n name = \"A\"\n }\n }", "the two would be one file"},
	{"bad-value", "description", unlimited, in(fmt.Sprintf("description = %q", strings.Repeat("x", 4097))), ""},
	{"bad-value", "metadata", unlimited, in(fmt.Sprintf("metadata = { a = %q }", strings.Repeat("x", mostMetadata))), ""},
	{"bad-value", "metadata key", unlimited, in(`metadata = { "_nats.level" = "0" }`), "the server would drop it"},
	{"bad-value", "direct", unlimited, in("direct = true"), ""},
	{"bad-value", "sourcing", unlimited, in("sourcing = true"), "it is for servers among themselves"},
	{"bad-value", "max_waiting", unlimited, in("max_waiting = -1"), ""},
	{"bad-value", "max_batch", unlimited, in("max_batch = -1"), ""},
	{"bad-value", "max_expires", unlimited, in(`max_expires = "999us"`), ""},
	{"bad-value", "sample", unlimited, in(`sample_freq = "often"`), ""},
	{"bad-value", "negative sample", unlimited, in(`sample_freq = "-1%"`), ""},
	{"bad-value", "replicas over the stream's", unlimited, in("num_replicas = 2"), ""},
	{"bad-value", "heartbeat", unlimited, in("deliver_subject = \"d\"\n idle_heartbeat = \"99ms\""), ""},
	{"bad-value", "opt_start_seq", unlimited, in("opt_start_seq = -1"), "the number is lost"},
	{"backoff-max-deliver", "", unlimited, in("backoff = [\"1s\", \"2s\"]\n max_deliver = 1"), ""},
	{"field-conflict", "ack_wait and backoff", unlimited, in("backoff = [\"1s\"]\n ack_wait = \"2s\""), "the server would override what was written"},
	{"bad-subject", "deliver wildcard", unlimited, in(`deliver_subject = "d.*"`), ""},
	{"deliver-subject-cycle", "", unlimited, in(`deliver_subject = "a.b"`), ""},
	{"consumer-pull-field", "max_waiting", unlimited, in("deliver_subject = \"d\"\n max_waiting = 5"), ""},
	{"consumer-pull-field", "max_batch", unlimited, in("deliver_subject = \"d\"\n max_batch = 5"), "it means nothing"},
	{"consumer-pull-field", "max_expires", unlimited, in("deliver_subject = \"d\"\n max_expires = \"5s\""), "it means nothing"},
	{"consumer-pull-field", "max_bytes", unlimited, in("deliver_subject = \"d\"\n max_bytes = 5"), "it means nothing"},
	{"consumer-pull-field", "priority", unlimited, in("deliver_subject = \"d\"\n priority_policy = \"overflow\"\n priority_groups = [\"g\"]"), ""},
	{"consumer-push-field", "rate", unlimited, in("rate_limit_bps = 1000"), ""},
	{"consumer-push-field", "heartbeat", unlimited, in(`idle_heartbeat = "1s"`), ""},
	{"consumer-push-field", "flow control", unlimited, in("flow_control = true"), ""},
	{"consumer-push-field", "group", unlimited, in(`deliver_group = "g"`), "it means nothing"},
	{"bad-value", "deliver_group with a space", unlimited, in("deliver_subject = \"d\"\n deliver_group = \"a b\""), "clients cannot name it"},
	{"bad-value", "deliver_group with a tab", unlimited, in("deliver_subject = \"d\"\n deliver_group = \"a\\tb\""), "clients cannot name it"},
	{"bad-value", "deliver_group with a wildcard", unlimited, in("deliver_subject = \"d\"\n deliver_group = \"*\""), "a permission for it is one for every group"},
	{"bad-value", "deliver_group of wildcards", unlimited, in("deliver_subject = \"d\"\n deliver_group = \"a.>\""), "a permission for it is one for other groups"},
	{"bad-value", "deliver_group with an empty token", unlimited, in("deliver_subject = \"d\"\n deliver_group = \"a..b\""), "servers refuse permissions for it"},
	{"flow-control-heartbeat", "", unlimited, in("deliver_subject = \"d\"\n flow_control = true"), ""},
	{"field-conflict", "push, none and pending", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"none\"\n max_ack_pending = 5"), ""},
	{"field-requires", "flow control of a pull consumer", unlimited, in(`ack_policy = "flow_control"`), ""},
	{"bad-value", "flow control without pending", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"flow_control\"\n max_ack_pending = \"unlimited\""), ""},
	{"field-conflict", "flow control and ack_wait", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"flow_control\"\n ack_wait = \"1s\""), ""},
	{"field-conflict", "flow control and backoff", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"flow_control\"\n backoff = [\"1s\"]"), ""},
	{"field-conflict", "flow control and max_deliver", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"flow_control\"\n max_deliver = 2"), ""},
	{"field-conflict", "flow control and heartbeat", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"flow_control\"\n idle_heartbeat = \"2s\""), "the server would override what was written"},
	{"field-conflict", "flow control switched off", unlimited, in("deliver_subject = \"d\"\n ack_policy = \"flow_control\"\n flow_control = false"), "the server would override what was written"},
	{"max-ack-pending-limit", "account", limited, in("max_ack_pending = 501"), ""},
	{"max-ack-pending-limit", "stream", unlimited, inStream("consumer_limits { max_ack_pending = 5 }", "max_ack_pending = 6"), ""},
	{"bad-value", "inactive_threshold", unlimited, inStream(`consumer_limits { inactive_threshold = "1m" }`, `inactive_threshold = "2m"`), ""},
	{"field-conflict", "both filters", unlimited, in("filter_subject = \"b\"\n filter_subjects = [\"b\"]"), ""},
	{"filter-overlap", "contained", unlimited, in(`filter_subjects = ["a.>", "a.b"]`), ""},
	{"filter-overlap", "containing", unlimited, in(`filter_subjects = ["a.b", "a.>"]`), ""},
	{"filter-overlap", "equal", unlimited, in(`filter_subjects = ["b", "b"]`), ""},
	{"filter-outside-stream", "one", unlimited, in(`filter_subject = "c"`), "it gets nothing"},
	{"filter-outside-stream", "of several", unlimited, in(`filter_subjects = ["b", "c.*"]`), "it gets nothing"},
	{"filter-outside-stream", "before a transform", unlimited, `stream "S" {
    subjects = ["s.>"]
    subject_transform {
      src  = ">"
      dest = "tt.>"
    }
    consumer "C" { filter_subject = "s.x" }
  }`, "it gets nothing"},
	{"filter-outside-stream", "what a source leaves out", unlimited, `stream "EU" { subjects = ["eu.>"] }
  stream "S" {
    subjects = ["s"]
    source {
      name = "EU"
      subject_transform {
        src  = "eu.*"
        dest = "all.eu.$1"
      }
    }
    consumer "C" { filter_subject = "eu.x" }
  }`, "it gets nothing"},
	{"filter-outside-stream", "what an origin does not store", unlimited, `stream "EU" { subjects = ["eu.>"] }
  stream "S" {
    mirror { name = "EU" }
    consumer "C" { filter_subject = "us.x" }
  }`, "it gets nothing"},
	{"field-requires", "by_start_sequence", unlimited, in(`deliver_policy = "by_start_sequence"`), ""},
	{"field-requires", "by_start_time", unlimited, in(`deliver_policy = "by_start_time"`), ""},
	{"field-requires", "opt_start_seq", unlimited, in("opt_start_seq = 5"), ""},
	{"field-requires", "opt_start_time", unlimited, in("deliver_policy = \"new\"\n opt_start_time = \"2025-01-01\""), ""},
	{"field-requires", "last_per_subject", unlimited, in(`deliver_policy = "last_per_subject"`), ""},
	{"field-requires", "policy without groups", unlimited, in(`priority_policy = "overflow"`), ""},
	{"field-requires", "groups without policy", unlimited, in(`priority_groups = ["g"]`), ""},
	{"field-requires", "timeout without policy", unlimited, in(`priority_timeout = "5s"`), ""},
	{"bad-value", "group", unlimited, in("priority_policy = \"overflow\"\n priority_groups = [\"a b\"]"), ""},
	{"bad-value", "long group", unlimited, in("priority_policy = \"overflow\"\n priority_groups = [\"12345678901234567\"]"), ""},
	{"workqueue-ack", "none", unlimited, inStream(`retention = "workqueue"`, `ack_policy = "none"`), ""},
	{"workqueue-ack", "all", unlimited, inStream(`retention = "workqueue"`, `ack_policy = "all"`), ""},
	{"workqueue-ack", "new", unlimited, inStream(`retention = "workqueue"`, `deliver_policy = "new"`), ""},
	{"workqueue-overlap", "filters", unlimited, `stream "S" {
    retention = "workqueue"
    subjects  = ["a.>"]
    consumer "A" { filter_subject = "a.*.1" }
    consumer "B" { filter_subjects = ["a.b", "a.1.*"] }
  }`, ""},
	{"workqueue-overlap", "no filter", unlimited, `stream "S" {
    retention = "workqueue"
    subjects  = ["a.>"]
    consumer "A" { filter_subject = "a.1" }
    consumer "B" {}
  }`, ""},
}

func TestRefusedConsumers(t *testing.T) { checkRefusals(t, refusedConsumers) }

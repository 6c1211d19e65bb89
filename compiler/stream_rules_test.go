package compiler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// refusal is an account's body that breaks one rule. Where stricter is set, the
// server takes what jsc refuses, and it says why jsc does not.
type refusal struct {
	rule, name string
	limits     limits
	body       string
	stricter   string
}

// refused are streams and buckets.
var refused = []refusal{
	{"stream-name", "dot", unlimited, `stream "a.b" {}`, ""},
	{"stream-name", "space", unlimited, `stream "a b" { subjects = ["a"] }`, ""},
	{"stream-name", "slash", unlimited, `stream "a/b" {}`, ""},
	{"stream-name", "wildcard", unlimited, `stream "a*" {}`, ""},
	{"stream-name", "long", unlimited, fmt.Sprintf("stream %q {}", strings.Repeat("x", 256)), ""},
	{"duplicate-name", "stream and bucket", unlimited, "stream \"KV_b\" { subjects = [\"x\"] }\n key_value \"b\" {}", "the two would be one file"},

	{"bad-value", "description", unlimited, fmt.Sprintf(`stream "S" { description = %q }`, strings.Repeat("x", 4097)), ""},
	{"bad-value", "metadata size", unlimited, fmt.Sprintf(`stream "S" { metadata = { a = %q } }`, strings.Repeat("x", mostMetadata)), ""},
	{"bad-value", "metadata key", unlimited, `stream "S" { metadata = { "_nats.ver" = "1" } }`, "the server would drop it"},
	{"bad-value", "max_msg_size", unlimited, `stream "S" { max_msg_size = "3GiB" }`, ""},
	{"bad-value", "max_age", unlimited, `stream "S" { max_age = "99ms" }`, ""},
	{"bad-value", "duplicate_window", unlimited, `stream "S" { duplicate_window = "99ms" }`, ""},
	{"duplicate-window-over-max-age", "", unlimited, `stream "S" {
    max_age          = "1m"
    duplicate_window = "2m"
  }`, ""},
	{"bad-value", "marker", unlimited, `stream "S" { subject_delete_marker_ttl = "500ms" }`, ""},
	{"bad-value", "first_seq", unlimited, `stream "S" { first_seq = -1 }`, "the number is lost"},
	{"bad-value", "sealed", unlimited, `stream "S" { sealed = true }`, ""},
	{"bad-value", "preferred", unlimited, `stream "S" {
    placement { preferred = "n1" }
  }`, ""},
	{"field-conflict", "purge and rollup", unlimited, `stream "S" {
    deny_purge        = true
    allow_rollup_hdrs = true
  }`, ""},
	{"field-conflict", "counter and discard", unlimited, `stream "S" {
    allow_msg_counter = true
    discard           = "new"
  }`, ""},
	{"field-conflict", "counter and ttl", unlimited, `stream "S" {
    allow_msg_counter = true
    allow_msg_ttl     = true
  }`, ""},
	{"field-conflict", "counter and schedules", unlimited, `stream "S" {
    allow_msg_counter   = true
    allow_msg_schedules = true
  }`, ""},
	{"field-conflict", "counter and retention", unlimited, `stream "S" {
    allow_msg_counter = true
    retention         = "interest"
  }`, ""},
	{"field-conflict", "schedules and discard", unlimited, `stream "S" {
    allow_msg_schedules = true
    discard             = "new"
  }`, ""},
	{"field-conflict", "schedules and sources", unlimited, `stream "S" {
    allow_msg_schedules = true
    source { name = "X" }
  }`, ""},
	{"field-conflict", "async and memory", unlimited, `stream "S" {
    persist_mode = "async"
    storage      = "memory"
  }`, ""},
	{"field-conflict", "async and atomic", unlimited, `stream "S" {
    persist_mode = "async"
    allow_atomic = true
  }`, ""},
	{"field-conflict", "marker and no ttl", unlimited, `stream "S" {
    subject_delete_marker_ttl = "1m"
    allow_msg_ttl             = false
  }`, "the server would override what was written"},
	{"field-conflict", "schedules and deny_purge", unlimited, `stream "S" {
    allow_msg_schedules = true
    deny_purge          = true
  }`, "the server would override what was written"},
	{"discard-new-per-subject", "without discard", unlimited, `stream "S" {
    discard_new_per_subject = true
    max_msgs_per_subject    = 1
  }`, ""},
	{"discard-new-per-subject", "without limit", unlimited, `stream "S" {
    discard_new_per_subject = true
    discard                 = "new"
  }`, ""},
	{"stream-replicas", "six", unlimited, `stream "S" { num_replicas = 6 }`, ""},
	{"stream-replicas", "negative", unlimited, `stream "S" { num_replicas = -1 }`, ""},
	{"stream-replicas", "standalone", unlimited, `stream "S" { num_replicas = 3 }`, ""},

	{"mirror-with-subjects", "", unlimited, `stream "S" {
    subjects = ["a"]
    mirror { name = "X" }
  }`, ""},
	{"mirror-and-sources", "", unlimited, `stream "S" {
    mirror { name = "X" }
    source { name = "Y" }
  }`, ""},
	{"field-conflict", "mirror and first_seq", unlimited, `stream "S" {
    first_seq = 5
    mirror { name = "X" }
  }`, ""},
	{"field-conflict", "mirror and atomic", unlimited, `stream "S" {
    allow_atomic = true
    mirror { name = "X" }
  }`, ""},
	{"field-conflict", "mirror and batched", unlimited, `stream "S" {
    allow_batched = true
    mirror { name = "X" }
  }`, ""},
	{"field-conflict", "mirror and counter", unlimited, `stream "S" {
    allow_msg_counter = true
    mirror { name = "X" }
  }`, ""},
	{"field-conflict", "mirror and schedules", unlimited, `stream "S" {
    allow_msg_schedules = true
    mirror { name = "X" }
  }`, ""},
	{"field-conflict", "mirror and markers", unlimited, `key_value "b" {
    limit_marker_ttl = "1m"
    mirror { name = "X" }
  }`, ""},
	{"field-requires", "mirror_direct", unlimited, `stream "S" { mirror_direct = true }`, ""},
	{"bad-value", "mirror_direct and origin", unlimited, `stream "A" {}
  stream "M" {
    mirror_direct = true
    mirror { name = "A" }
  }`, "the server would override what was written"},
	{"stream-subject-overlap", "twice", unlimited, `stream "S" { subjects = ["a", "a"] }`, ""},
	{"stream-subject-overlap", "within", unlimited, `stream "S" { subjects = ["a.*", "a.b"] }`, ""},
	{"stream-subject-overlap", "between", unlimited, `stream "S" { subjects = ["a.*.c"] }
  stream "T" { subjects = ["a.b.*"] }`, ""},
	{"stream-subject-overlap", "default", unlimited, `stream "S" {}
  stream "T" { subjects = ["*"] }`, ""},
	{"stream-subject-overlap", "bucket", unlimited, `stream "S" { subjects = ["$KV.b.x"] }
  key_value "b" {}`, ""},
	{"stream-captures-api", "everything", unlimited, `stream "S" { subjects = [">"] }`, ""},
	{"stream-captures-api", "api", unlimited, `stream "S" { subjects = ["$JS.API.>"] }`, ""},
	{"stream-captures-api", "raft", unlimited, `stream "S" { subjects = ["*.x"] }`, ""},
	{"stream-captures-api", "system", unlimited, `stream "S" { subjects = ["$SYS.SERVER.>"] }`, ""},
	{"republish-cycle", "", unlimited, `stream "S" {
    subjects = ["a.>"]
    republish { dest = "a.>" }
  }`, ""},
	{"bad-mapping", "republish", unlimited, `stream "S" {
    subjects = ["a"]
    republish {
      src  = "a"
      dest = "b.$1"
    }
  }`, ""},
	{"bad-mapping", "transform", unlimited, `stream "S" {
    subject_transform {
      src  = "a.>"
      dest = "b"
    }
  }`, ""},

	{"stream-limits-account", "streams", limited, `stream "A" { max_bytes = 10 }
  stream "B" { max_bytes = 10 }
  stream "C" { max_bytes = 10 }`, ""},
	{"stream-limits-account", "max_consumers", limited, `stream "A" { max_consumers = 3 }`, ""},
	{"stream-limits-account", "consumers", limited, `stream "A" {
    consumer "A" {}
    consumer "B" {}
    consumer "C" {}
  }`, ""},
	{"stream-limits-account", "consumers of the stream", unlimited, `stream "A" {
    max_consumers = 1
    consumer "A" {}
    consumer "B" {}
  }`, ""},
	{"stream-limits-account", "bytes of one", limited, `stream "A" { max_bytes = 6001 }`, ""},
	{"stream-limits-account", "bytes of all", limited, `stream "A" { max_bytes = 6000 }
  stream "B" { max_bytes = 4001 }`, ""},
	{"stream-limits-account", "memory of all", limited, `stream "A" {
    storage   = "memory"
    max_bytes = 600
  }
  stream "B" {
    storage   = "memory"
    max_bytes = 401
  }`, ""},
	{"stream-limits-account", "no byte left", bounded, `stream "A" { max_bytes = 100000 }
  key_value "B" { max_bytes = 1 }`, ""},
	{"stream-limits-account", "no memory", bounded, `stream "A" {
    storage   = "memory"
    max_bytes = 1
  }`, ""},
	{"max-bytes-required", "", bounded, `stream "A" {}`, ""},

	{"bucket-name", "", unlimited, `key_value "a.b" {}`, ""},
	{"bucket-history", "", unlimited, `key_value "b" { history = 65 }`, "the clients refuse it"},
	{"unknown-attribute", "object store", unlimited, `object_store "b" { history = 5 }`, "it means nothing"},
	{"bad-value", "bucket ttl", unlimited, `key_value "b" { ttl = "1ms" }`, ""},
	{"bad-value", "bucket marker", unlimited, `key_value "b" { limit_marker_ttl = "1ms" }`, ""},
}

// mostMetadata is what fits into metadata, key included.
const mostMetadata = 128*1024 - len("_nats.req.level") - len("0")

// TestMostMetadata: one byte less than what is refused is taken.
func TestMostMetadata(t *testing.T) {
	metadata := fmt.Sprintf("metadata = { a = %q }", strings.Repeat("x", mostMetadata-1))
	a, diags := compileAccount(t, unlimited, "stream \"S\" {\n"+metadata+"\nconsumer \"C\" {\n"+metadata+"\n}\n}\nkey_value \"K\" {\n"+metadata+"\n}")
	if wrong := mistakes(diags); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if _, err := startServer(t, 1).account(t, unlimited).make(a); err != nil {
		t.Error(err)
	}
}

func TestRefusedStreams(t *testing.T) { checkRefusals(t, refused) }

func checkRefusals(t *testing.T, all []refusal) {
	js := startServer(t, len(all))
	for _, r := range all {
		t.Run(r.rule+" "+r.name, func(t *testing.T) { r.check(t, js.account(t, r.limits)) })
	}
}

// check: jsc reports the rule, once and nothing else, and the server
// refuses what jsc would write, or takes it where jsc is stricter.
func (r refusal) check(t *testing.T, j jetStream) {
	t.Helper()
	a, diags := compileAccount(t, r.limits, r.body)
	got := mistakes(diags)
	if len(got) != 1 || !strings.HasPrefix(got[0], r.rule+": ") || strings.Contains(got[0], "%!") {
		t.Errorf("%q, want %s once", got, r.rule)
	}
	if i := slices.IndexFunc(diags, func(d *hcl.Diagnostic) bool { return d.Subject == nil || d.Subject.Filename != "t.hcl" }); i >= 0 {
		t.Errorf("no place: %v", diags[i])
	}
	defer j.close(a)
	_, err := j.make(a)
	switch {
	case r.stricter == "" && err == nil:
		t.Errorf("the server takes what %s refuses", r.rule)
	case r.stricter != "" && err != nil:
		t.Errorf("the server refuses it as well: %v", err)
	}
}

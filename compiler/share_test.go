package compiler_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// compile compiles one file and fails the test on an error; warnings come back
// as their rules' names.
func compile(t *testing.T, src string) (*compiler.Topology, []string) {
	t.Helper()
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(src)}}, Path: "t.hcl"})
	topology, more := compiler.Compile(config, nil)
	var warnings []string
	for _, d := range diag.Sort(append(diags, more...)) {
		if d.Severity == hcl.DiagError {
			t.Errorf("%s: %s", d.Subject, d.Summary)
		} else {
			warnings = append(warnings, diag.Of(d).Rule.Name)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return topology, warnings
}

func account(t *testing.T, topology *compiler.Topology, name string) *compiler.Account {
	t.Helper()
	for _, a := range topology.Accounts {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no account %q", name)
	return nil
}

// exporter has one of everything that can be shared.
const exporter = `
operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>", "t.*"]
    allow_direct = true
    consumer "PUSH" {
      deliver_subject = "deliver.s"
      deliver_group   = "g"
    }
    consumer "FC" {
      deliver_subject = "deliver.fc"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
    consumer "NONE" {
      deliver_subject = "deliver.none"
      ack_policy      = "none"
    }
    consumer "SOURCED" {
      deliver_subject = "deliver.sourced"
      ack_policy      = "flow_control"
    }
  }
  stream "Q" {
    consumer "PULL" {}
    consumer "UNACKED" { ack_policy = "none" }
  }
  stream "L" {}
  key_value "K" {}
  object_store "F" {}
}

account "B" {
  jetstream {}
}
`

func lines(text string) []string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func TestSubjectToken(t *testing.T) {
	long := strings.Repeat("a", 101)
	for name, want := range map[string]string{
		"ACCT-A_1":  "ACCT-A_1",
		"odd name.": "odd_name_-",
		"É":         "_-",
		long:        long[:100] + "-",
	} {
		got := compiler.SubjectToken(name)
		if !strings.HasPrefix(got, want) || (got == name) != (want == name) || got != name && len(got) != len(want)+8 {
			t.Errorf("%q: %q", name, got)
		}
	}
	if a, b := compiler.SubjectToken("a b"), compiler.SubjectToken("a.b"); a == b {
		t.Errorf("two names give %q", a)
	}
}

// TestPublic holds public shares to what everybody may have: never the rows
// that are one importer's own.
func TestPublic(t *testing.T) {
	topology, _ := compile(t, exporter+`
		share "kv" {
		  key_value = account.A.key_value.K
		  watch     = false
		  public    = true
		}
		share "source" {
		  stream = account.A.stream.L
		  mode   = "source"
		  public = true
		  to "B" { trusted = true }
		}`)
	var got []string
	for _, e := range account(t, topology, "A").Exports {
		got = append(got, fmt.Sprint(e.Name, " ", e.Subject, " ", e.Terms.Private))
	}
	want := []string{
		"source.create $JS.API.CONSUMER.CREATE.L false",
		"source.delete $JS.API.CONSUMER.DELETE.L.* false",
		"kv.get $JS.API.DIRECT.GET.KV_K false",
		"kv.get.2 $JS.API.DIRECT.GET.KV_K.> false",
		"kv.info $JS.API.STREAM.INFO.KV_K false",
		"source.fc $JS.FC.L.*.* false",
		"source.deliver deliver.source.B.S.* true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exports (-want +got):\n%s", diff)
	}
	if n := len(topology.Activations); n != 1 || topology.Activations[0].Subject != "deliver.source.B.S.*" {
		t.Errorf("%d activations: %+v", n, topology.Activations)
	}
}

// TestTokenPosition holds a service that tells importers apart by their keys to
// what the server lets pass: each import has the importer's key, the export a
// wildcard.
func TestTokenPosition(t *testing.T) {
	topology, warnings := compile(t, exporter+`
share "mine" {
  service                = "mine.*.get.*"
  from                   = account.A
  account_token_position = 2
  to "B" { local_subject = "get.$1" }
}`)
	key := account(t, topology, "B").PublicKey
	want := []string{
		"A exports service mine.*.get.* as mine.service for mine.service",
		"B imports service mine." + key + ".get.* as mine.service at get.$1",
		"token A service mine." + key + ".get.* B",
	}
	if diff := cmp.Diff(want, crossings(topology)); diff != "" {
		t.Errorf("crossings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"over-grant"}, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

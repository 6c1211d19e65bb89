package verify

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// compile makes a topology of HCL text, which must have no mistake.
func compile(t testing.TB, text string) *compiler.Topology {
	t.Helper()
	tree := fstest.MapFS{"x.hcl": {Data: []byte(text)}}
	config, diags := schema.Load(schema.Options{Tree: tree, Path: "x.hcl"})
	if !diags.HasErrors() {
		top, more := compiler.Compile(config, nil)
		if !more.HasErrors() {
			return top
		}
		diags = more
	}
	var out strings.Builder
	if err := diag.Text(&out, diags, diag.Options{Source: func(name string) []byte { return config.Sources[name] }}); err != nil {
		t.Fatal(err)
	}
	t.Fatal(out.String())
	return nil
}

// verifyText proves the topology of HCL text.
func verifyText(t testing.TB, text string, o Options) *Report {
	t.Helper()
	if o.Patience == 0 {
		o.Patience = 2 * time.Second
	}
	report, err := Run(t.Context(), compile(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func table(t testing.TB, r *Report) string {
	t.Helper()
	var out strings.Builder
	if err := r.Text(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const guide = `
operator "RETAIL" {}
server {
  jetstream { domain = "ngs" }
}
account "ACCTA" {
  description = "order service"
  jetstream {
    disk    = "1GiB"
    streams = 10
  }
  stream "ORDEREVENTS" {
    subjects         = ["retail.v1.order.>"]
    max_bytes        = "1MiB"
    max_age          = "365d"
    duplicate_window = "2m"
    consumer "ORDEREVENTS-C1" {
      deliver_subject = "deliver.retail.v1.order.events"
      deliver_group   = "order-processor"
      ack_policy      = "explicit"
      ack_wait        = "30s"
      max_ack_pending = 100
    }
  }
  user "order-service" {
    access { publish = [account.ACCTA.stream.ORDEREVENTS] }
  }
}
account "ACCTB" {
  user "fulfillment" {
    access { shares = [share.order-events] }
  }
  user "idle" {
    access {}
  }
}
account "ACCTC" {}
share "order-events" {
  consumer = account.ACCTA.stream.ORDEREVENTS.consumer.ORDEREVENTS-C1
  to "ACCTB" {
    api_prefix = "ACCTA.API"
  }
}
`

func TestGuide(t *testing.T) {
	r := verifyText(t, guide, Options{})
	if !r.OK() || len(r.Rows) != 7 {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
}

package verify_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// A has a durable of its own and gives C something else; what B has is up to
// the attacks.
const created = `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    allow_direct = true
    consumer "OWN" { deliver_subject = "deliver.own" }
  }
  key_value "K" {}
}
account "B" {}
account "C" {}
share "news" {
  subject = "news.>"
  from    = account.A
  to "C" {}
}
`

// apis are the prefixes under which B may see an API in these topologies.
var apis = []string{"A.API", "R.API", "$JS.API"}

// create asks for a consumer on every stream that B may reach, and counts those
// that were made. The config is JSON without braces; a filter, if any, stands
// in the request's subject too, as the server wants it.
func create(s *site, name, config, filter string) int {
	s.t.Helper()
	made := 0
	for _, api := range apis {
		for _, stream := range []string{"S", "KV_K", "COPY"} {
			subject := fmt.Sprintf("%s.CONSUMER.CREATE.%s.%s", api, stream, name)
			body := fmt.Sprintf(`{"stream_name": %q, "config": {"name": %q, %s}}`, stream, name, config)
			if filter != "" {
				subject += "." + filter
				body = strings.Replace(body, `"config": {`, fmt.Sprintf(`"config": {"filter_subject": %q, `, filter), 1)
			}
			if _, err := s.ask("B", subject, body); err == nil {
				made++
			}
			// A consumer without a name is asked for at another subject.
			unnamed := strings.Replace(body, fmt.Sprintf(`"name": %q, `, name), "", 1)
			if _, err := s.ask("B", api+".CONSUMER.CREATE."+stream, unnamed); err == nil {
				made++
			}
		}
	}
	return made
}

// deliver makes A's server send what is stored to a subject at which the victim
// listens. Whoever else listens there hears it if it is sent elsewhere.
func deliver(victim, subject string) func(*site) string {
	return func(s *site) string {
		heard := s.listen(victim, subject)
		elsewhere := s.listen("SYS", subject)
		for _, a := range s.plan.Topology.Accounts {
			if a.Name == "R" {
				elsewhere = s.listen("R", subject)
			}
		}
		made := create(s, "EVIL", fmt.Sprintf(`"deliver_subject": %q, "ack_policy": "none"`, subject), "")
		s.publish("A", "s.one", "secret")
		s.publish("A", "$KV.K.one", "secret")
		if made == 0 {
			return ""
		}
		s.until("the consumers deliver", func() bool {
			n, _, err := heard.Pending()
			s.must(err)
			m, _, err := elsewhere.Pending()
			s.must(err)
			return n+m >= made
		})
		if got := s.heard(victim, heard); len(got) > 0 {
			return fmt.Sprintf("%s hears %q at %s", victim, got, subject)
		}
		return ""
	}
}

// overwrite replaces A's own durable by one that delivers nothing.
func overwrite(s *site) string {
	config := `"durable_name": "OWN", "deliver_subject": "deliver.own", "ack_policy": "explicit", "max_ack_pending": 1000, "max_deliver": -1`
	create(s, "OWN", config, "s.never")
	c := s.api("A", "$JS.API.CONSUMER.INFO.S.OWN", "")["config"].(map[string]any)
	if f := c["filter_subject"]; f != nil {
		return fmt.Sprintf("A's durable delivers only %s", f)
	}
	return ""
}

// TestCreateIsPublish: whoever may create consumers of a stream has its
// account's server publish anywhere (docs/security.md A1).
func TestCreateIsPublish(t *testing.T) {
	waysOut := map[string]string{
		"a pull consumer for the importer": replace(created, `consumer "OWN"`, "consumer \"FOR-B\" {}\n    consumer \"OWN\"") + `
share "x" {
  consumer = account.A.stream.S.consumer.FOR-B
  to "B" {}
}`,
		"a durable source": replace(created, `consumer "OWN"`, copied, `account "B" {}`, "account \"B\" {\n  jetstream {}\n}") + `
share "x" {
  consumer = account.A.stream.S.consumer.COPIED
  to "B" {}
}`,
		"a relay account": replace(created, `consumer "OWN"`, copied) + `
account "R" {
  jetstream {}
  stream "COPY" {
    source { share = share.relayed }
  }
}
share "relayed" {
  consumer = account.A.stream.S.consumer.COPIED
  to "R" {}
}
share "x" {
  stream = account.R.stream.COPY
  to "B" { trusted = true }
}`,
	}
	bad := map[string]string{
		"read": `
share "x" {
  stream = account.A.stream.S
  to "B" {}
}`,
		"kv-read with watch": `
share "x" {
  key_value = account.A.key_value.K
  watch     = true
  to "B" {}
}`,
		"source": `
share "x" {
  stream = account.A.stream.S
  mode   = "source"
  to "B" {}
}`,
	}
	jetStream := func(text string) string {
		return replace(text, `account "B" {}`, "account \"B\" {\n  jetstream {}\n}")
	}
	for name, share := range bad {
		good := maps.Clone(waysOut)
		text := created + share
		switch name {
		case "kv-read with watch":
			good["without watch"] = replace(text, "watch     = true", "watch     = false")
		case "source":
			text = jetStream(text)
		}
		for what, try := range map[string]func(*site) string{
			"A's service":   deliver("A", "pay.execute"),
			"C's import":    deliver("C", "news.forged"),
			"A's consumers": overwrite,
		} {
			if what == "A's consumers" && name != "read" {
				continue
			}
			a := attack{
				rule: "share-consumer-create", severity: hcl.DiagWarning, lowered: true,
				bad: text, good: good, unspoken: map[string]bool{"a relay account": true}, try: try,
			}
			t.Run(name+", "+what, a.test)
		}
	}
}

const copied = `consumer "COPIED" {
      deliver_subject = "deliver.copied"
      ack_policy      = "flow_control"
      flow_control    = true
      idle_heartbeat  = "1s"
    }
    consumer "OWN"`

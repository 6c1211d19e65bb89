package verify_test

import (
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
)

// TestPublicNamedRows: of a public share, what takes a named importer stays
// with the accounts that its to blocks name. A stranger of the same operator
// who imports it all the same, without a token or with the importer's own,
// reaches nothing (docs/security.md A6).
func TestPublicNamedRows(t *testing.T) {
	s := newSite(t)
	s.boot(`
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    allow_direct = true
    consumer "PUSH" {
      deliver_subject = "deliver.push"
      flow_control    = true
      idle_heartbeat  = "1s"
    }
  }
  stream "T" {
    subjects = ["t.>"]
    consumer "C" {
      deliver_subject = "deliver.copy"
      ack_policy      = "flow_control"
    }
  }
  key_value "K" {}
  object_store "O" {}
}
account "B" {
  jetstream {}
}
account "C" {}
share "push" {
  consumer = account.A.stream.S.consumer.PUSH
  public   = true
  to "B" {}
}
share "read" {
  stream = account.A.stream.S
  public = true
  to "B" { api_prefix = "READ.API" }
}
share "source" {
  stream = account.A.stream.S
  mode   = "source"
  public = true
  to "B" { api_prefix = "SOURCE.API" }
}
share "durable" {
  consumer = account.A.stream.T.consumer.C
  public   = true
  to "B" { api_prefix = "DURABLE.API" }
}
share "keys" {
  key_value = account.A.key_value.K
  mode      = "write"
  public    = true
  to "B" { api_prefix = "KEYS.API" }
}
share "objects" {
  object_store = account.A.object_store.O
  mode         = "write"
  public       = true
  to "B" { api_prefix = "OBJECTS.API" }
}
`, "share-consumer-create", "read-steals-pull", "publish-rollup")
	tokens := map[string]string{}
	for _, i := range s.claims("B").Imports {
		tokens[i.Type.String()+" "+string(i.Subject)] = i.Token
	}
	var named []*jwt.Export
	for _, e := range s.claims("A").Exports {
		if e.TokenReq {
			named = append(named, e)
		}
	}
	if len(named) < 2 {
		t.Fatalf("only %d exports take a named importer", len(named))
	}
	refused := 0
	concrete := strings.NewReplacer("*", "x", ">", "x").Replace
	for _, e := range named {
		own := tokens[e.Type.String()+" "+string(e.Subject)]
		if own == "" {
			t.Errorf("B has no token for %s", e.Subject)
		}
		for name, token := range map[string]string{"without a token": "", "with B's token": own} {
			s.forge("C", func(c *jwt.AccountClaims) {
				c.Imports.Add(&jwt.Import{Account: s.public("account/A"), Type: e.Type, Subject: e.Subject, LocalSubject: jwt.RenamingSubject(e.Subject), Token: token})
			})
			s.must(s.server.Reload())
			delete(s.conns, "C")
			nc, err := s.connect("account/C/user/x", s.token("C", s.public("account/C/user/x")), "")
			if err != nil { // the server takes no such account at all
				refused++
				continue
			}
			s.conns["C"] = nc
			from, to := "C", "A"
			if e.Type == jwt.Stream {
				from, to = "A", "C"
			}
			heard := s.listen(to, string(e.Subject))
			s.must(s.as(from).PublishRequest(concrete(string(e.Subject)), "nobody", nil))
			s.must(s.as(from).Flush())
			if got := s.heard(to, heard); len(got) > 0 {
				t.Errorf("%s %s %s reaches %s", e.Type, e.Subject, name, to)
			}
			s.must(heard.Unsubscribe())
		}
		// The named importer reaches it by its own import.
		from, to, local := "B", "A", ""
		for _, i := range s.claims("B").Imports {
			if i.Type == e.Type && i.Subject == e.Subject {
				local = string(i.Subject)
				if i.LocalSubject != "" {
					local = string(i.LocalSubject.ToSubject())
				}
			}
		}
		there, here := string(e.Subject), local
		if e.Type == jwt.Stream {
			from, to, there, here = "A", "B", local, string(e.Subject)
		}
		heard := s.listen(to, there)
		s.must(s.as(from).PublishRequest(concrete(here), "nobody", nil))
		s.must(s.as(from).Flush())
		if got := s.heard(to, heard); len(got) != 1 {
			t.Errorf("%s %s reaches B's side %d times", e.Type, e.Subject, len(got))
		}
		s.must(heard.Unsubscribe())
	}
	t.Logf("%d exports that take a named importer; %d of %d attempts cost the stranger its account", len(named), refused, 2*len(named))
}

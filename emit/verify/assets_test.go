package verify

import "testing"

// TestRefusedConsumer: a stream whose consumer the server refuses does not stay.
func TestRefusedConsumer(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s"]
    consumer "C" {}
  }
}
`)
	a := top.Accounts[0]
	_, sys := booted(t, top, Options{})
	owner, err := sys.as(t.Context(), a, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	s := a.Streams[0]
	if err := makeAsRendered(t.Context(), owner, s); err != nil {
		t.Fatal(err)
	}
	s.Consumers[0].Config.AckPolicy = "nonsense"
	if err := makeAsRendered(t.Context(), owner, s); err == nil {
		t.Error("the consumer is not refused")
	}
	if _, err := streamInfo(t.Context(), owner, "S"); !absent(err) {
		t.Errorf("the stream is still there: %v", err)
	}
}

// TestPlaced: a stream that is to live in a cluster, or on servers with a tag,
// that are not here.
func TestPlaced(t *testing.T) {
	for _, placement := range []string{`cluster = "main"`, `tags = ["ssd"]`} {
		r := verifyText(t, `
operator "O" {}
server {
  cluster_size = 3
  cluster { name = "main" }
}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s"]
    num_replicas = 3
    placement { `+placement+` }
  }
  key_value "K" {
    placement { `+placement+` }
  }
  user "u" {
    access {
      publish = [account.A.stream.S]
      write   = [account.A.key_value.K]
    }
  }
}
`, Options{})
		if !r.OK() {
			t.Errorf("%s: not all proved:\n%s", placement, table(t, r))
		}
	}
}

package verify

import (
	"maps"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler/subject"
)

// TestFedStreams proves shares of streams that rename and copy, whose consumers
// take messages by the names that they are stored by.
func TestFedStreams(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "EU" { subjects = ["eu.>"] }
  stream "US" { subjects = ["us.*"] }
  stream "ALL" {
    subjects = ["local.>"]
    source { name = "EU" }
    source {
      name = "US"
      subject_transform {
        src  = "us.*"
        dest = "of.{{partition(3,1)}}.$1"
      }
    }
    consumer "E" { filter_subject = "eu.>" }
    consumer "U" { filter_subject = "of.2.*" }
    consumer "L" { filter_subjects = ["local.*.1", "local.1.*"] }
  }
  stream "MIRROR" {
    mirror { name = "EU" }
    allow_direct = true
  }
  stream "RENAMED" {
    subjects     = ["in.*.*", "as.it.is"]
    allow_direct = true
    subject_transform {
      src  = "in.*.*"
      dest = "out.{{partition(3,1)}}.$2.$1"
    }
  }
  stream "SPLIT" {
    subjects = ["in2.*"]
    subject_transform {
      src  = "in2.*"
      dest = "{{split(1,-)}}.{{random(2)}}"
    }
    consumer "C" { filter_subject = "a.b.1" }
  }
  user "all" {
    access { consume = [account.A.stream.ALL.consumer.L] }
  }
  user "in" {
    access { publish = [account.A.stream.RENAMED] }
  }
}
account "B" {
  jetstream {}
}
share "e" {
  consumer = account.A.stream.ALL.consumer.E
  to "B" {}
}
share "u" {
  consumer = account.A.stream.ALL.consumer.U
  to "B" {}
}
share "s" {
  consumer = account.A.stream.SPLIT.consumer.C
  to "B" {}
}
share "m" {
  stream          = account.A.stream.MIRROR
  filter_subjects = ["eu.x", "eu.y.*"]
  to "B" { trusted = true }
}
share "r" {
  stream          = account.A.stream.RENAMED
  filter_subjects = ["out.0.y.*", "out.2.z.*", "as.it.is"]
  to "B" { trusted = true }
}
share "c" {
  stream          = account.A.stream.RENAMED
  mode            = "source"
  filter_subjects = ["out.*.x.y"]
  to "B" { trusted = true }
}
share "p" {
  stream          = account.A.stream.RENAMED
  mode            = "publish"
  filter_subjects = ["in.x.*"]
  to "B" {}
}
`, Options{Messages: 200, Size: 64})
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
}

// TestFeeds: what the probes publish to streams, and by which subject the server
// is to store it; nothing for a filter that gets nothing.
func TestFeeds(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		filters      []string
		want         feeds
		foreseen     bool
	}{
		{"plain", `subjects = ["s.>"]`, []string{">", "s.*.a", "t"},
			feeds{">": {"s.jsc", "s.jsc"}, "s.*.a": {"s.jsc.a", "s.jsc.a"}}, true},
		{"renamed", `subjects = ["s.>"]
    subject_transform {
      src  = ">"
      dest = "tt.>"
    }`, []string{"other.x", "s.x", "tt.s.x", "tt.>"}, feeds{"tt.s.x": {"s.x", "tt.s.x"}, "tt.>": {"s.jsc", "tt.s.jsc"}}, true},
		{"renamed in part", `subjects = ["s.>"]
    subject_transform {
      src  = "s.*.*"
      dest = "t.$2.{{wildcard(1)}}"
    }`, []string{"t.a.b", "s.a.b", "s.a"}, feeds{"t.a.b": {"s.b.a", "t.a.b"}, "s.a": {"s.a", "s.a"}}, true},
		{"by chance", `subjects = ["s.*"]
    subject_transform {
      src  = "s.*"
      dest = "t.{{random(2)}}.$1"
    }`, []string{"t.1.a"}, feeds{"t.1.a": {"t.1.a", "t.1.a"}}, false},
		{"nothing", `subjects = ["s.*"]
    subject_transform {
      src  = "s.*"
      dest = "t.$1"
    }`, []string{"t.1.a"}, feeds{}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := compile(t, "operator \"O\" {}\naccount \"A\" {\n  jetstream {}\n  stream \"S\" {\n    "+c.stream+"\n  }\n}\n")
			got, foreseen := feedsOf(top.Accounts[0].Streams[0], c.filters)
			if !maps.Equal(got, c.want) || foreseen != c.foreseen {
				t.Errorf("%v, %v; want %v, %v", got, foreseen, c.want, c.foreseen)
			}
		})
	}
}

// TestNamesOfStored holds what the compiler refuses to the server: by names before a
// transform nothing is delivered, by names after it all is.
func TestNamesOfStored(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "FROM" { subjects = ["from.*"] }
  stream "S" {
    subjects = ["s.>"]
    source { name = "FROM" }
    subject_transform {
      src  = ">"
      dest = "tt.>"
    }
    consumer "OWN" { filter_subject = "tt.s.x" }
    consumer "COPIED" { filter_subject = "tt.from.x" }
  }
}
`)
	a := top.Accounts[0]
	_, sys := booted(t, top, Options{})
	owner, err := sys.as(t.Context(), a, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Streams {
		c, err := decodeConfig(s.Config.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if err := createStream(t.Context(), owner, c, true); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]uint64{"s.x": 0, "from.x": 0, "tt.s.x": 1, "tt.from.x": 1}
	for _, at := range []string{"s.x", "from.x"} {
		if _, err := owner.RequestWithContext(t.Context(), at, nil); err != nil {
			t.Fatal(err)
		}
	}
	err = until(t.Context(), "two messages", func() (bool, error) {
		info, err := streamInfo(t.Context(), owner, "S")
		return err == nil && info.State.Msgs == 2, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for filter, n := range want {
		name := strings.ReplaceAll(filter, ".", "-")
		c := config{"name": name, "durable_name": name, "filter_subject": filter, "ack_policy": "explicit"}
		if err := createConsumer(t.Context(), owner, "S", c, true); err != nil {
			t.Fatal(err)
		}
		info, err := consumerInfo(t.Context(), owner, "S", name)
		if err != nil || info.NumPending != n {
			t.Errorf("%s gets %d messages (%v); want %d", filter, info.NumPending, err, n)
		}
		if stored := subject.Contains("tt.>", filter); stored != (n == 1) {
			t.Errorf("%s is stored: %v", filter, stored)
		}
	}
}

// TestUnacknowledged: streams that acknowledge nothing are filled all the same,
// and publishers are told.
func TestUnacknowledged(t *testing.T) {
	for _, subjects := range []string{`["s.*"]`, `["*"]`, `[">"]`} {
		r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = `+subjects+`
    no_ack   = true
    consumer "C" {}
  }
}
account "B" {
  user "u" {
    access { shares = [share.pulled] }
  }
}
share "pulled" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
}
`, Options{Messages: 200, Size: 64})
		if !r.OK() {
			t.Errorf("%s: not all proved:\n%s", subjects, table(t, r))
		}
	}
	r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.*"]
    no_ack   = true
  }
  user "own" {
    access { publish = [account.A.stream.S] }
  }
}
account "B" {}
share "in" {
  stream = account.A.stream.S
  mode   = "publish"
  to "B" {}
}
`, Options{})
	told := 0
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Grant == "publish" && strings.Contains(row.Detail, "no PubAck") {
			told++
		}
	}
	if !r.OK() || told != 2 {
		t.Errorf("%d publishers are told:\n%s", told, table(t, r))
	}
}

// TestInterestRead: a reader needs nobody else to wait for what it reads.
func TestInterestRead(t *testing.T) {
	for _, direct := range []string{"true", "false"} {
		r := verifyText(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    retention    = "interest"
    allow_direct = `+direct+`
  }
}
account "B" {}
share "r" {
  stream = account.A.stream.S
  to "B" {}
}
`, Options{Messages: 200, Size: 64})
		if !r.OK() {
			t.Errorf("allow_direct = %s: not all proved:\n%s", direct, table(t, r))
		}
	}
}

// TestQueueRead: of a work queue single messages can be read, and the server
// refuses the consumers of readers, as the compiler has warned.
func TestQueueRead(t *testing.T) {
	for _, direct := range []string{"true", "false"} {
		const queue = `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    retention    = "workqueue"
    allow_direct = %s
  }
}
account "B" {}
share "r" {
  stream = account.A.stream.S
  to "B" {}
}
`
		r := verifyText(t, strings.Replace(queue, "%s", direct, 1), Options{})
		got := make(map[string]Result)
		for i := range r.Rows {
			got[r.Rows[i].Grant] = r.Rows[i].Result
		}
		if !r.OK() || got["get"] != OK || got["create"] != Elsewhere || got["next"] != Elsewhere {
			t.Errorf("allow_direct = %s:\n%s", direct, table(t, r))
		}
	}
	top := compile(t, "operator \"O\" {}\naccount \"A\" {\n  jetstream {}\n}\n")
	_, sys := booted(t, top, Options{})
	owner, err := sys.as(t.Context(), top.Accounts[0], nil, "")
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, retention := range []jetstream.RetentionPolicy{jetstream.WorkQueuePolicy, jetstream.InterestPolicy} {
		if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: retention.String(), Subjects: []string{"s"}, Retention: retention}); err != nil {
			t.Fatal(err)
		}
		_, err := js.OrderedConsumer(t.Context(), retention.String(), jetstream.OrderedConsumerConfig{})
		if (err != nil) != (retention == jetstream.WorkQueuePolicy) {
			t.Errorf("%s: an ordered consumer: %v", retention, err)
		}
		if err := js.DeleteStream(t.Context(), retention.String()); err != nil {
			t.Fatal(err)
		}
	}
}

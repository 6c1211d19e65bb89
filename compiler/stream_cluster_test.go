package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// startCluster runs three servers with an account FLAT of flat limits and an
// account TIERS, to which tiers are given as a claims update would, and returns
// a connection to each.
func startCluster(t *testing.T) (flat, tiers jetStream) {
	t.Helper()
	var servers []*server.Server
	for i := range 3 {
		route := "nats://127.0.0.1:1" // the first one needs any: JetStream will not start without
		if i > 0 {
			route = fmt.Sprintf("nats://%s", servers[0].ClusterAddr())
		}
		file := filepath.Join(t.TempDir(), "server.conf")
		conf := fmt.Sprintf(`
server_name: n%d
listen: "127.0.0.1:-1"
jetstream: {store_dir: %q, max_mem: 100M, max_file: 100M}
cluster: {name: c, listen: "127.0.0.1:-1", routes: [%s]}
system_account: SYS
accounts: {
  SYS: {users: [{user: sys, password: sys}]}
  FLAT: {jetstream: {max_mem: 0, max_file: 3000}, users: [{user: flat, password: flat}]}
  TIERS: {jetstream: {max_mem: 0, max_file: 3000}, users: [{user: tiers, password: tiers}]}
}`, i, t.TempDir(), route)
		if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		opts, err := server.ProcessConfigFile(file)
		if err != nil {
			t.Fatal(err)
		}
		opts.NoSigs, opts.NoLog = true, true
		s, err := server.NewServer(opts)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		await(t, "a route's address", func() bool { return s.ClusterAddr() != nil })
		servers = append(servers, s)
	}
	await(t, "a cluster of three", func() bool {
		for _, s := range servers {
			if s.JetStreamIsLeader() {
				return len(s.JetStreamClusterPeers()) == 3
			}
		}
		return false
	})
	for _, s := range servers {
		if !s.ReadyForConnections(10 * time.Second) {
			t.Fatal("a server does not come up")
		}
		a, err := s.LookupAccount("TIERS")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.UpdateJetStreamLimits(map[string]server.JetStreamAccountLimits{
			"R1": {MaxStore: 1000, MaxStreams: 1, MaxConsumers: -1},
			"R3": {MaxStore: 2000, MaxStreams: -1, MaxConsumers: -1},
		}); err != nil {
			t.Fatal(err)
		}
	}
	connect := func(user string) jetStream {
		nc, err := nats.Connect(servers[0].ClientURL(), nats.UserInfo(user, user))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		return jetStream{t, nc}
	}
	return connect("flat"), connect("tiers")
}

// await waits for a condition that a server brings about by itself.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	giveUp := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-again.C:
		case <-giveUp:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestReplicatedStreams: in a cluster too, what jsc accepts is what the server
// answers, and limits count replicas as the server counts them.
func TestReplicatedStreams(t *testing.T) {
	flat, tiers := startCluster(t)
	const head = "operator \"O\" {}\n\nserver { cluster_size = 3 }\n\naccount \"A\" {\n"
	flatLimits := head + "  jetstream { disk = 3000 }\n"
	tierLimits := head + `  jetstream {
    tier "R1" {
      disk    = 1000
      streams = 1
    }
    tier "R3" { disk = 2000 }
  }
`
	for _, tt := range []struct {
		name, limits, body, rule string
		j                        jetStream
	}{
		{"replicas share the room", flatLimits, `stream "A" {
    num_replicas = 3
    max_bytes    = 1000
    retention    = "interest"
    consumer "C" { num_replicas = 3 }
    consumer "D" {}
  }`, "", flat},
		{"replicas exceed the room", flatLimits, `stream "B" {
    num_replicas = 3
    max_bytes    = 1001
  }`, "stream-limits-account", flat},
		{"together", flatLimits, `stream "C" {
    num_replicas = 3
    max_bytes    = 600
  }
  stream "D" { max_bytes = 1200 }
  key_value "E" { max_bytes = 1 }`, "stream-limits-account", flat},
		{"one consumer less", flatLimits, `stream "F" {
    num_replicas = 3
    retention    = "workqueue"
    consumer "C" { num_replicas = 1 }
  }`, "bad-value", flat},
		{"fewer replicas of a consumer", flatLimits, `stream "G" {
    num_replicas = 3
    max_bytes    = 900
    consumer "C" {
      num_replicas = 1
      mem_storage  = true
    }
  }`, "", flat},
		{"everything in threes", flatLimits, `stream "H" {
    subjects     = [">"]
    no_ack       = true
    num_replicas = 3
  }`, "stream-captures-api", flat},
		{"async in threes", flatLimits, `stream "I" {
    persist_mode = "async"
    num_replicas = 3
  }`, "field-conflict", flat},
		{"tiers count once", tierLimits, `stream "A" {
    num_replicas = 3
    max_bytes    = 2000
  }
  stream "B" { max_bytes = 1000 }`, "", tiers},
		{"tier of the number", tierLimits, `stream "C" {
    num_replicas = 2
    max_bytes    = 10
  }`, "stream-limits-account", tiers},
		{"streams of a tier", tierLimits, `stream "D" { max_bytes = 10 }
  stream "E" { max_bytes = 10 }`, "stream-limits-account", tiers},
		{"bytes of a tier", tierLimits, `stream "F" { max_bytes = 1001 }`, "stream-limits-account", tiers},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, diags := compileTopology(t, tt.limits+tt.body+"\n}\n", "A")
			wrong := mistakes(diags)
			j := jetStream{t, tt.j.nc}
			answers, err := j.make(a)
			for _, s := range a.Streams {
				defer func() { _, _ = j.ask("STREAM.DELETE."+s.Config.Name, nil) }()
			}
			if tt.rule != "" {
				if len(wrong) != 1 || !strings.HasPrefix(wrong[0], tt.rule+": ") {
					t.Errorf("%q, want %s once", wrong, tt.rule)
				}
				if err == nil {
					t.Errorf("the server takes what %s refuses", tt.rule)
				}
				return
			}
			if wrong != nil || err != nil {
				t.Fatalf("jsc says %q, the server %v", wrong, err)
			}
			for _, s := range a.Streams {
				if diff := cmp.Diff(plain(answers[s.Config.Name]), any(decoded(t, s.Config.JSON()))); diff != "" {
					t.Errorf("(-server +jsc):\n%s", diff)
				}
				for _, c := range s.Consumers {
					if diff := cmp.Diff(plain(answers[s.Config.Name+" "+c.Config.Name]), any(decoded(t, c.Config.JSON()))); diff != "" {
						t.Errorf("(-server +jsc):\n%s", diff)
					}
				}
			}
		})
	}
}

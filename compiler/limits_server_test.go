package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"jsc/compiler"
)

// TestServerRoom makes the streams of topologies on a server with their
// limits: where one is refused there, it is here, and nowhere else.
func TestServerRoom(t *testing.T) {
	for name, test := range map[string]struct {
		maxFile, maxMemory string
		streams            string
		accounts           int
		refused            bool
	}{
		"as much as there is": {"3MiB", "1MiB", `stream "A" { max_bytes = "2MiB" }
stream "B" { max_bytes = "1MiB" }`, 1, false},
		"one too large": {"1MiB", "1MiB", `stream "A" { max_bytes = "2MiB" }`, 1, true},
		"two together": {"3MiB", "1MiB", `stream "A" { max_bytes = "2MiB" }
stream "B" { max_bytes = "2MiB" }`, 1, true},
		"of two accounts": {"3MiB", "1MiB", `stream "A" { max_bytes = "2MiB" }`, 2, true},
		"memory is apart": {"2MiB", "2MiB", `stream "A" { max_bytes = "2MiB" }
stream "B" {
  storage   = "memory"
  max_bytes = "2MiB"
}`, 1, false},
		"memory": {"2MiB", "1MiB", `stream "B" {
  storage   = "memory"
  max_bytes = "2MiB"
}`, 1, true},
		"no bound, and room": {"2MiB", "1MiB", `stream "A" {}`, 1, false},
		"no bound, after one that takes all": {"2MiB", "1MiB", `stream "A" { max_bytes = "2MiB" }
stream "B" {}`, 1, true},
		"a bucket": {"1MiB", "1MiB", `key_value "B" { max_bytes = "2MiB" }`, 1, true},
		"nothing":  {"0", "1MiB", `stream "A" {}`, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text, accounts strings.Builder
			fmt.Fprintf(&text, "operator \"O\" {}\nserver {\n  jetstream {\n    max_file = %q\n    max_memory = %q\n  }\n}\n", test.maxFile, test.maxMemory)
			for i := range test.accounts {
				fmt.Fprintf(&text, "account \"A%d\" {\n  jetstream {\n    memory = \"unlimited\"\n    disk = \"unlimited\"\n  }\n%s\n}\n", i, test.streams)
				fmt.Fprintf(&accounts, "A%d: {jetstream: {max_mem: -1, max_file: -1}, users: [{user: A%d, password: A%d}]}\n", i, i, i)
			}
			topology, rules := compiled(t, text.String())
			if said := slices.Contains(rules, "stream-limits-server"); said != test.refused {
				t.Errorf("refused here: %v, want %v: %v", said, test.refused, rules)
			}
			conf := fmt.Sprintf("jetstream: {store_dir: %q, max_file: %s, max_mem: %s}\naccounts: {\n%s}\n", t.TempDir(), strings.Replace(test.maxFile, "MiB", "MB", 1), strings.Replace(test.maxMemory, "MiB", "MB", 1), accounts.String())
			if made := makesAll(t, conf, topology.Accounts); made == test.refused {
				t.Errorf("nats-server makes all streams: %v", made)
			}
		})
	}
}

// makesAll reports that a server of a configuration makes the accounts' streams.
func makesAll(t *testing.T, conf string, accounts []*compiler.Account) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "server.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	opts, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	opts.DontListen, opts.NoSigs, opts.NoLog = true, true, true
	s := started(t, opts)
	all := true
	for _, a := range accounts {
		if a.System {
			continue
		}
		nc, err := nats.Connect("", nats.InProcessServer(s), nats.UserInfo(a.Name, a.Name))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		for _, stream := range a.Streams {
			if _, err := (jetStream{t, nc}).createStream(&stream.Config); err != nil {
				t.Logf("%s of %s: %v", stream.Config.Name, a.Name, err)
				all = false
			}
		}
	}
	return all
}

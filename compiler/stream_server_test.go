package compiler_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// limits are the JetStream limits of an account, as HCL and as nats-server's
// configuration say them. The account's name is its user's and password.
type limits struct{ name, hcl, conf string }

var (
	unlimited = limits{"WIDE", `jetstream {
    memory = "unlimited"
    disk   = "unlimited"
  }`, "{max_mem: -1, max_file: -1}"}
	// limited has one of each limit.
	limited = limits{"TIGHT", `jetstream {
    memory            = 1000
    disk              = 10000
    streams           = 2
    consumers         = 2
    max_ack_pending   = 500
    memory_max_stream = 600
    disk_max_stream   = 6000
  }`, "{max_mem: 1000, max_file: 10000, max_streams: 2, max_consumers: 2, max_ack_pending: 500, mem_max_stream_bytes: 600, disk_max_stream_bytes: 6000}"}
	// bounded wants max_bytes, and has no memory.
	bounded = limits{"BOUNDED", `jetstream {
    disk               = 100000
    max_bytes_required = true
  }`, "{max_mem: 0, max_file: 100000, max_bytes_required: true}"}
)

// testServer is an embedded server with many accounts of each limits. Every case
// takes one of its own, for the server is slow to let go of a stream's name.
type testServer struct {
	*server.Server
	taken map[limits]int
	each  int
}

// startServer runs nats-server in this process, without a socket, with that many
// accounts of each limits.
func startServer(t testing.TB, each int) *testServer {
	t.Helper()
	var accounts strings.Builder
	for _, l := range []limits{unlimited, limited, bounded} {
		for i := range each {
			user := fmt.Sprintf("%s%d", l.name, i)
			fmt.Fprintf(&accounts, "%s: {jetstream: %s, users: [{user: %s, password: %s}]}\n", user, l.conf, user, user)
		}
	}
	file := filepath.Join(t.TempDir(), "server.conf")
	conf := fmt.Sprintf("jetstream: {store_dir: %q, max_mem: 1G, max_file: 1T}\naccounts: {\n%s}\n", t.TempDir(), accounts.String())
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	opts, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	opts.DontListen, opts.NoSigs, opts.NoLog = true, true, true
	return &testServer{started(t, opts), make(map[limits]int), each}
}

// started is a server that runs until the test ends.
func started(t testing.TB, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not come up")
	}
	return s
}

// account connects to an account with those limits that no case had yet.
func (s *testServer) account(t testing.TB, l limits) jetStream {
	t.Helper()
	user := fmt.Sprintf("%s%d", l.name, s.taken[l])
	if s.taken[l]++; s.taken[l] > s.each {
		t.Fatalf("more than %d accounts %s", s.each, l.name)
	}
	nc, err := nats.Connect("", nats.InProcessServer(s), nats.UserInfo(user, user))
	if err != nil {
		t.Fatal(err)
	}
	return jetStream{t, nc}
}

// jetStream is a connection to an account of an embedded server.
type jetStream struct {
	t  testing.TB
	nc *nats.Conn
}

// ask sends a request to the JetStream API and returns the answer's
// configuration, or its error.
func (j jetStream) ask(subject string, request any) (map[string]any, error) {
	var data []byte
	if request != nil {
		var err error
		if data, err = json.Marshal(request); err != nil {
			j.t.Fatal(err)
		}
	}
	msg, err := j.nc.Request("$JS.API."+subject, data, 10*time.Second)
	if err != nil {
		j.t.Fatalf("%s: %v", subject, err)
	}
	var answer struct {
		Error *struct {
			Code        int    `json:"err_code"`
			Description string `json:"description"`
		} `json:"error"`
		Config map[string]any `json:"config"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(msg.Data)))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil {
		j.t.Fatalf("%s: %v", subject, err)
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("%d %s", answer.Error.Code, answer.Error.Description)
	}
	return answer.Config, nil
}

// createStream makes a stream of the bytes that jsc writes. In pedantic mode the
// server refuses what it would have to adjust.
func (j jetStream) createStream(c *compiler.StreamConfig) (map[string]any, error) {
	request := decoded(j.t, c.JSON())
	request["pedantic"] = true
	return j.ask("STREAM.CREATE."+token(c.Name), request)
}

func (j jetStream) createConsumer(stream string, c *compiler.ConsumerConfig) (map[string]any, error) {
	return j.ask("CONSUMER.CREATE."+token(stream)+"."+token(c.Name),
		map[string]any{"stream_name": stream, "config": decoded(j.t, c.JSON()), "action": "create", "pedantic": true})
}

// token makes a name that cannot be asked for into one that can: the server then
// refuses the request for its body, or for the two names.
func token(name string) string {
	return strings.NewReplacer(".", "_", " ", "_", "*", "_").Replace(name)
}

// close deletes all streams, so that the server has not too many open at once.
func (j jetStream) close(a *compiler.Account) {
	defer j.nc.Close()
	for _, s := range a.Streams {
		if assets := token(s.Config.Name); assets == s.Config.Name {
			_, _ = j.ask("STREAM.DELETE."+assets, nil) // it may not have been made
		}
	}
}

// make creates all streams and consumers of an account as the topology has
// them, and returns the answers by name, with the server's first refusal.
func (j jetStream) make(a *compiler.Account) (map[string]map[string]any, error) {
	answers := make(map[string]map[string]any)
	for _, s := range a.Streams {
		answer, err := j.createStream(&s.Config)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", s.Config.Name, err)
		}
		answers[s.Config.Name] = answer
		for _, c := range s.Consumers {
			answer, err := j.createConsumer(s.Config.Name, &c.Config)
			if err != nil {
				return nil, fmt.Errorf("consumer %s of stream %s: %w", c.Config.Name, s.Config.Name, err)
			}
			answers[s.Config.Name+" "+c.Config.Name] = answer
		}
	}
	return answers, nil
}

func decoded(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var m map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&m); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return m
}

// plain leaves out what jsc's JSON leaves out: empty values, and the metadata
// that the server adds.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any)
		for key, value := range v {
			if strings.HasPrefix(key, "_nats.") {
				continue
			}
			if value = plain(value); value != nil {
				out[key] = value
			}
		}
		if len(out) > 0 {
			return out
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		if len(v) > 0 {
			return v
		}
	case json.Number:
		if v != "0" {
			return v
		}
	case string:
		if v != "" {
			return v
		}
	case bool:
		if v {
			return v
		}
	}
	return nil
}

// compileAccount compiles an account's body under limits.
func compileAccount(t testing.TB, l limits, body string) (*compiler.Account, hcl.Diagnostics) {
	t.Helper()
	return compileTopology(t, fmt.Sprintf("operator \"O\" {}\n\naccount %q {\n  %s\n%s\n}\n", l.name, l.hcl, body), l.name)
}

func compileTopology(t testing.TB, text, account string) (*compiler.Account, hcl.Diagnostics) {
	t.Helper()
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl"})
	topology, more := compiler.Compile(config, nil)
	for _, a := range topology.Accounts {
		if a.Name == account {
			return a, diag.Sort(append(diags, more...))
		}
	}
	t.Fatalf("no account %s in\n%s\n%v", account, text, append(diags, more...))
	return nil, nil
}

// mistakes are the errors among diagnostics.
func mistakes(diags hcl.Diagnostics) (out []string) {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			out = append(out, fmt.Sprintf("%s: %s", diag.Of(d).Rule.Name, d.Summary))
		}
	}
	return out
}

package verify_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/emit/lock"
)

// deploy boots a server from each of the configurations of the last build, as
// they are. The working folder is the site's own; the servers of a cluster, of
// which each has one on its own machine, get a folder for their streams.
func (s *site) deploy(confs ...string) []*server.Server {
	s.t.Helper()
	dir := s.t.TempDir()
	s.writeConfs(dir)
	s.t.(*testing.T).Chdir(s.dir)
	var all []*server.Server
	for _, conf := range confs {
		opts, err := server.ProcessConfigFile(filepath.Join(dir, conf))
		s.must(err)
		opts.NoSigs, opts.NoLog = true, true
		if len(confs) > 1 {
			opts.StoreDir = filepath.Join(s.dir, opts.ServerName)
		}
		one, err := server.NewServer(opts)
		s.must(err)
		one.Start()
		s.t.Cleanup(func() { one.Shutdown(); one.WaitForShutdown() })
		all = append(all, one)
	}
	s.server = all[0]
	return all
}

// writeConfs writes the configurations of the last build.
func (s *site) writeConfs(dir string) {
	s.t.Helper()
	for path, data := range s.files {
		if filepath.Ext(path) == ".conf" {
			s.must(os.WriteFile(filepath.Join(dir, path), []byte(data), 0o600))
		}
	}
	s.confs = dir
}

// up waits until a server takes clients and has JetStream.
func (s *site) up(one *server.Server) {
	s.t.Helper()
	if !one.ReadyForConnections(patience) || !one.JetStreamEnabled() {
		s.t.Fatalf("%s does not come up", one.Name())
	}
}

// freePorts are n ports of the loopback in a row, the first one's number. A
// configuration must name its ports before a server starts.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port, free := first.Addr().(*net.TCPAddr).Port, true
		open := []net.Listener{first}
		for i := 1; i < n && free; i++ {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+i))
			if free = err == nil; free {
				open = append(open, l)
			}
		}
		for _, l := range open {
			l.Close()
		}
		if free {
			return port
		}
	}
	t.Fatalf("there are no %d free ports in a row", n)
	return 0
}

// deployed is a topology with that server block.
func deployed(t *testing.T, block string) string {
	return fmt.Sprintf(`
operator "O" {}
server {
  port = %d
%s
}
account "A" {
  jetstream {}
  user "app" {}
  stream "S" { subjects = ["s.>"] }
}
account "B" {}
`, freePorts(t, 1), block)
}

// trips stores a message as A's user and reads it back, over the connection.
func (s *site) trips(nc *nats.Conn, subject, data string) {
	s.t.Helper()
	js, err := jetstream.New(nc)
	s.must(err)
	_, err = js.Publish(s.context(), subject, []byte(data))
	s.must(err)
	stream, err := js.Stream(s.context(), "S")
	s.must(err)
	m, err := stream.GetLastMsgForSubject(s.context(), subject)
	s.must(err)
	if string(m.Data) != data {
		s.t.Errorf("what was stored as %q comes back as %q", data, m.Data)
	}
}

// app connects with the credentials of A's user.
func (s *site) app(more ...nats.Option) (*nats.Conn, error) {
	id := lock.UserID("A", "app")
	return s.connect(id, s.plan.Token(id).Text, "", more...)
}

// TestResolvers boots every account resolver with all that it can be told.
func TestResolvers(t *testing.T) {
	for name, c := range map[string]struct {
		block     string
		preloaded int // tokens in its folder
	}{
		"default": {"", 0},
		"memory":  {`resolver { type = "memory" }`, 0},
		"full": {`resolver {
    type         = "full"
    dir          = "./jwt"
    allow_delete = true
    interval     = "30s"
    limit        = 3
    timeout      = "1.9s"
  }`, 3},
		"cache": {`resolver {
    type    = "cache"
    dir     = "./jwt"
    ttl     = "1d"
    limit   = 100
    timeout = "1s"
  }`, 3},
		"cache that jsc sizes": {`resolver {
    type = "cache"
    dir  = "./jwt"
  }`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.build(deployed(t, c.block))
			s.up(s.deploy("server.conf")[0])
			s.fill()
			nc, err := s.app()
			s.must(err)
			s.trips(nc, "s.one", "message")
			tokens, err := filepath.Glob(filepath.Join(s.dir, "jwt", "*.jwt"))
			s.must(err)
			if len(tokens) != c.preloaded {
				t.Errorf("the resolver's folder holds %d accounts, not %d", len(tokens), c.preloaded)
			}
			if _, err := os.Stat(filepath.Join(s.dir, "data", "jetstream")); err != nil {
				t.Errorf("streams are not kept in the working folder: %v", err)
			}
		})
	}
}

// TestFullResolverLimit: a full resolver leaves out the accounts that no longer
// fit, and boots all the same.
func TestFullResolverLimit(t *testing.T) {
	const limit = "limit        = 3"
	s := newSite(t)
	text := deployed(t, "resolver {\n type = \"full\"\n dir = \"./jwt\"\n "+limit+"\n }")
	s.silent(text, "bad-value")
	few := replace(text, limit, "limit = 2")
	s.build(few, "bad-value")
	s.up(s.deploy("server.conf")[0])
	lost := 0
	for _, account := range []string{"A", "B", "SYS"} {
		if _, err := os.Stat(filepath.Join(s.dir, "jwt", s.public(lock.AccountID(account))+".jwt")); err != nil {
			lost++
		}
	}
	if lost != 1 {
		t.Errorf("%d accounts are lost", lost)
	}
}

// TestCluster boots the three configurations of a cluster, whose routes say
// that they run on one machine: their ports count up. A stream's JSON with
// three replicas makes one that has them.
func TestCluster(t *testing.T) {
	clients, routes, http := freePorts(t, 3), freePorts(t, 3), freePorts(t, 3)
	s := newSite(t)
	s.build(fmt.Sprintf(`
operator "O" {}
server {
  cluster_size = 3
  port         = %d
  http_port    = %d
  cluster {
    name   = "east"
    routes = [for i in range(3) : "nats://127.0.0.1:${%d + i}"]
  }
}
account "A" {
  jetstream {}
  user "app" {}
  stream "S" {
    subjects     = ["s.>"]
    num_replicas = 3
    consumer "C" {}
  }
}
`, clients, http, routes))
	if _, ok := s.files["server.conf"]; ok {
		t.Error("there is a server.conf beside those of the cluster")
	}
	servers := s.deploy("server-1.conf", "server-2.conf", "server-3.conf")
	for i, one := range servers {
		s.up(one)
		if want := fmt.Sprintf("O-%d", i+1); one.Name() != want || one.ClusterName() != "east" {
			t.Errorf("server %d is %s in cluster %s", i+1, one.Name(), one.ClusterName())
		}
		if got := one.MonitorAddr().Port; got != http+i {
			t.Errorf("server %d is monitored on port %d, not %d", i+1, got, http+i)
		}
	}
	s.until("the cluster has a leader that all follow", func() bool {
		leaders := 0
		for _, one := range servers {
			if !one.JetStreamIsCurrent() || len(one.JetStreamClusterPeers()) != 3 && one.JetStreamIsLeader() {
				return false
			}
			if one.JetStreamIsLeader() {
				leaders++
			}
		}
		return leaders == 1
	})
	s.fill()
	for i, one := range servers {
		s.server = one
		nc, err := s.app()
		s.must(err)
		s.trips(nc, fmt.Sprintf("s.%d", i), "message")
	}
	info := s.api("A", "$JS.API.STREAM.INFO.S", "")
	if got := info["cluster"].(map[string]any)["replicas"].([]any); len(got) != 2 {
		t.Errorf("the stream has %d replicas beside its leader", len(got))
	}
}

// TestClusterWithoutRoutes: JetStream does not start in one, so that jsc makes
// routes or asks for them.
func TestClusterWithoutRoutes(t *testing.T) {
	s := newSite(t)
	s.build(fmt.Sprintf("operator \"O\" {}\naccount \"A\" {\n jetstream {}\n}\nserver {\n cluster_size = 3\n port = %d\n}", freePorts(t, 1)))
	const routes = `routes: ["nats://127.0.0.1:6222", "nats://127.0.0.1:6223", "nats://127.0.0.1:6224"]`
	conf := s.files["server-1.conf"]
	if !strings.Contains(conf, routes) {
		t.Fatalf("no routes in\n%s", conf)
	}
	s.files["server-1.conf"] = strings.NewReplacer(routes, "", "127.0.0.1:6222", fmt.Sprintf("127.0.0.1:%d", freePorts(t, 1))).Replace(conf)
	if one := s.deploy("server-1.conf")[0]; one.Addr() != nil {
		t.Error("a server of a cluster without routes starts")
	}
}

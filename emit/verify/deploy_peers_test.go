package verify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// peers is a topology of a cluster, or of one server, with a stream that is on
// all of them.
func peers(t *testing.T, size int) string {
	t.Helper()
	cluster := ""
	if size > 1 {
		cluster = fmt.Sprintf("cluster {\n routes = [for i in range(%d) : \"nats://127.0.0.1:${%d + i}\"]\n }", size, freePorts(t, size))
	}
	return fmt.Sprintf(`
operator "O" {}
server {
  cluster_size = %d
  port         = %d
  %s
}
account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    num_replicas = %d
  }
}
`, size, freePorts(t, size), cluster, size)
}

// run boots n servers of the last build, and waits until they have JetStream.
func (s *site) run(n int) []*server.Server {
	s.t.Helper()
	confs := []string{"server.conf"}
	if n > 1 {
		confs = nil
		for i := range n {
			confs = append(confs, fmt.Sprintf("server-%d.conf", i+1))
		}
	}
	servers := s.deploy(confs...)
	for _, one := range servers {
		s.up(one)
	}
	return servers
}

// led waits for a leader of a cluster that knows of all servers.
func (s *site) led(servers []*server.Server) {
	s.t.Helper()
	if len(servers) == 1 {
		return
	}
	s.until("the cluster has a leader that all follow", func() bool {
		for _, one := range servers {
			if !one.JetStreamIsCurrent() {
				return false
			}
		}
		return slices.ContainsFunc(servers, func(one *server.Server) bool {
			return one.JetStreamIsLeader() && len(one.JetStreamClusterPeers()) == len(servers)
		})
	})
}

// halt stops all servers and connections.
func (s *site) halt(servers []*server.Server) {
	s.stop()
	for _, one := range servers {
		one.Shutdown()
		one.WaitForShutdown()
	}
}

// members are how many of the servers are in the group, as one of them has it on
// its disk, that keeps JetStream of the cluster.
func (s *site) members(one *server.Server, servers []*server.Server) int {
	s.t.Helper()
	j, err := one.Jsz(&server.JSzOptions{})
	s.must(err)
	if j.Meta == nil || len(j.Meta.Replicas) == 0 {
		s.t.Fatalf("%s has no group", one.Name())
	}
	group := map[string]bool{one.Node(): j.Meta.Leader == one.Name()}
	for _, r := range j.Meta.Replicas {
		group[r.Peer] = true
	}
	n := 0
	for _, other := range servers {
		if group[other.Node()] {
			n++
		}
	}
	return n
}

// moveStreams gives the streams of one folder to the server that reads another.
func (s *site) moveStreams(from, to string) {
	s.t.Helper()
	s.must(os.RemoveAll(filepath.Join(s.dir, to)))
	s.must(os.MkdirAll(filepath.Dir(filepath.Join(s.dir, to)), 0o700))
	s.must(os.Rename(filepath.Join(s.dir, from), filepath.Join(s.dir, to)))
}

// TestServersAlone: a server that joins a cluster deletes the streams that it
// had alone, and a server alone takes none that had copies in a cluster. A plan
// says that data is at risk, to back it up and to restore it.
func TestServersAlone(t *testing.T) {
	const alone = "data/jetstream"
	for name, c := range map[string]struct {
		old, new []string // the folders of the servers' streams
	}{
		"joins":  {[]string{alone}, []string{"O-1", "O-2", "O-3"}},
		"leaves": {[]string{"O-1", "O-2", "O-3"}, []string{alone}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.build(peers(t, len(c.old)))
			servers := s.run(len(c.old))
			s.led(servers)
			s.fill()
			s.halt(servers)
			if r := s.planned(peers(t, len(c.new))); !slices.Contains(r.Impacts, "data at risk") {
				t.Errorf("the plan says %v", r.Impacts)
			}
			s.moveStreams(c.old[0], c.new[0])
			servers = s.run(len(c.new))
			s.led(servers)
			// Its folder goes 30 seconds later (server/jetstream_cluster.go checkForOrphans).
			answer, err := s.ask("A", "$JS.API.STREAM.INFO.S", "")
			if e, _ := answer["error"].(map[string]any); e["err_code"] != 10059.0 {
				t.Errorf("the stream is still there: %v", err)
			}
		})
	}
}

// TestPeersAreNames: JetStream of a cluster knows its servers by their names.
// Under others none is in the group that they read from their own disks, so that
// it never has a leader. A plan says that data is at risk.
func TestPeersAreNames(t *testing.T) {
	s := newSite(t)
	text := peers(t, 3)
	s.build(text)
	servers := s.run(3)
	s.led(servers)
	s.until("the leader has all servers in its group", func() bool {
		i := slices.IndexFunc(servers, (*server.Server).JetStreamIsLeader)
		return i >= 0 && s.members(servers[i], servers) == 3
	})
	s.halt(servers)
	if r := s.planned(replace(text, `operator "O"`, `operator "P"`)); !slices.Contains(r.Impacts, "data at risk") {
		t.Errorf("the plan says %v", r.Impacts)
	}
	for i := range servers {
		s.moveStreams(fmt.Sprintf("O-%d", i+1), fmt.Sprintf("P-%d", i+1))
	}
	servers = s.run(3)
	for _, one := range servers {
		if n := s.members(one, servers); n != 0 {
			t.Errorf("%d of the servers are in the group of %s", n, one.Name())
		}
	}
}

package verify

import (
	"fmt"
	"net"
	"net/url"

	"github.com/nats-io/nats-server/v2/server"

	"jsc/compiler"
)

// clusterSize is how many servers the streams' replicas need: one, or a quorum
// of three or five.
func clusterSize(streams []*compiler.Stream) int {
	most := 1
	for _, s := range streams {
		most = max(most, s.Config.Replicas)
	}
	switch {
	case most == 1:
		return 1
	case most <= 3:
		return 3
	}
	return 5
}

// freeRoutes are route addresses on the loopback for a cluster of that size;
// none for one server. A server must know the others' addresses before it
// starts, so ports are found by listening on them for a moment.
func freeRoutes(size int) ([]*net.TCPAddr, error) {
	if size == 1 {
		return nil, nil
	}
	var out []*net.TCPAddr
	for range size {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a port for the cluster: %w", err)
		}
		defer l.Close()
		out = append(out, l.Addr().(*net.TCPAddr))
	}
	return out, nil
}

// joinCluster makes the options those of server i of a cluster. Servers do not
// route before they listen for clients too (nats-server, server/server.go,
// Start): on any port of the loopback.
func joinCluster(opts *server.Options, routes []*net.TCPAddr, i int) {
	opts.DontListen, opts.Host, opts.Port = false, "127.0.0.1", server.RANDOM_PORT
	opts.Cluster = server.ClusterOpts{Name: "verify", Host: "127.0.0.1", Port: routes[i].Port, NoAdvertise: true}
	for j, r := range routes {
		if j != i {
			opts.Routes = append(opts.Routes, &url.URL{Scheme: "nats-route", Host: r.String()})
		}
	}
}

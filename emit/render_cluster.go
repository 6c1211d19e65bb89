package emit

import (
	"fmt"
	"net"
	"strings"

	"jsc/compiler"
	"jsc/schema"
)

// routePort is where the first server of a cluster on one machine listens for
// the others, unless the topology says so.
const routePort = 6222

// cluster is what server i is told of the others. Routes are one a server, so
// its own says where it listens when nothing else does.
func (r *rendering) cluster(c *confWriter, src *schema.Cluster, routes []string, i int) {
	if src == nil {
		src = &schema.Cluster{}
	}
	own, _ := compiler.RouteAddress(routes[i])
	c.text("name", src.Name.Or(oneWord(r.t.Operator.Name)))
	c.text("listen", src.Listen.Or(own))
	c.list("routes", routes)
}

// routes are the URLs of the servers' routes, one a server. Servers of which
// the topology says nothing share the loopback: a cluster does not start
// without routes.
func routes(src *schema.Cluster, n int) []string {
	if src != nil && len(src.Routes.Or(nil)) == n {
		return src.Routes.Value
	}
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("nats://%s:%d", defaultHost, routePort+i))
	}
	return all
}

// neighbours is how many of the servers before server i run on its machine, so
// that its ports must be as many higher.
func neighbours(routes []string, i int) int64 {
	before := int64(0)
	for _, route := range routes[:i] {
		if routeHost(route) == routeHost(routes[i]) {
			before++
		}
	}
	return before
}

func routeHost(route string) string {
	address, _ := compiler.RouteAddress(route)
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// oneWord is a name as that of a cluster, which nats-server refuses with
// spaces (server/errors.go, ErrClusterNameHasSpaces).
func oneWord(name string) string { return strings.Join(strings.Fields(name), "-") }

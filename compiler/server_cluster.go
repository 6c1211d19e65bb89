package compiler

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// checkCluster refuses a cluster whose servers would not find each other. One
// without routes does not start: "JetStream cluster requires configured
// routes" (server/jetstream_cluster.go). On the loopback jsc makes them.
func (p *pass) checkCluster(src *schema.Server) {
	size := p.t.Server.ClusterSize
	c := src.Cluster
	if c == nil {
		c = &schema.Cluster{}
	}
	if strings.ContainsFunc(c.Name.Or("x"), isSpace) || c.Name.Or("x") == "" {
		p.add(diag.New("bad-value", c.Name.Range(), "name", "a word without spaces", quote(c.Name.Value)))
	}
	if c.Listen.IsSet() && !validHostPort(c.Listen.Value) {
		p.add(diag.New("bad-value", c.Listen.Range(), "listen", "HOST:PORT", quote(c.Listen.Value)))
	}
	routes := c.Routes.Or(nil)
	switch n := len(routes); {
	case n > 0 && n != size:
		p.add(diag.New("bad-value", c.Routes.Range(), "routes", "one for each of the "+strconv.Itoa(size)+" servers", strconv.Itoa(n)))
	case n > 0:
		p.checkRoutes(c)
	case size == 1 || c.Routes.Invalid() || p.t.Operator == nil || p.t.Operator.External:
		// There are no servers that need any.
	case c.Listen.IsSet():
		p.add(diag.New("missing-attribute", src.Cluster.Site().Body, "a cluster with listen", "routes"))
	case src.Host.IsSet() && !Loopback(src.Host.Value):
		p.add(diag.New("missing-attribute", src.Host.Range(), "a cluster that listens on "+src.Host.Value, "cluster.routes"))
	}
}

// checkRoutes refuses routes that are no server's address. They hold no
// password: artifacts are no secrets.
func (p *pass) checkRoutes(c *schema.Cluster) {
	seen := make(map[string]bool) // machine and port
	hosts := make(map[string]bool)
	for i, route := range c.Routes.Value {
		address, ok := routeAddress(route)
		if !ok {
			p.add(diag.New("bad-value", c.Routes.Elem(i), "each of routes", "nats://HOST:PORT", "another one"))
			continue
		}
		host := Place{Route: route}.machine()
		_, port, _ := net.SplitHostPort(address)
		if seen[host+" "+port] {
			p.add(diag.New("bad-value", c.Routes.Elem(i), "each of routes", "another server's", quote(address)+" again"))
		}
		seen[host+" "+port] = true
		if hosts[host] && c.Listen.IsSet() {
			p.add(diag.New("field-conflict", c.Listen.NameRange(), "listen", "several routes to one host"))
			return
		}
		hosts[host] = true
	}
}

// routeAddress is the HOST:PORT of a cluster's route as written, and whether
// it is one.
func routeAddress(route string) (address string, ok bool) {
	u, err := url.Parse(route)
	if err != nil || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	switch u.Scheme {
	case "nats", "nats-route", "tls":
		return u.Host, validHostPort(u.Host)
	}
	return "", false
}

// Loopback reports that only the machine itself reaches the host.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// hostName is what names of hosts look like, of up to 253 characters.
var hostName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

func validHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || len(host) <= 253 && hostName.MatchString(host)
}

func validHostPort(address string) bool {
	host, port, err := net.SplitHostPort(address)
	n, bad := strconv.ParseUint(port, 10, 16)
	return err == nil && bad == nil && n > 0 && validHost(host)
}

package compiler

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// Place is what one of the servers has of its machine. Servers of one machine
// can share neither ports nor folders, so those count up from the first one's.
type Place struct {
	Route    string // the URL of its route; one of the loopback where the topology has none
	Listen   string // HOST:PORT where it listens for routes
	Port     int64  // for clients
	HTTPPort int64  // for monitoring; 0 when none
	Before   int64  // how many servers before it run on the same machine
}

// defaultPort is where clients connect (docs/security.md E2).
const defaultPort = 4222

// routePort is where the first server of a cluster on one machine listens for
// the others, unless the topology says so.
const routePort = 6222

// Places are those of the servers, in their order. Servers of which the topology
// says nothing share the loopback: a cluster does not start without routes.
func (s *Server) Places() []Place {
	src := s.Src
	if src == nil {
		src = &schema.Server{}
	}
	cluster := src.Cluster
	if cluster == nil {
		cluster = &schema.Cluster{}
	}
	size := max(1, s.ClusterSize)
	routes := cluster.Routes.Or(nil)
	if len(routes) != size {
		routes = nil
		for i := range size {
			routes = append(routes, fmt.Sprintf("nats://%s", net.JoinHostPort(loopback, strconv.Itoa(routePort+i))))
		}
	}
	machines := make(map[string]int64)
	var all []Place
	for _, route := range routes {
		own, _ := routeAddress(route)
		at := Place{Route: route, Listen: cluster.Listen.Or(own)}
		at.Before = machines[at.machine()]
		machines[at.machine()]++
		at.Port = src.Port.Or(defaultPort) + at.Before
		if src.HTTPPort.IsSet() {
			at.HTTPPort = src.HTTPPort.Value + at.Before
		}
		all = append(all, at)
	}
	return all
}

const loopback = "127.0.0.1"

// machine is the host of the server's route, one name for all of the loopback's.
func (at Place) machine() string {
	address, _ := routeAddress(at.Route)
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return address
	case Loopback(host):
		return loopback
	}
	return strings.ToLower(host)
}

// checkPorts refuses ports that, as they count up, come to another of the same
// machine, or to none that there is: that server would not start.
func (p *pass) checkPorts(src *schema.Server) {
	places := p.t.Server.Places()
	type port struct {
		machine string
		number  int64
	}
	taken := make(map[port]string)
	if len(places) > 1 {
		for i, at := range places {
			_, number, _ := net.SplitHostPort(at.Listen)
			n, _ := strconv.ParseInt(number, 10, 64)
			taken[port{at.machine(), n}] = fmt.Sprintf("where server %d has its route", i+1)
		}
	}
	last := int64(0)
	for _, at := range places {
		last = max(last, at.Before)
	}
	for _, counted := range []struct {
		name, what string
		attr       schema.Attr[int64]
		number     func(Place) int64
	}{
		{"port", "where clients connect to server %d", src.Port, func(at Place) int64 { return at.Port }},
		{"http_port", "where server %d is monitored", src.HTTPPort, func(at Place) int64 { return at.HTTPPort }},
	} {
		if counted.attr.Or(0) > maxPort-last {
			may := fmt.Sprintf("at most %d, as servers of one machine count up from it", maxPort-last)
			p.add(diag.New("bad-value", counted.attr.Range(), counted.name, may, strconv.FormatInt(counted.attr.Value, 10)))
			return
		}
		for i, at := range places {
			own := port{at.machine(), counted.number(at)}
			if other := taken[own]; own.number > 0 && other != "" {
				where := counted.attr.Range()
				if !counted.attr.IsSet() { // the default, which a route has
					where = src.Cluster.Site().Type
				}
				may := "free on its machine for each of the servers, which count up from it"
				p.add(diag.New("bad-value", where, counted.name, may, fmt.Sprintf("one that gives server %d %d, %s", i+1, own.number, other)))
				return
			}
			taken[own] = fmt.Sprintf(counted.what, i+1)
		}
	}
}

const maxPort = 65535

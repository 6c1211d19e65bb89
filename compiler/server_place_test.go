package compiler_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// Ports count up on one machine: what then meets another of its listeners, or has
// no number, is refused once, at what was written.
func TestServerPorts(t *testing.T) {
	for _, tt := range []struct{ name, body, message string }{
		{"one server", "port = 4300\nhttp_port = 4300", "http_port must be free on its machine for each of the servers, which count up from it, not one that gives server 1 4300, where clients connect to server 1"},
		{"the highest", "port = 65535", ""},
		{"a route's port, without a cluster", "port = 6222", ""},
		{"monitoring on the next server's", "cluster_size = 3\nhttp_port = 4223", "not one that gives server 1 4223, where clients connect to server 2"},
		{"monitoring apart", "cluster_size = 3\nhttp_port = 4225", ""},
		{"clients above all ports", "cluster_size = 3\nport = 65534", "port must be at most 65533, as servers of one machine count up from it, not 65534"},
		{"monitoring above all ports", "cluster_size = 2\nhttp_port = 65535", "http_port must be at most 65534"},
		{"clients on a route", "cluster_size = 3\nport = 6220", "port must be free on its machine for each of the servers, which count up from it, not one that gives server 3 6222, where server 1 has its route"},
		{"monitoring on a route", "cluster_size = 3\nhttp_port = 6224", "not one that gives server 1 6224, where server 3 has its route"},
		{"a route on the clients' default", "cluster_size = 2\ncluster { routes = [\"nats://127.0.0.1:4223\", \"nats://127.0.0.1:5000\"] }", "not one that gives server 2 4223, where server 1 has its route"},
		{"a machine each", "cluster_size = 2\nport = 65535\nhttp_port = 65534\ncluster { routes = [\"nats://a:65533\", \"nats://b:65533\"] }", ""},
		{"a machine each, one port twice", "cluster_size = 2\nport = 6222\ncluster { routes = [\"nats://a:6222\", \"nats://b:6222\"] }", "where server 1 has its route"},
		{"routes that come to others' ports", "cluster_size = 2\nport = 6222\ncluster {\n listen = \"0.0.0.0:7222\"\n routes = [\"nats://a:6222\", \"nats://b:6222\"]\n}", ""},
		{"one machine by two names", "cluster_size = 2\ncluster { routes = [\"nats://localhost:6222\", \"nats://127.0.0.1:6222\"] }", `not "127.0.0.1:6222" again`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := "operator \"O\" {}\nserver {\n" + tt.body + "\n}\naccount \"A\" {}\n"
			config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"main.hcl": {Data: []byte(src)}}, Path: "main.hcl"})
			_, more := compiler.Compile(config, nil)
			diags = diag.Sort(append(diags, more...))
			if tt.message == "" {
				if len(diags) > 0 {
					t.Error(diags)
				}
				return
			}
			if len(diags) != 1 || !strings.Contains(diags[0].Summary, tt.message) || diags[0].Subject == nil || diags[0].Subject.Start.Line < 4 {
				t.Errorf("%v, not one with %q", diags, tt.message)
			}
		})
	}
}

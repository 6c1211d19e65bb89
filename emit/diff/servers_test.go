package diff

import (
	"slices"
	"strings"
	"testing"
)

// What servers lose when they become others; TestServersAlone and
// TestPeersAreNames in emit/verify show it on servers.
func TestServersLose(t *testing.T) {
	sized := func(n string) string {
		return strings.Replace(topology, "server {", "server {\n  cluster_size = "+n, 1)
	}
	named := func(text string) string { return strings.Replace(text, "RETAIL", "OTHER", 1) }
	for name, c := range map[string]struct {
		old, new string
		atRisk   bool
		says     []string
	}{
		"alone to a cluster": {topology, sized("3"), true, []string{
			"  + server-1.conf  to be started\n", "  - server.conf  data at risk, restart: a server that joins a cluster deletes the streams",
			"To deploy\n  1. Before anything else, look at what loses data: server.conf\n  2. Back up every account's streams, as by nats stream backup; then stop the servers of: server.conf\n  3. Start the new servers: server-1.conf, server-2.conf, server-3.conf\n  4. Restore the streams, as by nats stream restore.\n\n"}},
		"a cluster to one alone": {sized("3"), topology, true, []string{
			"then stop the servers of: server-1.conf, server-2.conf, server-3.conf\n  3. Start the new servers: server.conf\n"}},
		"more servers": {sized("3"), sized("5"), false, []string{
			"To deploy\n  1. Start the new servers: server-4.conf, server-5.conf\n  2. Reload the servers: nats-server --signal reload.\n\n"}},
		"fewer servers": {sized("5"), sized("3"), true, []string{
			"  - server-4.conf  data at risk: streams that no other server has a copy of go with it\n",
			"as by nats server cluster peer-remove: RETAIL-4, RETAIL-5\n"}},
		"a cluster's names": {sized("3"), named(sized("3")), true, []string{
			"~ server-2.conf  data at risk, restart: JetStream of a cluster knows its servers by their names", `server_name: "RETAIL-2" → "OTHER-2"`}},
		"a cluster's own name":  {sized("3"), strings.Replace(sized("3"), "server {", "server {\n  cluster { name = \"other\" }", 1), false, []string{"~ server-2.conf  restart\n"}},
		"the name of one alone": {topology, named(topology), false, []string{"~ server.conf  restart\n"}},
		"store_dir": {topology, strings.Replace(topology, "server {", "server {\n  jetstream { store_dir = \"/new\" }", 1), true, []string{
			"~ server.conf  data at risk, restart: streams stay behind in the former folder: move it while the server is stopped\n      jetstream.store_dir"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := compare(t, c.old, c.new, 100)
			got := text(t, r)
			if slices.Contains(r.Impacts, dataAtRisk) != c.atRisk {
				t.Errorf("impacts %q", r.Impacts)
			}
			for _, want := range c.says {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not told", want)
				}
			}
			if t.Failed() {
				t.Log("\n" + got)
			}
		})
	}
}

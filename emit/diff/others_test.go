package diff

import (
	"slices"
	"strings"
	"testing"
)

// What has another key, or is somebody else's, is told with all that it costs.
func TestOthers(t *testing.T) {
	own := public("operator/RETAIL")
	external := func(key string) string {
		return "operator \"RETAIL\" {\n  external   = true\n  public_key = \"" + key + "\"\n}"
	}
	const operator = `operator "RETAIL" {}`
	foreign, former := public("operator/OTHER"), public("account/A")
	keyed := func(text string) string {
		return strings.Replace(text, `account "A" {`, "account \"A\" {\n  public_key = \""+public("account/OTHER")+`"`, 1)
	}
	limited := strings.Replace(topology, "server {", "server {\n  jetstream { max_file = \"1GiB\" }", 1)
	full := strings.Replace(limited, `type = "memory"`, "type = \"full\"\n    dir  = \"jwt\"", 1)
	for name, c := range map[string]struct {
		old, new string
		impacts  []Impact
		says     []string
		never    string
	}{
		"more storage of the server": {alone, strings.Replace(alone, `disk = "1GiB"`, `disk = "2GiB"`, 1), []Impact{reload}, []string{
			"~ server.conf  reload\n      jetstream.max_file: 1 GiB → 2 GiB", "1. Reload the servers",
		}, "Restart"},
		"less storage of the server": {alone, strings.Replace(alone, `disk = "1GiB"`, `disk = "512MiB"`, 1), []Impact{restart, reload}, []string{
			"~ server.conf  restart\n", "1. Restart the servers, one after the other.",
		}, "Push"},
		"an account's key": {limited, keyed(limited), []Impact{dataAtRisk, disconnects, handOver, restart, reload}, []string{
			"  ~ A  data at risk, disconnects, restart, reload: with another key it is another account, which begins empty: clients of the former one are cut off, and its streams can no longer be reached; it gets storage", "      public key: " + former,
			"before what follows, which has no room beside them: " + former + "/S\n",
			"  ~ A/app  disconnects, hand-over: its account is another; new credentials go to its owner\n",
			"  + A/S  to be made on the servers\n", "  - " + former + "/S  stays on the servers until somebody deletes it\n",
			"Before anything else, look at what loses data: A\n", "Hand out new credentials: A/app\n", "Hand over the bundle: activations/EXT.json",
		}, "Then let clients reconnect"},
		"an account's key, with a full resolver": {full, keyed(full), []Impact{dataAtRisk, disconnects, handOver, restart, push}, []string{
			"a full resolver keeps the former one, and lets its users in, until it is deleted there",
			"in this order: A, B\n", "while all servers are stopped: " + former + " (formerly A)\n",
		}, "Reload"},
		"an operator becomes somebody else's": {topology, strings.Replace(topology, operator, external(foreign), 1), []Impact{dataAtRisk, disconnects, handOver}, []string{
			"Operator\n  ~ RETAIL  data at risk, disconnects, hand-over: its servers are others", "      public key: " + own + " → " + foreign + "\n",
			"Before anything else, look at what loses data: RETAIL", "Hand the tokens of accounts to whom the operator is, who signs them and brings them to the servers: A, B\n",
		}, "Reload"},
		"an operator's key is kept elsewhere": {topology, strings.Replace(topology, operator, external(own), 1), []Impact{dataAtRisk, disconnects, handOver}, []string{
			"Operator\n  ~ RETAIL  hand-over: who has its key signs the accounts from now on\n", "look at what loses data: SYS\n",
		}, "Reload"},
		"an external operator is another": {strings.Replace(topology, operator, external(own), 1), strings.Replace(topology, operator, external(foreign), 1), []Impact{dataAtRisk, disconnects, handOver}, []string{
			"Operator\n  ~ RETAIL  data at risk, disconnects, hand-over: its servers are others",
		}, "Reload"},
	} {
		r := compare(t, c.old, c.new, 100)
		got := text(t, r)
		if !slices.Equal(r.Impacts, c.impacts) {
			t.Errorf("%s: impacts %q, not %q", name, r.Impacts, c.impacts)
		}
		for _, want := range c.says {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not told", name, want)
			}
		}
		if strings.Contains(got, c.never) {
			t.Errorf("%s: %q is told", name, c.never)
		}
		if t.Failed() {
			t.Fatal("\n" + got)
		}
	}
}

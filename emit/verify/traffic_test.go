package verify

import (
	"strings"
	"testing"
	"time"

	"jsc/compiler"
)

// rowOf is the row of a grant of the share "x" or "order-events"; nil when
// there is none.
func rowOf(r *Report, grant string) *Row {
	for i := range r.Rows {
		if r.Rows[i].Grant == grant {
			return &r.Rows[i]
		}
	}
	return nil
}

// TestTraffic sends 8,000 messages of 1 KiB through the guide's share, plain
// and with flow control, and with either ack format.
func TestTraffic(t *testing.T) {
	flow := strings.NewReplacer(
		`      deliver_group   = "order-processor"`, `      flow_control = true
      idle_heartbeat = "1s"`)
	for name, text := range map[string]string{
		"guide":        guide,
		"flow control": flow.Replace(guide),
	} {
		for _, format := range []string{"v1", "v2", "both"} {
			t.Run(name+" "+format, func(t *testing.T) {
				text := strings.Replace(text, "server {", "server {\n  ack_format = \""+format+"\"", 1)
				r := verifyText(t, text, Options{Messages: 8000, Size: 1024})
				if !r.OK() {
					t.Errorf("not all proved:\n%s", table(t, r))
				}
				if fc := rowOf(r, "fc"); (fc != nil) != (name == "flow control") {
					t.Errorf("flow control was granted and should not, or the other way round:\n%s", table(t, r))
				}
				t.Logf("\n%s", table(t, r))
			})
		}
	}
}

// TestStall: without its grant, flow control stops delivery after some 2 MiB;
// what fits before passes.
func TestStall(t *testing.T) {
	text := kindTopology("push flow control", "", "", "")
	noFlowControl := func(g *compiler.Grant) bool { return g.RowName() == "fc" }
	for _, c := range []struct {
		messages int
		want     Result
	}{{1500, OK}, {8000, failed}} {
		r := verifyText(t, text, Options{Messages: c.messages, Size: 1024, Patience: time.Second, Drop: noFlowControl})
		if fc := rowOf(r, "fc"); fc.Result != c.want {
			t.Errorf("%d messages of 1 KiB without the fc grant: %s %s", c.messages, fc.Result, fc.Detail)
		}
	}
}

// TestLeak: an account that gets something that no share gives it is noticed.
func TestLeak(t *testing.T) {
	for _, row := range []string{"deliver", "ack", "info"} {
		top := compile(t, kindTopology("push", "", "", ""))
		var leak *compiler.Import
		var c *compiler.Account
		for _, a := range top.Accounts {
			if a.Name == "C" {
				c = a
			}
			for _, i := range a.Imports {
				if i.Grant.RowName() == row {
					open := *i
					open.Grant, open.Activation = nil, nil
					leak = &open
				}
			}
		}
		c.Imports = append(c.Imports, leak)
		for _, e := range leak.From.Exports {
			if e.Subject == leak.Subject {
				e.Terms.Private = false
			}
		}
		r, err := Run(t.Context(), top, Options{Messages: 10, Patience: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if others := rowOf(r, "others"); others.Result != failed || !strings.Contains(others.Detail, "account C") {
			t.Errorf("account C has %s of the share, and nobody noticed:\n%s", row, table(t, r))
		}
	}
}

package verify

import (
	"testing"
)

// TestUnprepared: what a share needs its stream for is unproven where the server
// refuses the stream, and says so.
func TestUnprepared(t *testing.T) {
	top := compile(t, kindTopology("push", `ack_format = "both"`, "", `
  user "has" {
    access { shares = [share.x] }
  }`))
	top.Shares[0].Stream.Config.Retention = "nonsense"
	r, err := Run(t.Context(), top, Options{Messages: 10})
	if err != nil {
		t.Fatal(err)
	}
	grants := 0
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Type == "" {
			continue
		}
		grants++
		if row.Result != unproven || row.Detail != "needs stream" || row.User != "has" {
			t.Errorf("%s is %s as %q: %s", row.Subject, row.Result, row.User, row.Detail)
		}
	}
	if stream := rowOf(r, "stream"); grants != len(top.Grants) || stream == nil || stream.Result != failed {
		t.Errorf("not all told:\n%s", table(t, r))
	}
}

package verify

import (
	"strings"
	"sync"
	"testing"
	"time"

	"jsc/compiler"
)

// necessityCases are kindCases with what else grants rows.
func necessityCases() map[string]string {
	cases := make(map[string]string)
	for name := range kindCases {
		to := ""
		for _, kind := range []string{"kv-read", "kv-write", "object", "source", "mirror"} {
			if strings.HasPrefix(name, kind) {
				to = "trusted = true" // grants delete
			}
		}
		cases[name] = kindTopology(name, "", to, "")
	}
	for _, name := range []string{"push flow control", "pull", "kv-read", "source", "durable-source"} {
		for _, format := range []string{"v2", "both"} {
			cases[name+" "+format] = kindTopology(name, `ack_format = "`+format+`"`, "", "")
		}
	}
	return cases
}

// TestNecessity drops each grant of each kind in turn: its own proof fails, and
// no other.
func TestNecessity(t *testing.T) {
	for name, text := range necessityCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var group sync.WaitGroup
			defer group.Wait()
			// Most of a run is waiting for what must not come.
			slots := make(chan struct{}, 4)
			for i := range compile(t, text).Grants {
				top := compile(t, text)
				group.Go(func() {
					slots <- struct{}{}
					defer func() { <-slots }()
					checkNecessary(t, top, top.Grants[i])
				})
			}
		})
	}
}

func checkNecessary(t *testing.T, top *compiler.Topology, gone *compiler.Grant) {
	r, err := Run(t.Context(), top, Options{
		Patience: 2 * time.Second,
		Drop:     func(g *compiler.Grant) bool { return g == gone },
	})
	if err != nil {
		t.Errorf("without %s: %v", gone.Name, err)
		return
	}
	own := 0
	for i := range r.Rows {
		row := &r.Rows[i]
		mine := row.Grant == gone.RowName() && row.Type == gone.Type && row.Subject == gone.Subject
		if mine {
			own++
		}
		if mine != (row.Result == failed) {
			t.Errorf("without %s, %s, the row of %s is %s:\n%s", gone.Name, gone.Subject, row.Grant, row.Result, table(t, r))
		}
	}
	if own != 1 {
		t.Errorf("%s, %s, has %d rows:\n%s", gone.Name, gone.Subject, own, table(t, r))
	}
}

package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// row is one line of the table: what was measured, and against what.
type row struct {
	what, target string
	of           func(result) (took, base time.Duration)
	cost         func(result) cost // nil: no process
}

func (r result) base() time.Duration { return r.Encode + r.Write }

var rows = []row{
	{"cold build, all signed", "≤ 0.80 × base", func(r result) (time.Duration, time.Duration) { return r.cold.wall, r.base() }, func(r result) cost { return r.cold }},
	{"nothing changed", "≤ 0.25 × base", func(r result) (time.Duration, time.Duration) { return r.unchanged.wall, r.base() }, func(r result) cost { return r.unchanged }},
	{"one tenant changed", "≤ 1.10 × unchanged", func(r result) (time.Duration, time.Duration) { return r.changed.wall, r.unchanged.wall }, func(r result) cost { return r.changed }},
	{"check", "≤ 1.60 × verify + read", func(r result) (time.Duration, time.Duration) { return r.check.wall, r.Verify + r.Read }, func(r result) cost { return r.check }},
	{"lint", "≤ 0.15 × base", func(r result) (time.Duration, time.Duration) { return r.lint.wall, r.base() }, func(r result) cost { return r.lint }},
	{"plan", "", func(r result) (time.Duration, time.Duration) { return r.plan.wall, r.base() }, func(r result) cost { return r.plan }},
}

// printTable prints what was measured as tables in markdown; one is of the
// topology that is called small.
func printTable(w io.Writer, all []result, small string, one result) error {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "\n**%d tenants**: %d tokens, %d files, %.0f MB. Base %s (encode %s, write %s); verify %s, read %s.\n\n",
			r.tenants, r.Tokens, r.Files, float64(r.Bytes)/1e6, short(r.base()), short(r.Encode), short(r.Write), short(r.Verify), short(r.Read))
		b.WriteString("| what | wall | CPU | peak memory | ratio | target |\n| --- | --- | --- | --- | --- | --- |\n")
		for _, line := range rows {
			took, base := line.of(r)
			c := line.cost(r)
			fmt.Fprintf(&b, "| %s | %s | %s | %d MiB | %.2f | %s |\n",
				line.what, short(took), short(c.cpu), c.peak>>20, float64(took)/float64(base), line.target)
		}
	}
	if len(all) > 1 {
		b.WriteString("\n| growth | time | memory | tenants |\n| --- | --- | --- | --- |\n")
		for i := 1; i < len(all); i++ {
			x, y := all[i-1], all[i]
			for _, line := range rows {
				was, now := line.cost(x), line.cost(y)
				fmt.Fprintf(&b, "| %s, %d → %d | %.1f × | %.1f × | %.1f × |\n", line.what, x.tenants, y.tenants,
					float64(now.wall)/float64(was.wall), float64(now.peak)/float64(was.peak), float64(y.tenants)/float64(x.tenants))
			}
		}
	}
	fmt.Fprintf(&b, "\n**%s**: cold %s (target ≤ 30 ms), unchanged %s (≤ 15 ms), %d MiB.\n",
		small, short(one.cold.wall), short(one.unchanged.wall), one.cold.peak>>20)
	_, err := io.WriteString(w, b.String())
	return err
}

// printBoots prints how servers took what was built, of n tenants.
func printBoots(w io.Writer, boots []booted, n int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n| nats-server and %d tenants | time | its peak memory |\n| --- | --- | --- |\n", n)
	for _, r := range boots {
		fmt.Fprintf(&b, "| %s | %s | %d MiB |\n", r.name, short(r.took), r.peak>>20)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// short is a time with three digits.
func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}

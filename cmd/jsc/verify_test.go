package main

import "testing"

func TestProving(t *testing.T) {
	for _, c := range []struct {
		done int
		name string
		want string
	}{{0, "a", "proving 1 of 5: a"}, {4, "b\x1b", `proving 5 of 5: b\u{1b}`}, {5, "", "proved 5 of 5"}} {
		if got := proving(c.done, 5, c.name); got != c.want {
			t.Errorf("%d: %q, want %q", c.done, got, c.want)
		}
	}
}

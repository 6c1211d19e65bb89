package lock

import "testing"

func TestRevocations(t *testing.T) {
	early, late, ever := Revocation{10, 100}, Revocation{20, 200}, Revocation{15, 0}
	for _, c := range []struct {
		one, other, joined Revocation
		covers, sooner     bool // one the other
	}{
		{early, late, late, false, true},
		{late, early, late, true, false},
		{early, early, early, true, false},
		{early, ever, ever, false, true},
		{late, ever, Revocation{20, 0}, false, true},
		{ever, late, Revocation{20, 0}, false, false},
		{ever, early, ever, true, false},
		{ever, ever, ever, true, false},
		{Revocation{20, 100}, Revocation{10, 200}, late, false, true},
	} {
		if got := c.one.Join(c.other); got != c.joined {
			t.Errorf("%v and %v are %v, not %v", c.one, c.other, got, c.joined)
		}
		if got := c.one.Covers(c.other); got != c.covers {
			t.Errorf("%v covers %v: %t", c.one, c.other, got)
		}
		if got := c.one.EndsSooner(c.other); got != c.sooner {
			t.Errorf("%v ends sooner than %v: %t", c.one, c.other, got)
		}
	}
	l := New()
	if got := l.Revoke("x", early); got != early {
		t.Errorf("the first is %v", got)
	}
	if got := l.Revoke("x", ever); got != ever || l.Revoked["x"] != ever {
		t.Errorf("both are %v, and in the lock %v", got, l.Revoked["x"])
	}
}

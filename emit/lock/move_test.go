package lock

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMove(t *testing.T) {
	make := func() *Lock {
		l := New()
		for _, id := range []string{"operator/O", "account/OLD", "account/OLD/user/u", "account/OLD/signing/s", "account/OTHER"} {
			l.Keys[id] = "key of " + id
		}
		for _, id := range []string{"account/OLD", "account/OLD/user/u", "activation/OLD/stream/OLD.>/OTHER", "activation/OTHER/service/x/OLD"} {
			l.Tokens[id] = Token{Subject: "of " + id}
		}
		l.Retired["account/OLD/signing/s"] = []string{"gone"}
		return l
	}
	l := make()
	if err := l.Move("account/OLD", "account/NEW"); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(l.Keys))
	got = append(got, slices.Sorted(maps.Keys(l.Tokens))...)
	got = append(got, slices.Sorted(maps.Keys(l.Retired))...)
	want := []string{
		"account/NEW", "account/NEW/signing/s", "account/NEW/user/u", "account/OTHER", "operator/O",
		"account/NEW", "account/NEW/user/u", "activation/NEW/stream/OLD.>/OTHER", "activation/OTHER/service/x/NEW",
		"account/NEW/signing/s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("IDs (-want +got):\n%s", diff)
	}
	if l.Keys["account/NEW"] != "key of account/OLD" {
		t.Errorf("the pin is %q", l.Keys["account/NEW"])
	}

	l = make()
	if err := l.Move("account/OLD/user/u", "account/OLD/user/v"); err != nil || l.Keys["account/OLD/user/v"] == "" || l.Keys["account/OLD"] == "" {
		t.Errorf("a user: %v, %v", err, l.Keys)
	}

	for _, refused := range []struct{ from, to, why string }{
		{"account/NONE", "account/NEW", "not in the lock"},
		{"account/OLD", "account/OTHER", "already"},
		{"account/OLD", "operator/P", "not of one kind"},
		{"account/OLD/user/u", "account/OTHER/user/u", "another account"},
		{"OLD", "NEW", "by their IDs"},
	} {
		l := make()
		err := l.Move(refused.from, refused.to)
		if err == nil || !strings.Contains(err.Error(), refused.why) {
			t.Errorf("%s → %s: %v, want %q", refused.from, refused.to, err, refused.why)
		}
		if !l.Equal(make()) {
			t.Errorf("%s → %s: refused, but the lock changed", refused.from, refused.to)
		}
	}
}

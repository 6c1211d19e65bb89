package diag

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestBugShowsNoValue(t *testing.T) {
	caught := func(value any) (b *Bug) {
		defer func() { b = Caught(recover()) }()
		if value != nil {
			panic(value)
		}
		return nil
	}
	if b := caught(nil); b != nil {
		t.Errorf("nothing happened, and %v was caught", b)
	}
	inner := caught(errors.New("secret"))
	if got := caught(inner); got != inner {
		t.Error("a Bug that is thrown again is another")
	}
	for _, shown := range []string{fmt.Sprint(inner), fmt.Sprintf("%s", error(inner))} {
		if strings.Contains(shown, "secret") || !strings.Contains(shown, "*errors.errorString") {
			t.Errorf("it shows %q", shown)
		}
	}
	if !strings.Contains(string(inner.Stack), "TestBugShowsNoValue") {
		t.Errorf("it did not happen where it did:\n%s", inner.Stack)
	}
}

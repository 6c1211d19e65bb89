package diag

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSuggest(t *testing.T) {
	attributes := []string{"subjects", "max_bytes", "max_age", "max_msgs", "storage", "ack_policy", "ack_wait", "deliver_group"}
	for _, c := range []struct {
		word       string
		candidates []string
		want       string // "" for none
	}{
		{"subject", attributes, "subjects"},
		{"sujbects", attributes, "subjects"},
		{"maxbytes", attributes, "max_bytes"},
		{"MAX-BYTES", attributes, "max_bytes"},
		{"max_bites", attributes, "max_bytes"},
		{"ackpolicy", attributes, "ack_policy"},
		{"retention", attributes, ""},
		{"x", attributes, ""},
		{"", attributes, ""},
		{"accta", []string{"ACCTB", "ACCTA"}, "ACCTA"},
		{"ACCTC", []string{"ACCTB", "ACCTA"}, "ACCTA"},
		{"ACCTC", []string{"ACCTA", "ACCTB"}, "ACCTA"},
		{"order_events", []string{"order-events", "order_event"}, "order-events"},
		{"same", []string{"same"}, ""},
		{"pfad", []string{"fpad", "path"}, "fpad"},
		{"größe", []string{"grösse", "grüße"}, "grüße"},
		{"stream", nil, ""},
		{"url", []string{"full", "memory", "cache"}, ""},
		{"tsl", []string{"tls"}, "tls"},
		{"replicas", []string{"num_replicas"}, "num_replicas"},
	} {
		got, ok := Suggest(c.word, c.candidates)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Suggest(%q, %q) = %q, %v; want %q", c.word, c.candidates, got, ok, c.want)
		}
	}
}

func TestSuggestDoesNotDependOnOrder(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abAB_-ü")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		w := word.Draw(t, "word")
		candidates := rapid.SliceOfN(word, 0, 8).Draw(t, "candidates")
		got, ok := Suggest(w, candidates)
		slices.Sort(candidates)
		if again, ok2 := Suggest(w, candidates); again != got || ok2 != ok {
			t.Fatalf("%q, %v; sorted %q, %v", got, ok, again, ok2)
		}
		if ok && (got == w || !slices.Contains(candidates, got)) {
			t.Fatalf("%q is no candidate for %q", got, w)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3},
		{"ab", "ba", 1}, {"ca", "abc", 3}, {"strema", "stream", 1}, {"abcdef", "badcfe", 3},
	} {
		if got := distance(c.a, c.b, 10); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a, 10); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
		if c.want > 0 {
			if got := distance(c.a, c.b, c.want-1); got != c.want {
				t.Errorf("distance(%q, %q) limited to %d = %d, want %d", c.a, c.b, c.want-1, got, c.want)
			}
		}
	}
	if got := distance(strings.Repeat("a", 1000), "a", 3); got != 4 {
		t.Errorf("a long word: %d, want 4", got)
	}
}

package diag

import "testing"

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 2: "2 files", 999: "999 files", 1000: "1,000 files", 1234567: "1,234,567 files"} {
		if got := Plural(n, "file"); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}

func TestArticle(t *testing.T) {
	for noun, want := range map[string]string{"account": "an account", "user": "a user", "operator": "an operator", "stream": "a stream", "": "a "} {
		if got := Article(noun); got != want {
			t.Errorf("Article(%q) = %q, want %q", noun, got, want)
		}
	}
}

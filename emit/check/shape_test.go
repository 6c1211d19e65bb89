package check

import (
	"regexp"
	"slices"
	"testing"
)

// FuzzTextsIn holds that what looks like a token is found as by the pattern that
// says it in one line.
func FuzzTextsIn(f *testing.F) {
	shape := regexp.MustCompile(`eyJ[A-Za-z0-9_=+/-]*\.[A-Za-z0-9_=+/-]+\.[A-Za-z0-9_=+/-]*`)
	for _, text := range []string{"", "eyJ", "eyJ.a.", "eyJhbG.eyJ0.sig eyJ..x eyJ.b.c.d", `{"token": "eyJ0eXAi.eyJqdGki.AA-_"}`, "eyeyJJ.eyJ.eyJ.eyJ", "eyJ.a eyJb.c.\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := tokensIn(text)
		if want := shape.FindAllString(text, -1); !slices.Equal(got, want) {
			t.Errorf("in %q are %q, the pattern finds %q", text, got, want)
		}
	})
}

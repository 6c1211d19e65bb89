package emit

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFileName(t *testing.T) {
	long := strings.Repeat("é", 127)
	for name, want := range map[string]string{
		"ACCTA":                  "ACCTA",
		"a-b_C9":                 "a-b_C9",
		strings.Repeat("x", 100): strings.Repeat("x", 100),
		"a.b":                    "a%2Eb-" + shortSum("a.b"),
		"a/b":                    "a%2Fb-" + shortSum("a/b"),
		"..":                     "%2E%2E-" + shortSum(".."),
		"":                       "-" + shortSum(""),
		strings.Repeat("x", 101): strings.Repeat("x", 100) + "-" + shortSum(strings.Repeat("x", 101)),
		long:                     strings.Repeat("%C3%A9", 16) + "%C3-" + shortSum(long),
	} {
		if got := FileName(name); got != want {
			t.Errorf("%q: %s, not %s", name, got, want)
		}
	}
}

func TestFileNamesAreSafeAndApart(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9_%-]{1,109}$`)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-c./%-]{0,6}`), rapid.StringN(90, 130, -1)).Draw(t, "name")
		other := rapid.OneOf(rapid.Just(FileName(name)), rapid.Just(name+"."), rapid.String()).Draw(t, "other")
		if !form.MatchString(FileName(name)) {
			t.Fatalf("%q: %s", name, FileName(name))
		}
		if name != "" && name != other && FileName(name) == FileName(other) {
			t.Fatalf("%q and %q share %s", name, other, FileName(name))
		}
	})
}

func shortSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

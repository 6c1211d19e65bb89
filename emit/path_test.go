package emit

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
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

func shortSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

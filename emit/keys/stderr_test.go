package keys

import (
	"bytes"
	"strings"
	"testing"
)

// TestRelay: what a signer writes comes out the same however it is cut into
// writes, a seed never, and a prompt at once.
func TestRelay(t *testing.T) {
	seed := seedOf(t, Generate(Account))
	for text, want := range map[string]string{
		"ready\n":                       "ready\n",
		"größer, 日本\n":                  "größer, 日本\n",
		"seed " + seed + "\n":           "seed [redacted]\n",
		seed:                            "[redacted]",
		seed[:57] + "\n":                "[redacted]\n",
		"SUSPENDED SOON":                "SUSPENDED SOON",
		"\x1b[31mred\r\n":               `\u{1b}[31mred\u{d}` + "\n",
		strings.Repeat("S", 3*mostHeld): strings.Repeat("S", 3*mostHeld),
		"cut \xff \xe6\x97":             `cut \x{ff} \x{e6}\x{97}`,
	} {
		for _, size := range []int{1, 2, 7, 58, len(text)} {
			var out bytes.Buffer
			r := &relay{to: &out}
			for at := 0; at < len(text); at += size {
				if n, err := r.Write([]byte(text[at:min(at+size, len(text))])); err != nil || n == 0 {
					t.Fatalf("%d bytes are taken: %v", n, err)
				}
			}
			r.end()
			if got := out.String(); got != want {
				t.Errorf("%.30q in writes of %d bytes is %.60q", text, size, got)
			}
		}
	}
	var out bytes.Buffer
	r := &relay{to: &out}
	r.Write([]byte("PIN: "))
	if out.String() != "PIN: " {
		t.Errorf("of a prompt is seen %q", out.String())
	}
}

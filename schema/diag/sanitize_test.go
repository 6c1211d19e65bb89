package diag

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"testing"
	"unicode/utf8"
)

// seedShaped makes text of a seed's shape at run time: none may stand in a file.
func seedShaped(kind string) string {
	b := make([]byte, 35)
	rand.Read(b)
	b[0] &= 3 // as the type's last three bits, which are 0, and one more leave it
	return "S" + kind + base32.StdEncoding.EncodeToString(b)
}

func TestSanitize(t *testing.T) {
	for _, c := range []struct{ in, line, lines string }{
		{"plain text, 100%", "plain text, 100%", "plain text, 100%"},
		{"", "", ""},
		{"größer ≥ 日本 ❤️", "größer ≥ 日本 ❤️", "größer ≥ 日本 ❤️"},
		{"a\nb\tc", `a\u{a}b\u{9}c`, "a\nb\tc"},
		{"a\r\nb", `a\u{d}\u{a}b`, "a\\u{d}\nb"},
		{"\x1b[31mred\x1b[0m", `\u{1b}[31mred\u{1b}[0m`, `\u{1b}[31mred\u{1b}[0m`},
		{"\x00\x7f\u0085", `\u{0}\u{7f}\u{85}`, `\u{0}\u{7f}\u{85}`},
		{"abc\u202edef", `abc\u{202e}def`, `abc\u{202e}def`},
		{"a\u200bb\u2060\ufeff", `a\u{200b}b\u{2060}\u{feff}`, `a\u{200b}b\u{2060}\u{feff}`},
		{"a\u2028b\u2029", `a\u{2028}b\u{2029}`, `a\u{2028}b\u{2029}`},
		{"tag \U000E0041 \U000E0100 \u3164", `tag \u{e0041} \u{e0100} \u{3164}`, `tag \u{e0041} \u{e0100} \u{3164}`},
		{"bad \xff\xc3(", `bad \x{ff}\x{c3}(`, `bad \x{ff}\x{c3}(`},
		{"\uFFFD", "\uFFFD", "\uFFFD"},
	} {
		if got := Sanitize(c.in); got != c.line {
			t.Errorf("Sanitize(%q) = %q, want %q", c.in, got, c.line)
		}
		if got := SanitizeLines(c.in); got != c.lines {
			t.Errorf("SanitizeLines(%q) = %q, want %q", c.in, got, c.lines)
		}
	}
}

func TestSanitizeRedactsSeeds(t *testing.T) {
	for _, kind := range []string{"O", "A", "U", "N", "C", "X"} {
		seed := seedShaped(kind)
		for _, around := range []string{"%", `there is no "%"`, "ü%", "x\n%\n", "AB%", "%23", "SA%"} {
			text := strings.ReplaceAll(around, "%", seed)
			got := Sanitize(text)
			if strings.Contains(got, seed[2:40]) || !strings.Contains(got, "[redacted]") {
				t.Errorf("Sanitize(%q…) shows the seed", around)
			}
			if blot := string(blotSeeds([]byte(text))); strings.Contains(blot, seed[2:40]) || len(blot) != len(text) {
				t.Errorf("blotSeeds(%q…) shows the seed or moves what follows", around)
			}
		}
	}
	// Without its checksum it is a seed still; within a public key it is none.
	cut := "SUAB" + seedShaped("U")[4:cutSeedLength]
	for text, shown := range map[string]bool{cut: false, `"` + cut + `"`: false, cut + "7": false, cut[:54]: true, "O" + cut: true, "SUM" + cut[3:]: true} {
		if got := strings.Contains(Sanitize(text), cut[4:40]); got != shown {
			t.Errorf("%d characters cut short are shown: %t", len(text), got)
		}
		if got := bytes.Contains(blotSeeds([]byte(text)), []byte(cut[4:40])); got != shown {
			t.Errorf("%d characters cut short are left: %t", len(text), got)
		}
	}
	public := "A" + seedShaped("A")[3:]
	if got := Sanitize(public); got != public {
		t.Errorf("a public key was redacted: %q", got)
	}
	line := []byte("no seed here")
	if got := blotSeeds(line); &got[0] != &line[0] {
		t.Error("blotSeeds copied a line without a seed")
	}
}

func TestGuard(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"::error::x\n", `:\u{3a}error::x` + "\n"},
		{"a::b\n", "a::b\n"},
		{"  \t::set-output\n", "  \t:\\u{3a}set-output\n"},
		{"x\n::warning\n", "x\n:\\u{3a}warning\n"},
		{"x\r::warning\n", "x\r:\\u{3a}warning\n"},
		{"\u00a0\u3000::debug\n", "\u00a0\u3000:\\u{3a}debug\n"},
		{": :\n", ": :\n"},
		{":::\n", ":\\u{3a}:\n"},
		{"##[error]x ##[group]\n", `##\u{5b}error]x ##\u{5b}group]` + "\n"},
		{"###[x\n", "###\\u{5b}x\n"},
		{"#[x # #[y\n", "#[x # #[y\n"},
	} {
		var whole, bytewise bytes.Buffer
		if n, err := Guard(&whole).Write([]byte(c.in)); n != len(c.in) || err != nil {
			t.Errorf("Write(%q) = %d, %v", c.in, n, err)
		}
		w := Guard(&bytewise)
		for i := range len(c.in) {
			w.Write([]byte{c.in[i]})
		}
		if whole.String() != c.want || bytewise.String() != c.want {
			t.Errorf("Guard(%q) = %q, byte by byte %q; want %q", c.in, &whole, &bytewise, c.want)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"::error::", "##[error]", "a\u202eb", "\xff\x1b[0m", "x\n ::y", "%0A", seedShaped("A")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := Sanitize(s)
		if !utf8.ValidString(line) || strings.ContainsFunc(line, Hidden) {
			t.Errorf("Sanitize(%q) = %q", s, line)
		}
		if again := Sanitize(line); again != line {
			t.Errorf("Sanitize changes %q again, to %q", line, again)
		}
		for _, l := range strings.Split(string(guarded([]byte(s), `\u{3a}`, `\u{5b}`)), "\n") {
			if strings.HasPrefix(strings.TrimSpace(l), "::") || strings.Contains(l, "##[") {
				t.Errorf("a workflow command is left of %q: %q", s, l)
			}
		}
	})
}

package keys

import (
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
)

func TestParseSeeds(t *testing.T) {
	o, a, u := Generate(Operator), Generate(Account), Generate(User)
	so, sa, su := seedOf(t, o), seedOf(t, a), seedOf(t, u)
	for name, text := range map[string]string{
		"lines":    so + "\n" + sa + "\n" + su + "\n",
		"spaces":   "  " + so + "\t" + sa + " " + su,
		"crlf":     so + "\r\n" + sa + "\r\n" + su,
		"comments": "# operator\n" + so + " # RETAIL\n\n#" + su + "\n" + sa + "\n" + su + "#",
	} {
		found, err := parseSeeds([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(found) != 3 || found[0].public != o.public || found[1].public != a.public || found[2].public != u.public {
			t.Errorf("%s: found %d keys", name, len(found))
		}
	}
}

func TestParseSeedsRefuses(t *testing.T) {
	seed := seedOf(t, Generate(Account))
	curve, err := nkeys.CreateCurveKeys()
	if err != nil {
		t.Fatal(err)
	}
	curveSeed, _ := curve.Seed()
	swapped := []byte(seed)
	if swapped[20]++; swapped[20] > 'Z' || swapped[20] == '8' {
		swapped[20] = 'A'
	}
	for _, test := range []struct{ name, text, want string }{
		{"checksum", seed + "\n" + string(swapped), "line 2: not a seed: nkeys: invalid checksum"},
		{"cut off", seed[:30], "line 1: not a seed"},
		{"public", Generate(Account).public, "line 1: a public key where a seed is due"},
		{"curve", "\n\n" + string(curveSeed), "line 3: a seed of a kind of key that signs no JWT"},
		{"words", "hello world", "line 1: not a seed"},
	} {
		_, err := parseSeeds([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
			continue
		}
		for _, field := range strings.Fields(test.text) {
			if strings.Contains(err.Error(), field) {
				t.Errorf("%s: the error shows the text: %v", test.name, err)
			}
		}
	}
}

func FuzzParseSeeds(f *testing.F) {
	k := Generate(User)
	seed, err := k.seed()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(nil))
	f.Add([]byte("# x"))
	f.Add([]byte("SU"))
	f.Add(seed)
	f.Add([]byte("MA"))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := parseSeeds(text)
		if err != nil {
			for _, field := range strings.Fields(string(text)) {
				if len(field) > 16 && strings.Contains(err.Error(), field) {
					t.Errorf("the error shows the text: %v", err)
				}
			}
			return
		}
		// What was read is written and read back the same.
		var written []byte
		for _, k := range found {
			seed, err := k.seed()
			if err != nil {
				t.Fatal(err)
			}
			written = append(append(written, seed...), '\n')
		}
		again, err := parseSeeds(append(written, "# "...))
		if err != nil || len(again) != len(found) {
			t.Fatalf("read %d keys back of %d: %v", len(again), len(found), err)
		}
		for i := range found {
			if again[i].public != found[i].public {
				t.Errorf("key %d is another one", i)
			}
		}
		// A seed after any text that is well-formed is found.
		if mixed, err := parseSeeds(append(append(text[:len(text):len(text)], '\n'), seed...)); err != nil || len(mixed) != len(found)+1 {
			t.Errorf("a further seed is not found: %v", err)
		}
	})
}

package lock

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/nats-io/nkeys"
	"pgregory.net/rapid"
)

// TestCanonicalIsWhatEncodeReturns changes bytes, lines and entries: Canonical says
// what a comparison with the encoding does.
func TestCanonicalIsWhatEncodeReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anyLock(t)
		data := l.Encode()
		switch rapid.IntRange(0, 8).Draw(t, "change") {
		case 0: // none
		case 1:
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 6).Draw(t, "bit")
		case 2:
			data = data[:rapid.IntRange(0, len(data)-1).Draw(t, "length")]
		case 3:
			data = append(data, rapid.SampledFrom([]string{"\n", " ", "{}", "x"}).Draw(t, "end")...)
		case 4: // two lines change places
			lines := bytes.SplitAfter(data, []byte("\n"))
			i, j := rapid.IntRange(0, len(lines)-1).Draw(t, "i"), rapid.IntRange(0, len(lines)-1).Draw(t, "j")
			lines[i], lines[j] = lines[j], lines[i]
			data = bytes.Join(lines, nil)
		case 5: // a line goes
			lines := bytes.SplitAfter(data, []byte("\n"))
			i := rapid.IntRange(0, len(lines)-1).Draw(t, "i")
			data = bytes.Join(slices.Delete(lines, i, i+1), nil)
		case 6: // a line stands twice
			lines := bytes.SplitAfter(data, []byte("\n"))
			i := rapid.IntRange(0, len(lines)-1).Draw(t, "i")
			data = bytes.Join(slices.Insert(lines, i, lines[i]), nil)
		case 7: // the lock has one more, or another
			name := rapid.SampledFrom([]string{"A", "B", "a \"b\"", "é"}).Draw(t, "name")
			l.Keys[AccountID(name)] = publicKey(nkeys.PrefixByteAccount, "new")
		case 8: // tokens say something else
			for _, id := range slices.Sorted(maps.Keys(l.Tokens)) {
				if token := l.Tokens[id]; rapid.Bool().Draw(t, "changes") {
					token.IssuedAt, token.Expires = token.IssuedAt*10, rapid.Int64Range(0, 1).Draw(t, "exp")
					l.Tokens[id] = token
				}
			}
		}
		want := bytes.Equal(data, l.Encode())
		if got := l.Canonical(data); got != want {
			t.Fatalf("%v, want %v:\n%s\nof\n%s", got, want, data, l.Encode())
		}
		if again := l.EncodeAgain(data); !bytes.Equal(again, l.Encode()) {
			t.Fatalf("encoded again as\n%s\nwant\n%s", again, l.Encode())
		}
	})
}

func BenchmarkEncodeAgain(b *testing.B) {
	for _, change := range []bool{false, true} {
		b.Run(fmt.Sprint("changed ", change), func(b *testing.B) {
			l := largeLock()
			data := l.Encode()
			if id := AccountID("tenant-05000"); change {
				token := l.Tokens[id]
				token.IssuedAt++
				l.Tokens[id] = token
			}
			for b.Loop() {
				l.EncodeAgain(data)
			}
		})
	}
}

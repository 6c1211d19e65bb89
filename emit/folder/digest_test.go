package folder

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// TestDigestPieces: in whatever pieces, it is the digest of the whole, also where
// each piece is overwritten at once.
func TestDigestPieces(t *testing.T) {
	fails := errors.New("fails")
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "data")
		want := rapid.SampledFrom([]error{nil, fails}).Draw(t, "error")
		room := make([]byte, len(data))
		got, err := DigestPieces(func(add func([]byte)) error {
			for rest := data; len(rest) > 0; {
				n := rapid.IntRange(0, len(rest)).Draw(t, "length")
				piece := room[:copy(room, rest[:n])]
				add(piece)
				clear(piece)
				rest = rest[n:]
			}
			return want
		})
		if got != Digest(data) || !errors.Is(err, want) {
			t.Errorf("%s, %v; want %s, %v", got, err, Digest(data), want)
		}
	})
}

// TestBeside: all is worked on in order until work fails; who adds is not kept
// waiting then, and its own error comes first.
func TestBeside(t *testing.T) {
	fails, mine := errors.New("work fails"), errors.New("by fails")
	for _, end := range []error{nil, mine} {
		for failing := range 100 {
			var got []byte
			calls := 0
			err := beside(func(piece []byte) error {
				if calls++; calls == failing+1 {
					return fails
				}
				got = append(got, piece...)
				return nil
			}, func(add func([]byte)) error {
				for i := range 50 {
					add([]byte{byte(i)})
				}
				return end
			})
			want := end
			if end == nil && failing < 50 {
				want = fails
			}
			if n := min(failing, 50); err != want || len(got) != n || n > 0 && got[n-1] != byte(n-1) {
				t.Errorf("work that fails at %d: %v, %v; want %v", failing, got, err, want)
			}
		}
	}
}

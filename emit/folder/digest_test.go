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

package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// Digest returns data's SHA-256 as manifest.json holds it: 64 hex digits.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// DigestPieces is Digest of a large file that by hands over in pieces, each good
// until add returns. It is worked out beside by. An error is by's.
func DigestPieces(by func(add func(piece []byte)) error) (string, error) {
	const ahead = 4 // how many pieces by may be
	full, free := make(chan []byte, ahead), make(chan []byte, ahead)
	for range ahead {
		free <- nil
	}
	sum := sha256.New()
	var beside sync.WaitGroup
	beside.Go(func() {
		for piece := range full {
			sum.Write(piece)
			free <- piece
		}
	})
	err := func() error {
		defer beside.Wait()
		defer close(full)
		return by(func(piece []byte) { full <- append((<-free)[:0], piece...) })
	}()
	return hex.EncodeToString(sum.Sum(nil)), err
}

package folder

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash"
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
	sum := sha256.New()
	err := beside(func(piece []byte) error {
		sum.Write(piece)
		return nil
	}, by)
	return digestOf(sum), err
}

func digestOf(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// beside calls work for what by adds, in its order, on another processor, and ends
// after both. A piece is good until add returns. Nothing is worked on after an
// error of work; by's own comes first.
func beside(work func(piece []byte) error, by func(add func(piece []byte)) error) error {
	const ahead = 4 // how many pieces by may be
	full, free := make(chan []byte, ahead), make(chan []byte, ahead)
	for range ahead {
		free <- nil
	}
	var failed error
	var other sync.WaitGroup
	other.Go(func() {
		for piece := range full {
			if failed == nil {
				failed = work(piece)
			}
			free <- piece
		}
	})
	err := func() error {
		defer other.Wait()
		defer close(full)
		return by(func(piece []byte) { full <- append((<-free)[:0], piece...) })
	}()
	return cmp.Or(err, failed)
}

package folder

import (
	"crypto/sha256"
	"encoding/hex"
)

// stream makes and stages a file piece by piece, where what is there is known, or
// nothing is.
func (c *commit) stream(i int, b *bench) (found, error) {
	file := &c.files[i]
	name := c.out.shown(file.Path)
	sum, size := sha256.New(), 0
	print, err := b.writeBy(i, func(write func([]byte) error) (err error) {
		b.room, err = file.Pieces(b.room[:0], func(piece []byte) error {
			size += len(piece)
			if err := readable(name, size); err != nil {
				return err
			}
			sum.Write(piece)
			return write(piece)
		})
		return err
	})
	if err != nil {
		return found{}, err
	}
	f := found{digest: hex.EncodeToString(sum.Sum(nil)), print: print}
	if f.digest == c.was[i].Digest {
		f.state = same // what was staged goes with the stage
	}
	return f, nil
}

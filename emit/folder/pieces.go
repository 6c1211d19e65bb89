package folder

import "crypto/sha256"

// stream makes and stages a file piece by piece, where what is there is known, or
// nothing is.
func (c *commit) stream(i int, w *writer) (found, error) {
	file := &c.files[i]
	name, size := c.out.shown(file.Path), 0
	sum := sha256.New()
	print, err := w.writeBy(i, func(write func([]byte) error) error {
		work := func(piece []byte) error {
			sum.Write(piece)
			return write(piece)
		}
		return beside(work, func(add func([]byte)) (err error) {
			w.room, err = file.Pieces(w.room[:0], func(piece []byte) error {
				size += len(piece)
				add(piece)
				return readable(name, size)
			})
			return err
		})
	})
	if err != nil {
		return found{}, err
	}
	f := found{digest: digestOf(sum), print: print}
	if f.digest == c.was[i].Digest {
		f.state = same // what was staged goes with the stage
	}
	return f, nil
}

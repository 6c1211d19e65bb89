package folder

// stream makes and stages a file piece by piece, where what is there is known, or
// nothing is.
func (c *commit) stream(i int, b *bench) (f found, err error) {
	file := &c.files[i]
	name, size := c.out.shown(file.Path), 0
	f.digest, err = DigestPieces(func(add func([]byte)) (err error) {
		f.print, err = b.writeBy(i, func(write func([]byte) error) (err error) {
			b.room, err = file.Pieces(b.room[:0], func(piece []byte) error {
				size += len(piece)
				if err := readable(name, size); err != nil {
					return err
				}
				add(piece)
				return write(piece)
			})
			return err
		})
		return err
	})
	if err != nil {
		return found{}, err
	}
	if f.digest == c.was[i].Digest {
		f.state = same // what was staged goes with the stage
	}
	return f, nil
}

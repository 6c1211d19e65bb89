package emit

// taker takes a large file piece by piece, as it is made: a piece is good until it
// returns. nil leaves the file whole.
type taker func(piece []byte) error

// pieceSize is from how many bytes on a piece is taken: few enough to stay in a
// processor's cache while they are made, searched, digested and written.
const pieceSize = 1 << 15

// pass passes on what there is, if that is enough. Making goes on behind what it
// returns.
func (t taker) pass(out []byte) ([]byte, error) {
	if t == nil || len(out) < pieceSize {
		return out, nil
	}
	return out[:0], t(out)
}

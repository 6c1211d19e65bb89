package keys

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// TestScanPieces cuts what holds a seed at each place, and into pieces of each
// size: it is found as in one piece. What holds none stays so.
func TestScanPieces(t *testing.T) {
	key := Generate(Account)
	r := holding(t, key)
	raw := (*key.secret())[:32]
	for name, spelled := range map[string]string{
		"text": seedOf(t, key), "raw": string(raw), "hex": hex.EncodeToString(raw), "base64": base64.StdEncoding.EncodeToString(raw),
	} {
		data := []byte(strings.Repeat("<", 70) + spelled + strings.Repeat(">", 70))
		scan := func(pieces [][]byte) error {
			find := r.ScanPieces()
			for _, piece := range pieces {
				if err := find(slices.Clone(piece)); err != nil {
					return err
				}
			}
			return nil
		}
		var cuts [][][]byte
		for at := range data {
			cuts = append(cuts, [][]byte{data[:at], data[at:]})
		}
		for size := 1; size < len(data); size++ {
			cuts = append(cuts, slices.Collect(slices.Chunk(data, size)))
		}
		for i, pieces := range cuts {
			if err := scan(pieces); err == nil || !strings.Contains(err.Error(), key.public) {
				t.Fatalf("%s, cut in way %d: %v", name, i, err)
			}
			spoilt := slices.Clone(pieces)
			for j, n := 0, 0; j < len(spoilt); j++ {
				spoilt[j] = slices.Clone(spoilt[j])
				for k := range spoilt[j] {
					if n++; n == 70+16 {
						spoilt[j][k] ^= 1
					}
				}
			}
			if err := scan(spoilt); err != nil {
				t.Fatalf("%s, spoilt and cut in way %d: %v", name, i, err)
			}
		}
	}
}

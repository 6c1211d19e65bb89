package keys

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"

	"jsc/schema/parallel"
)

// spellings are the forms in which a seed might slip into an output. Each
// encoding writes groups of bytes as characters of some bits, so that a seed
// within other bytes is spelled differently for every offset in a group.
var spellings = []struct {
	group, bits int
	encode      func(to, b []byte) []byte // appends
	text        bool                      // also of the seed's text form, whose base32 is no likely mistake
}{
	{1, 8, func(to, b []byte) []byte { return append(to, b...) }, false},
	{1, 4, hex.AppendEncode, false},
	{1, 4, appendUpperHex, false},
	{5, 5, base32.StdEncoding.AppendEncode, false}, // the text form itself is one of these
	{3, 6, base64.StdEncoding.AppendEncode, true},  // of ASCII, the same in both alphabets
	{3, 6, base64.RawURLEncoding.AppendEncode, false},
}

func appendUpperHex(to, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range b {
		to = append(to, digits[c>>4], digits[c&15])
	}
	return to
}

// needle is the start of one spelling of a seed. 32 characters are enough: of
// base32, 160 bits.
type needle [32]byte

// appendNeedles appends all spellings of a key's seed, always in the same order.
func appendNeedles(all []needle, k *Key) ([]needle, error) {
	text, err := k.seed()
	if err != nil {
		return nil, err
	}
	defer clear(text)
	var padded, encoded [256]byte
	defer clear(padded[:])
	defer clear(encoded[:])
	for _, row := range spellings {
		secrets := [][]byte{(*k.secret())[:32], text}
		if !row.text {
			secrets = secrets[:1]
		}
		for _, secret := range secrets {
			for before := range row.group {
				clear(padded[:before])
				end := before + copy(padded[before:], secret)
				for ; end%row.group != 0; end++ {
					padded[end] = 0
				}
				// The first character that the secret alone decides.
				first := (before*8 + row.bits - 1) / row.bits
				all = append(all, needle(row.encode(encoded[:0], padded[:end])[first:]))
			}
		}
	}
	return all, nil
}

// block is how many bytes of data are looked at at once, every step bytes.
// Wherever a needle lies, one of its blocks lies at a multiple of a step.
const (
	block = 8
	step  = len(needle{}) - block
)

// hash is of a block, with all its bits.
func hash(b []byte) uint64 {
	const odd = 0x9E3779B97F4A7C15
	h := binary.LittleEndian.Uint64(b) * odd
	return (h ^ h>>29) * odd
}

// hoard is every seed that a Ring has read or stored, for finding them in
// outputs and for overwriting them in the end.
type hoard struct {
	mu   sync.RWMutex
	keys []*Key
	// Of the first indexed keys: a set of the hashes of all blocks of all their
	// spellings, which nearly every block of an output misses, and the spellings.
	indexed int
	each    int // how many spellings a key has
	filter  filter
	starts  starts
}

func (h *hoard) add(keys ...*Key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keys = append(h.keys, keys...)
}

// wipe overwrites all seeds.
func (h *hoard) wipe() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, k := range h.keys {
		k.wipe()
	}
	h.keys, h.indexed, h.filter, h.starts = nil, 0, nil, nil
}

// build brings the index up to the keys; the caller holds the lock.
func (h *hoard) build() error {
	if h.complete() { // by another goroutine
		return nil
	}
	if len(h.keys) == 0 {
		h.filter, h.starts = make(filter, 2), make(starts, 2)
		return nil
	}
	spelled, err := appendNeedles(nil, h.keys[0])
	if err != nil {
		return fmt.Errorf("scan for the seed of %s: %w", h.keys[0].public, err)
	}
	h.each = len(spelled)
	n := len(h.keys) * h.each
	// With 32 bits for each of their blocks, less than one in 100 others passes.
	h.filter = make(filter, powerOfTwo(n*step*32/64))
	h.starts = make(starts, powerOfTwo(2*n))
	room := func() *[]needle { return new([]needle) }
	err = parallel.TryWith(len(h.keys), room, func(room *[]needle, i int) (err error) {
		defer func() { clear(*room) }()
		if *room, err = appendNeedles((*room)[:0], h.keys[i]); err != nil {
			return fmt.Errorf("scan for the seed of %s: %w", h.keys[i].public, err)
		}
		for at := range *room {
			n := &(*room)[at]
			h.starts.add(hash(n[:]), i*h.each+at)
			for at := range step {
				h.filter.add(hash(n[at : at+block]))
			}
		}
		return nil
	})
	if err == nil {
		h.indexed = len(h.keys)
	}
	return err
}

// complete reports that all keys are indexed.
func (h *hoard) complete() bool { return h.indexed == len(h.keys) && h.filter != nil }

// powerOfTwo is the least that is not less than n, and 2 at least.
func powerOfTwo(n int) int { return 1 << max(1, bits.Len(uint(n-1))) }

// filter is a set of hashes that has some more than those that were added. It
// has a power of two of words.
type filter []uint64

// shift is how much of a hash does not tell the word that its bits are in.
func (f filter) shift() int { return bits.LeadingZeros64(uint64(len(f) - 1)) }

// mask is two bits of a word of a filter.
func mask(sum uint64) uint64 { return 1<<(sum&63) | 1<<(sum>>6&63) }

// add may be called from several goroutines.
func (f filter) add(sum uint64) {
	atomic.OrUint64(&f[sum>>f.shift()], mask(sum))
}

// starts is a hash table with open addressing, from the first block of a spelling
// to its number. The upper 32 bits of a slot are the lower ones of the hash, the
// lower 32 the number plus 1; 0 is an empty slot. There is a power of two of
// slots, of which at least half are empty.
type starts []uint64

// slot is the first for a hash, and what it has for a number.
func (s starts) slot(sum uint64, number int) (i int, entry uint64) {
	return int(sum >> bits.LeadingZeros64(uint64(len(s)-1))), sum<<32 | uint64(number+1)
}

// add may be called from several goroutines.
func (s starts) add(sum uint64, number int) {
	i, entry := s.slot(sum, number)
	for !atomic.CompareAndSwapUint64(&s[i], 0, entry) {
		i = (i + 1) % len(s)
	}
}

// Scan looks for the seeds that the Ring has read or stored so far: raw, in
// hexadecimal, base32 (nkeys' text form is that) and base64, at any offset. The
// error names the public key of the first one found. It is made for scanning
// every byte of an output before it is written, and is safe for concurrent use.
func (r *Ring) Scan(data []byte) error {
	h := r.o.hoard
	h.mu.RLock()
	for !h.complete() {
		h.mu.RUnlock()
		h.mu.Lock()
		err := h.build()
		h.mu.Unlock()
		if err != nil {
			return err
		}
		h.mu.RLock()
	}
	defer h.mu.RUnlock()
	if public := h.scan(data); public != "" {
		return fmt.Errorf("the output would hold the seed of %s", public)
	}
	return nil
}

// ScanPieces returns a Scan for one file that comes in pieces, in their order: a
// seed may begin in one and end in another.
func (r *Ring) ScanPieces() func(piece []byte) error {
	const reach = len(needle{}) - 1 // how far a needle that ends in a piece may lie before it
	var seam []byte                 // the end of what came before
	return func(piece []byte) error {
		seam = append(seam, piece[:min(len(piece), reach)]...)
		if err := r.Scan(seam); err != nil {
			return err
		}
		if len(piece) > reach {
			seam = append(seam[:0], piece[len(piece)-reach:]...)
		}
		seam = seam[max(0, len(seam)-reach):]
		return r.Scan(piece)
	}
}

// scan returns the public key of a seed in data, or "".
func (h *hoard) scan(data []byte) (public string) {
	filter, shift := h.filter, h.filter.shift()
	for at := 0; at+block <= len(data); at += step {
		sum := hash(data[at : at+block])
		if m := mask(sum); filter[sum>>shift]&m != m {
			continue
		}
		for from := max(0, at-step+1); from <= at && from+len(needle{}) <= len(data); from++ {
			if public := h.find(needle(data[from : from+len(needle{})])); public != "" {
				return public
			}
		}
	}
	return ""
}

// find returns the public key of the seed that n is a spelling of, or "".
func (h *hoard) find(n needle) (public string) {
	sum := hash(n[:])
	i, entry := h.starts.slot(sum, 0)
	for ; h.starts[i] != 0; i = (i + 1) % len(h.starts) {
		if found := h.starts[i]; found>>32 == entry>>32 {
			number := int(uint32(found)) - 1
			k := h.keys[number/h.each]
			if spelled, err := appendNeedles(nil, k); err == nil && spelled[number%h.each] == n {
				return k.public
			}
		}
	}
	return ""
}

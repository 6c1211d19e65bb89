package keys

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strings"
	"sync"
)

// spellings are the forms in which a seed might slip into an output. Each
// encoding writes groups of bytes as characters of some bits, so that a seed
// within other bytes is spelled differently for every offset in a group.
var spellings = []struct {
	group, bits int
	encode      func([]byte) string
	text        bool // also of the seed's text form, whose base32 is no likely mistake
}{
	{1, 8, func(b []byte) string { return string(b) }, false},
	{1, 4, hex.EncodeToString, false},
	{1, 4, func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }, false},
	{5, 5, base32.StdEncoding.EncodeToString, false}, // the text form itself is one of these
	{3, 6, base64.StdEncoding.EncodeToString, true},  // of ASCII, the same in both alphabets
	{3, 6, base64.RawURLEncoding.EncodeToString, false},
}

// needle is the start of one spelling of a seed. 32 characters are enough: of
// base32, 160 bits.
type needle [32]byte

// needles are all spellings of a key's seed.
func needles(k *Key) ([]needle, error) {
	text, err := k.seed()
	if err != nil {
		return nil, err
	}
	defer clear(text)
	var all []needle
	add := func(secret []byte, group, bits int, encode func([]byte) string) {
		for before := range group {
			padded := make([]byte, before, before+len(secret)+group)
			padded = append(padded, secret...)
			for len(padded)%group != 0 {
				padded = append(padded, 0)
			}
			// The first character that the secret alone decides.
			first := (before*8 + bits - 1) / bits
			all = append(all, needle([]byte(encode(padded)[first:])))
			clear(padded)
		}
	}
	for _, row := range spellings {
		add((*k.secret())[:32], row.group, row.bits, row.encode)
		if row.text {
			add(text, row.group, row.bits, row.encode)
		}
	}
	return all, nil
}

// block is how many bytes of data are looked at at once. Wherever a needle lies,
// one of its blocks lies at a multiple of a block in the data.
const block = len(needle{}) / 2

// hash is of a block, with all its bits.
func hash(b []byte) uint64 {
	const odd, other = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
	h := binary.LittleEndian.Uint64(b)*odd ^ bits.RotateLeft64(binary.LittleEndian.Uint64(b[8:])*other, 32)
	return (h ^ h>>29) * odd
}

// hoard is every seed that a Ring has read or stored, for finding them in
// outputs and for overwriting them in the end.
type hoard struct {
	mu   sync.RWMutex
	keys []*Key
	// Of the first indexed keys: whose each spelling is, and a set of the
	// hashes of all their blocks, which nearly every block of an output misses.
	indexed int
	index   map[needle]string
	filter  []uint64
	shift   int
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
	clear(h.index)
	h.keys, h.index, h.filter, h.indexed = nil, nil, nil, 0
}

// build brings the index up to the keys; the caller holds the lock.
func (h *hoard) build() error {
	if h.index == nil {
		h.index = map[needle]string{}
	}
	for ; h.indexed < len(h.keys); h.indexed++ {
		k := h.keys[h.indexed]
		all, err := needles(k)
		if err != nil {
			return fmt.Errorf("scan for the seed of %s: %w", k.public, err)
		}
		for _, n := range all {
			h.index[n] = k.public
		}
	}
	// With 32 bits for each of their blocks, less than one in 100 others passes.
	width := 16
	for 1<<width < 32*block*len(h.index) {
		width++
	}
	h.shift = 64 - (width - 6)
	h.filter = make([]uint64, 1<<(width-6))
	for n := range h.index {
		for at := range block {
			sum := hash(n[at : at+block])
			h.filter[sum>>h.shift] |= mask(sum)
		}
	}
	return nil
}

// mask is two bits of a word of the filter.
func mask(sum uint64) uint64 { return 1<<(sum&63) | 1<<(sum>>6&63) }

// Scan looks for the seeds that the Ring has read or stored so far: raw, in
// hexadecimal, base32 (nkeys' text form is that) and base64, at any offset. The
// error names the public key of the first one found. It is made for scanning
// every byte of an output before it is written, and is safe for concurrent use.
func (r *Ring) Scan(data []byte) error {
	h := r.o.hoard
	h.mu.RLock()
	for h.indexed < len(h.keys) || h.filter == nil {
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

// scan returns the public key of the first seed in data, or "".
func (h *hoard) scan(data []byte) (public string) {
	filter, shift := h.filter, h.shift
	for at := 0; at+block <= len(data); at += block {
		sum := hash(data[at : at+block])
		if m := mask(sum); filter[sum>>shift]&m != m {
			continue
		}
		for from := max(0, at-block+1); from <= at && from+len(needle{}) <= len(data); from++ {
			if public := h.index[needle(data[from:from+len(needle{})])]; public != "" {
				return public
			}
		}
	}
	return ""
}

package keys

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
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

// multiplier is odd and large, so that a window's hash has all its bits.
const multiplier = 0x9E3779B97F4A7C15

// leaving is multiplier to the power of a needle's length: what the byte that
// leaves the window was multiplied with.
var leaving = func() uint64 {
	power := uint64(1)
	for range len(needle{}) {
		power *= multiplier
	}
	return power
}()

// hash is the polynomial that scan rolls along.
func hash(window []byte) uint64 {
	var h uint64
	for _, c := range window {
		h = h*multiplier + uint64(c)
	}
	return h
}

// hoard is every seed that a Ring has read or stored, for finding them in
// outputs and for overwriting them in the end.
type hoard struct {
	mu   sync.RWMutex
	keys []*Key
	// Of the first indexed keys: the spellings by hash, and a set of the
	// hashes' upper bits, which nearly every window misses.
	indexed int
	index   map[uint64][]spelling
	filter  []uint64
	shift   int
}

type spelling struct {
	needle needle
	public string
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
		k.Wipe()
	}
	for _, spellings := range h.index {
		clear(spellings)
	}
	h.keys, h.index, h.filter, h.indexed = nil, nil, nil, 0
}

// build brings the index up to the keys; the caller holds the lock.
func (h *hoard) build() error {
	if h.index == nil {
		h.index = map[uint64][]spelling{}
	}
	for ; h.indexed < len(h.keys); h.indexed++ {
		k := h.keys[h.indexed]
		all, err := needles(k)
		if err != nil {
			return fmt.Errorf("scan for the seed of %s: %w", k.public, err)
		}
		for _, n := range all {
			sum := hash(n[:])
			h.index[sum] = append(h.index[sum], spelling{n, k.public})
		}
	}
	// 64 bits or more for each hash let through one window of 64 or fewer.
	width := 16
	for 1<<width < 64*len(h.index) {
		width++
	}
	h.shift = 64 - width
	h.filter = make([]uint64, 1<<(width-6))
	for sum := range h.index {
		bit := sum >> h.shift
		h.filter[bit>>6] |= 1 << (bit & 63)
	}
	return nil
}

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
	const window = len(needle{})
	if len(data) < window {
		return ""
	}
	filter, shift := h.filter, h.shift
	sum := hash(data[:window])
	for end := window; ; end++ {
		if bit := sum >> shift; filter[bit>>6]&(1<<(bit&63)) != 0 {
			for _, s := range h.index[sum] {
				if s.needle == needle(data[end-window:end]) {
					return s.public
				}
			}
		}
		if end == len(data) {
			return ""
		}
		sum = sum*multiplier + uint64(data[end]) - leaving*uint64(data[end-window])
	}
}

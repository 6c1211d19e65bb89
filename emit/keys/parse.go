package keys

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/nats-io/nkeys"
)

var errNotSigning = errors.New("a seed of a kind of key that signs no JWT")

// parseSeeds reads seeds separated by white space, with "#" comments up to the
// end of the line: the one grammar of env:, file: and age: sources and of *.nk
// files. Its errors name the line and never show the text.
func parseSeeds(data []byte) ([]*Key, error) {
	var found []*Key
	n := 0
	for line := range bytes.Lines(data) {
		n++
		line, _, _ = bytes.Cut(line, []byte("#"))
		for _, field := range bytes.Fields(line) {
			key, err := parseSeed(field)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			found = append(found, key)
		}
	}
	return found, nil
}

// parseSeed makes a key from its seed's text form. It does not keep or change
// text, and its errors do not show it. A curve, server or cluster seed, and
// anything else, is an error.
func parseSeed(text []byte) (*Key, error) {
	if nkeys.IsValidPublicKey(string(text)) {
		return nil, errors.New("a public key where a seed is due")
	}
	prefix, raw, err := nkeys.DecodeSeed(text)
	if err != nil {
		return nil, fmt.Errorf("not a seed: %w", err)
	}
	defer clear(raw)
	for _, row := range roles {
		if row.prefix == prefix {
			return newKey(row.role, raw), nil
		}
	}
	return nil, errNotSigning
}

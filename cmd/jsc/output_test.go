package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"jsc/emit"
	"jsc/emit/keys"
	"jsc/emit/lock"
)

// TestOutputIsScanned holds that no file with a seed is handed over to be written,
// whether it is made whole or in pieces.
func TestOutputIsScanned(t *testing.T) {
	dir := t.TempDir()
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := account.Seed()
	if err != nil {
		t.Fatal(err)
	}
	public, err := account.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	_, raw, err := nkeys.DecodeSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, public+".nk"), seed, 0o600); err != nil {
		t.Fatal(err)
	}
	ring, err := keys.Open(t.Context(), keys.Options{Sources: []string{"dir:" + dir}})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	if _, err := ring.Signer(lock.AccountID("A"), public); err != nil {
		t.Fatal(err)
	}
	// A manifest has digests of files as they are told.
	layout := &emit.Layout{Artifacts: []emit.Artifact{{Path: "operator.jwt"}}}
	for digest, held := range map[string]bool{hex.EncodeToString(raw): true, strings.Repeat("0", 64): false} {
		o := &output{layout: layout, recipes: []string{""}, digests: []string{digest}}
		files := o.files(ring)
		manifest := files[len(files)-1]
		if files[0].Path == emit.ManifestPath {
			manifest = files[0]
		}
		var taken []byte
		_, whole := manifest.Make(nil)
		_, pieces := manifest.Pieces(nil, func(piece []byte) error {
			taken = append(taken, piece...)
			return nil
		})
		for how, err := range map[string]error{"whole": whole, "in pieces": pieces} {
			if told := err != nil && strings.Contains(err.Error(), "write manifest.json: the output would hold the seed of "+public); told != held || !held && err != nil {
				t.Errorf("made %s with %s: %v", how, digest, err)
			}
		}
		if bytes.Contains(taken, []byte(digest)) == held {
			t.Errorf("with %s there was handed over %q", digest, taken)
		}
	}
}

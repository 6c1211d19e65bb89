package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"encoding/json"

	"jsc/compiler/bundle"
)

// tree is an output folder that jsc wrote, read back.
type tree struct {
	root   string
	dirs   []string
	files  []file
	tokens []string
}

type file struct {
	path string
	data []byte
}

// readTree reads an output folder, and finds every token in it once.
func readTree(root string) (*tree, error) {
	t := &tree{root: root}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			t.dirs = append(t.dirs, relative)
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t.files = append(t.files, file{relative, data})
		switch top, _, _ := strings.Cut(filepath.ToSlash(relative), "/"); {
		case top == "activations" && filepath.Ext(path) == ".json":
			return t.addBundle(data)
		case top != "activations" && filepath.Ext(path) == ".jwt":
			t.tokens = append(t.tokens, strings.TrimSpace(string(data)))
		}
		return nil
	})
	return t, err
}

func (t *tree) addBundle(data []byte) error {
	var b bundle.Bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return err
	}
	for _, from := range b.Bundles {
		for _, s := range from.Shares {
			for _, g := range s.Grants {
				t.tokens = append(t.tokens, g.Token)
			}
		}
	}
	return nil
}

// bytes is how many the files have.
func (t *tree) bytes() (n int) {
	for _, f := range t.files {
		n += len(f.data)
	}
	return n
}

// encode is the time that the jwt library takes to encode and sign the claims
// of every token, on all cores.
func (t *tree) encode() (time.Duration, error) {
	claims := make([]jwt.Claims, len(t.tokens))
	pairs := make([]nkeys.KeyPair, len(t.tokens))
	byIssuer := map[string]nkeys.KeyPair{}
	for i, token := range t.tokens {
		c, err := jwt.Decode(token)
		if err != nil {
			return 0, err
		}
		issuer := c.Claims().Issuer
		if byIssuer[issuer] == nil {
			if byIssuer[issuer], err = nkeys.CreatePair(nkeys.Prefix(issuer)); err != nil {
				return 0, err
			}
		}
		claims[i], pairs[i] = c, byIssuer[issuer]
	}
	runtime.GC()
	return timed(len(claims), func(i int) error {
		_, err := claims[i].Encode(pairs[i])
		return err
	})
}

// verify is the time that verifying every token's signature takes, on all cores.
func (t *tree) verify() (time.Duration, error) {
	type signed struct {
		key   nkeys.KeyPair
		input []byte
		sig   []byte
	}
	list := make([]signed, len(t.tokens))
	for i, token := range t.tokens {
		c, err := jwt.Decode(token)
		if err != nil {
			return 0, err
		}
		key, err := nkeys.FromPublicKey(c.Claims().Issuer)
		if err != nil {
			return 0, err
		}
		at := strings.LastIndexByte(token, '.')
		sig, err := base64Raw.DecodeString(token[at+1:])
		if err != nil {
			return 0, err
		}
		list[i] = signed{key, []byte(token[:at]), sig}
	}
	runtime.GC()
	return timed(len(list), func(i int) error { return list[i].key.Verify(list[i].input, list[i].sig) })
}

// write is the time that writing the same files takes, on all cores.
func (t *tree) write(to string) (time.Duration, error) {
	begin := time.Now()
	for _, dir := range t.dirs {
		if err := os.MkdirAll(filepath.Join(to, dir), 0o755); err != nil {
			return 0, err
		}
	}
	made := time.Since(begin)
	took, err := timed(len(t.files), func(i int) error {
		return os.WriteFile(filepath.Join(to, t.files[i].path), t.files[i].data, 0o644)
	})
	return made + took, errors.Join(err, os.RemoveAll(to))
}

// read is the time that reading every file takes, on all cores.
func (t *tree) read() (time.Duration, error) {
	return timed(len(t.files), func(i int) error {
		data, err := os.ReadFile(filepath.Join(t.root, t.files[i].path))
		if err == nil && len(data) != len(t.files[i].data) {
			err = fmt.Errorf("%s has changed", t.files[i].path)
		}
		return err
	})
}

// timed is the time that all of n pieces of work take on all cores.
func timed(n int, work func(int) error) (time.Duration, error) {
	var (
		next atomic.Int64
		wg   sync.WaitGroup
		errs = make([]error, runtime.GOMAXPROCS(0))
	)
	begin := time.Now()
	for worker := range errs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && errs[worker] == nil; i = int(next.Add(1)) - 1 {
				errs[worker] = work(i)
			}
		})
	}
	wg.Wait()
	return time.Since(begin), errors.Join(errs...)
}

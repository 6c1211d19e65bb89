package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nkeys"
)

// answerOf is a signer's answer.
func answerOf(pair nkeys.KeyPair, data []byte) string {
	signature, err := pair.Sign(data)
	if err != nil {
		return ""
	}
	return `{"signature": "` + base64.StdEncoding.EncodeToString(signature) + `"}`
}

// asked is how many signatures a signer's process was asked for.
var asked int

// misbehaving are what the signer that signerMain is answers to the seed and the
// data that it is asked to sign.
var misbehaving = map[string]func(seed string, pair nkeys.KeyPair, data []byte) string{
	"good":  func(_ string, pair nkeys.KeyPair, data []byte) string { return answerOf(pair, data) },
	"error": func(seed string, _ nkeys.KeyPair, _ []byte) string { return `{"error": "cannot use ` + seed + `"}` },
	"cut": func(seed string, _ nkeys.KeyPair, _ []byte) string {
		return `{"error": "cannot use ` + seed[:57] + `"}`
	},
	"line":    func(seed string, _ nkeys.KeyPair, _ []byte) string { return seed },
	"answer":  func(seed string, _ nkeys.KeyPair, _ []byte) string { return `{"signature": "` + seed + `"}` },
	"address": func(seed string, _ nkeys.KeyPair, _ []byte) string { return `{"` + seed + `": 1}` },
	"dies":    func(string, nkeys.KeyPair, []byte) string { return "" },
	"foreign": func(_ string, _ nkeys.KeyPair, data []byte) string {
		other, err := nkeys.CreateAccount()
		if err != nil {
			return ""
		}
		return answerOf(other, data)
	},
	"wrong": func(_ string, pair nkeys.KeyPair, data []byte) string { return answerOf(pair, append(data, ' ')) },
	"tires": func(_ string, pair nkeys.KeyPair, data []byte) string {
		if asked++; asked == 4 {
			return ""
		}
		return answerOf(pair, data)
	},
	"counts": func(_ string, pair nkeys.KeyPair, data []byte) string {
		asked++
		fmt.Fprintln(os.Stderr, "signature", asked)
		return answerOf(pair, data)
	},
	"talks": func(seed string, _ nkeys.KeyPair, _ []byte) string {
		fmt.Fprintln(os.Stderr, "signing with", seed)
		return `{"error": "no"}`
	},
}

// signerMain is a process of its own that keeps the seeds of a file: signer
// BEHAVIOR FILE.
func signerMain() {
	data, err := os.ReadFile(os.Args[2])
	if err != nil {
		os.Exit(1)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var request struct {
			PublicKey string `json:"public_key"`
			Data      []byte `json:"data"`
		}
		if err := json.Unmarshal(in.Bytes(), &request); err != nil {
			os.Exit(1)
		}
		answer := `{"error": "no such key"}`
		for _, seed := range strings.Fields(string(data)) {
			pair, err := nkeys.FromSeed([]byte(seed))
			if err != nil {
				continue
			}
			if public, _ := pair.PublicKey(); public == request.PublicKey {
				answer = misbehaving[os.Args[1]](seed, pair, request.Data)
			}
		}
		if answer == "" {
			os.Exit(3)
		}
		fmt.Println(answer)
	}
}

// TestExternalSigner builds examples/order-events with seeds that are another
// process's: nothing of jsc's own could read them. The output is the same, byte
// for byte, as with the seeds at hand.
func TestExternalSigner(t *testing.T) {
	w := newWorld(t)
	example, err := os.ReadFile(filepath.Join(home, "../../examples/order-events/topology.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	w.write("tree/topology.hcl", string(example))
	w.run(0, "build", "topology.hcl", "--generate-keys")
	all := w.seeds("tree/.jsc/keys")
	w.write("kept/seeds", strings.Join(all, "\n"))
	for _, gone := range []string{"tree/.jsc", "tree/generated"} {
		if err := os.Rename(filepath.Join(w.dir, gone), filepath.Join(w.dir, "kept", filepath.Base(gone))); err != nil {
			t.Fatal(err)
		}
	}
	w.sources = []string{"kept"}
	w.know(all...)

	began := time.Now()
	w.run(0, "build", "topology.hcl", "--keys", "exec:signer counts ../kept/seeds")
	took := time.Since(began)
	asked := strings.Count(w.err.String(), "signature ")
	if asked < 6 {
		t.Errorf("the signer was asked %d times:\n%s", asked, &w.err)
	}
	t.Logf("examples/order-events, signed by another process: %d signatures, %v in all", asked, took.Round(time.Millisecond))
	names := 0
	if err := filepath.WalkDir(filepath.Join(w.dir, "kept/generated"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		names++
		name, err := filepath.Rel(w.dir, path)
		if err != nil {
			return err
		}
		if w.read(name) != w.read(strings.Replace(name, "kept", "tree", 1)) {
			t.Errorf("%s differs", name)
		}
		return nil
	}); err != nil || names < 15 {
		t.Errorf("%d files were compared: %v", names, err)
	}

	lock := w.read("tree/topology.lock.json")
	for behavior, want := range map[string]string{
		"error":   "refuses to sign with",
		"line":    "that are no JSON object with a signature or an error",
		"answer":  "answered no signature with",
		"dies":    "ended without an answer (exit status 3)",
		"tires":   "ended without an answer (exit status 3)",
		"foreign": "answered a signature that is not by",
		"wrong":   "answered a signature that is not by",
	} {
		w.run(1, "build", "topology.hcl", "--out", "never", "--keys", "exec:signer "+behavior+" ../kept/seeds")
		if !strings.Contains(w.err.String(), want) {
			t.Errorf("%s: the error is\n%s", behavior, &w.err)
		}
		if _, err := os.Stat("never"); !errors.Is(err, fs.ErrNotExist) || w.read("tree/topology.lock.json") != lock {
			t.Errorf("%s leaves something behind: %v", behavior, err)
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A folder's inode can be guessed where every runner starts from the same disk.
// A journal for it would show check the files that it stages, while others are
// committed: what is judged against a base has none.
func TestCheckOfJournal(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "t.hcl", "operator \"O\" {}\naccount \"A\" {}\n")
	if code := run([]string{"build", "t.hcl", "--generate-keys", "--quiet"}, strings.NewReader(""), io.Discard, os.Stderr); code != exitDone {
		t.Fatalf("build exits %d", code)
	}
	gitIn(t, dir, "init", "-q", "-b", "main")
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-q", "-m", "base")
	token := filepath.Join("generated", "accounts", "A.jwt")
	good, err := os.ReadFile(token)
	if err != nil {
		t.Fatal(err)
	}
	stage := filepath.Join("generated", ".jsc-stage")
	write(t, filepath.Join(stage, "0"), string(good))
	info, err := os.Lstat(stage)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(stage, "journal.json"), fmt.Sprintf(
		`{"format":2,"stage":%d,"lock":{"path":"../t.lock.json","old":"","new":""},"write":[{"path":"accounts/A.jwt","staged":0}],"remove":[]}`,
		info.Sys().(*syscall.Stat_t).Ino))
	write(t, token, "evil")
	for _, args := range [][]string{{"--base", "main"}, {"--base", "main", "--unsigned"}} {
		var stdout, stderr bytes.Buffer
		code := run(append([]string{"check", "t.hcl"}, args...), strings.NewReader(""), &stdout, &stderr)
		if code != exitFailed || !strings.Contains(stderr.String(), "interrupted build") {
			t.Errorf("%q exits %d: %s%s", args, code, &stdout, &stderr)
		}
	}
}

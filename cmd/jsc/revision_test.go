package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A topology shares its repository with much else: of a revision no command reads
// that, not even how large it is. What is lost here cannot be read.
func TestRevisionIsReadInPart(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	topology := func(text string) {
		write(t, "t.hcl", "operator \"O\" {}\naccount \"A\" { description = file(\"texts/"+text+"\") }\n")
	}
	topology("a.txt")
	write(t, "texts/a.txt", "a")
	for _, args := range [][]string{{"build", "t.hcl", "--generate-keys", "--quiet"}, {"lint", "t.hcl", "--write-baseline"}} {
		write(t, ".jsc.hcl", map[string]string{"lint": "baseline = \"baseline.json\"\n"}[args[0]])
		if code := run(args, strings.NewReader(""), io.Discard, os.Stderr); code != exitDone {
			t.Fatalf("%q exits %d", args, code)
		}
	}
	others := []string{"film.bin", "texts/b.txt", "src/main.c", ".hidden/x"}
	for _, name := range others {
		write(t, name, name)
	}
	gitIn(t, dir, "init", "-q")
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-q", "-m", "base")
	topology("b.txt")
	gitIn(t, dir, "commit", "-q", "-a", "-m", "lost")
	topology("a.txt")
	for _, name := range append(others, "src", ".hidden") {
		out, err := exec.Command("git", "rev-parse", "HEAD:"+name).Output()
		if err != nil {
			t.Fatal(err)
		}
		hash := strings.TrimSpace(string(out))
		if err := os.Remove(filepath.Join(".git", "objects", hash[:2], hash[2:])); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"plan", "t.hcl", "--against", "HEAD~1", "--exit-code"}, {"lint", "t.hcl", "--base", "HEAD~1"},
		{"check", "t.hcl", "--base", "HEAD~1"}, {"check", "t.hcl", "--base", "HEAD~1", "--unsigned"},
	} {
		var said bytes.Buffer
		if code := run(args, strings.NewReader(""), &said, &said); code != exitDone {
			t.Errorf("%q exits %d: %s", args, code, &said)
		}
	}
	// The test can fail: a file that is asked for and lost is none that was not there.
	var said bytes.Buffer
	code := run([]string{"plan", "t.hcl", "--against", "HEAD"}, strings.NewReader(""), &said, &said)
	if code != exitFailed || !strings.Contains(said.String(), "git answers") {
		t.Errorf("plan of what is lost exits %d: %s", code, &said)
	}
}

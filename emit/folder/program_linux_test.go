package folder

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAProgramKnowsItself puts another program where a running one was started
// from, as an upgrade does: what the old one left is not the new one's.
func TestAProgramKnowsItself(t *testing.T) {
	data, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "jsc")
	put := func() string {
		t.Helper()
		if err := os.WriteFile(name+".new", data, 0o700); err != nil {
			t.Fatal(err)
		}
		move(t, name+".new", name)
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s %+v\n", name, fingerprintOf(info))
	}
	old := put()
	child := exec.Command(name)
	child.Env = append(os.Environ(), childProgram+"=1")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	child.Stdout = &said
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	upgraded := put()
	fmt.Fprintln(stdin)
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	inode := func(s string) string { return s[strings.Index(s, "Inode:"):] }
	if inode(said.String()) != inode(old) || inode(old) == inode(upgraded) {
		t.Errorf("the running program is %swas started from %sand there is now %s", &said, old, upgraded)
	}
}

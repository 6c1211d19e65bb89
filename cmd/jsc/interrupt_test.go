package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manyAccounts are enough for a build to be interrupted in each of its stages.
const manyAccounts = `
variable "about" { default = "nothing" }

operator "OP" {
  system_account = account.SYS
}

account "SYS" {}

account "many" {
  for_each    = toset([for i in range(150) : "n${i}"])
  description = var.about

  jetstream { disk = "1GiB" }

  stream "S" {
    subjects    = ["s"]
    description = var.about
  }

  user "u" {}
}
`

// TestInterrupt presses ^C at moments all over a build: it says so and leaves
// folder and lock as they were, or it had got through.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "topology.hcl"), []byte(manyAccounts), 0o644); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.Command("jsc", args...)
		cmd.Dir = dir
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		return cmd, &out
	}
	var whole time.Duration // of a build as those that are interrupted
	for _, args := range [][]string{{"build", "--generate-keys"}, {"build", "--var", "about=anything"}} {
		begin := time.Now()
		if cmd, out := command(args...); cmd.Run() != nil {
			t.Fatal(out)
		}
		whole = time.Since(begin)
	}
	before := outcome(t, dir)
	interrupted, early, through := 0, 0, 0
	about := ""
	for i := 0; interrupted < 10 || through == 0; i++ {
		next := fmt.Sprintf("about=build %d", i)
		cmd, out := command("build", "--var", next)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// A signal that comes too late changes nothing.
		delay := whole * time.Duration(i%10) / 10
		if interrupted >= 10 {
			delay = time.Hour // the last one is to get through
		}
		timer := time.AfterFunc(delay, func() { cmd.Process.Signal(os.Interrupt) })
		err := cmd.Wait()
		timer.Stop()
		ended := cmd.ProcessState.Sys().(syscall.WaitStatus)
		after := outcome(t, dir)
		switch {
		case err == nil:
			through++
			before, about = after, next
		case !maps.Equal(before, after):
			t.Fatalf("after %d/10 of a build: %v\n%s\nand what was there has changed", i%10, err, out)
		case cmd.ProcessState.ExitCode() == exitFailed && strings.HasSuffix(out.String(), "jsc: interrupted; nothing is half done\n"):
			interrupted++
		case ended.Signaled() && ended.Signal() == syscall.SIGINT:
			early++ // jsc did not listen yet
		default:
			t.Fatalf("after %d/10 of a build: %v\n%s", i%10, err, out)
		}
		if i == 100 {
			t.Fatalf("of 100 builds %d were interrupted, and %d before they could say so", interrupted, early)
		}
	}
	if check, said := command("check", "--var", about); check.Run() != nil {
		t.Errorf("%s", said)
	}
	t.Logf("%d builds were interrupted, %d before they could say so, %d got through", interrupted, early, through)
}

// outcome is all that a build may change in dir.
func outcome(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, top := range []string{"generated", "jsc.lock.json"} {
		err := filepath.WalkDir(filepath.Join(dir, top), func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			data := []byte("a folder")
			if !e.IsDir() {
				data, err = os.ReadFile(path)
			}
			all[path] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

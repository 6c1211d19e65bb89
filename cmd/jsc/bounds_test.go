package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// endless never ends to evaluate.
const endless = `
locals {
  r = range(100000)
  a = length([for a in local.r : 1 if length([for b in local.r : b]) == 0])
}
`

// TestInterruptAtOnce presses ^C while a topology is evaluated that takes longer
// than its bound of time: its reader does not wait for that.
func TestInterruptAtOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "topology.hcl"), []byte(endless), 0o644); err != nil {
		t.Fatal(err)
	}
	for command, says := range map[string]string{
		"lint": "jsc: interrupted\n", "build": "jsc: interrupted; nothing is half done\n", "check": "jsc: interrupted\n", "plan": "jsc: interrupted\n",
	} {
		var cmd *exec.Cmd
		var out bytes.Buffer
		for cmd == nil || !cmd.ProcessState.Exited() { // a signal that comes too early ends the process as any other
			cmd = exec.Command("jsc", command, "--max-time", "20s")
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(time.Second, func() { cmd.Process.Signal(os.Interrupt) })
			_ = cmd.Wait() // how it ended is looked at below
			timer.Stop()
		}
		if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(out.String(), says) || strings.Contains(out.String(), "evaluation-limit") {
			t.Errorf("%s ends with %d: %s", command, code, &out)
		}
	}
}

// TestCompilationIsBounded has a topology that costs nothing to read, and much to
// work out.
func TestCompilationIsBounded(t *testing.T) {
	dir := t.TempDir()
	topology := filepath.Join(dir, "topology.hcl")
	if err := os.WriteFile(topology, []byte(`
operator "OP" {}

locals { many = toset([for i in range(1500) : tostring(i)]) }

account "A" {
  jetstream {}

  stream "S" {
    for_each = local.many
    subjects = ["s${each.key}.>"]
  }

  user "u" {
    for_each = local.many
    access { publish = values(account.A.stream.S) }
  }
}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"lint", "build", "check", "plan"} {
		var out bytes.Buffer
		code := run([]string{command, topology, "--max-memory", "150MiB", "--color", "never"}, strings.NewReader(""), &out, &out)
		if code != exitFailed || !strings.Contains(out.String(), topology) || !strings.Contains(out.String(), "takes more than 150 MiB to evaluate [evaluation-limit]") {
			t.Errorf("%s ends with %d: %.2000s", command, code, &out)
		}
	}
}

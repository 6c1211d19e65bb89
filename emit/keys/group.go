package keys

import (
	"os"
	"os/exec"
	"syscall"
)

// isolate has a command run in a process group of its own, so that kill ends
// what it has started too, as a shell does. On a terminal it stays in jsc's: its
// user's ^C reaches all of that one, and a program of another group could not ask
// for a PIN there.
func isolate(cmd *exec.Cmd) {
	terminal, err := os.Open("/dev/tty")
	if err == nil {
		terminal.Close()
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: err != nil}
}

// kill ends a command that was isolated, and is not waited for yet.
func kill(cmd *exec.Cmd) {
	if cmd.SysProcAttr.Setpgid {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails where all have ended
	}
	_ = cmd.Process.Kill() // likewise
}

package keys

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestExecEndsWithAllThatItStarted runs where no terminal is, as a build on a CI
// machine does: a shell's signer is ended with the shell.
func TestExecEndsWithAllThatItStarted(t *testing.T) {
	const inside = "JSC_TEST_WITHOUT_TERMINAL"
	if os.Getenv(inside) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), inside+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		return
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		f, err := os.Open(pipe) // when the signer holds the other end
		if err == nil {
			_, err = io.Copy(io.Discard, f)
			f.Close()
		}
		ended <- err
	}()
	k := Generate(Account)
	r := open(t, Options{Sources: []string{"exec:sh -c 'sleep 30 > " + pipe + "; true'"}, Timeout: time.Second})
	defer r.Close()
	_, err := outsideSign(t, r, k, []byte("data"))
	failed(t, err, "has not answered within 1s")
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the shell's signer stays")
	}
}

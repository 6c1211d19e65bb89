package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe that nobody writes to is waited for until somebody ends the wait.
func TestInspectWaits(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan string, 1)
	go func() {
		var out strings.Builder
		tm := &terminal{stdout: &out, stderr: &out}
		ended <- strings.Repeat("x", tm.exitCode(tm.inspect(ctx, []string{pipe}, "text"))) + out.String()
	}()
	end()
	select {
	case said := <-ended:
		if said != "xjsc: interrupted\n" {
			t.Errorf("it says %q", said)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits on")
	}
	if f, err := os.OpenFile(pipe, os.O_WRONLY, 0); err == nil { // ends the reader that was left
		f.Close()
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestViewClient: another account pages through a stream with nats stream view,
// which makes a pull consumer and runs on a terminal only.
func TestViewClient(t *testing.T) {
	t.Parallel()
	world := example(t, "read-catalogue")
	world.as(t, "CATALOGUE", "deployer").deploys(t, "PRODUCTS")
	world.as(t, "CATALOGUE", "editor").does(t, "pub", "--jetstream", "--count", "10", "product.a", "price {{Count}}")
	got := world.as(t, "SHOP", "frontend").onTerminal(t, "stream", "view", "PRODUCTS", "25", "--raw", "--js-api-prefix", "CATALOGUE.API", "--timeout", "1s")
	for i := range 10 {
		if want := fmt.Sprintf("price %d\r\n", i+1); !strings.Contains(got, want) {
			t.Errorf("nats stream view does not show %q:\n%s", want, got)
		}
	}
}

// onTerminal runs the CLI with a pseudo-terminal as its input and output, and
// returns what it shows there.
func (c client) onTerminal(t *testing.T, args ...string) string {
	t.Helper()
	ours, theirs := terminalPair(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := c.command(ctx, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	var shown bytes.Buffer
	// Ends with an error when the last process that holds the other end is gone.
	_, _ = shown.ReadFrom(ours)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("nats %s: %v\n%s", strings.Join(args, " "), err, &shown)
	}
	return shown.String()
}

// terminalPair are the two ends of a pseudo-terminal (pts(4)).
func terminalPair(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close() })
	fd := int(ours.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

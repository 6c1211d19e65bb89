package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every variable that git itself holds for a repository's own is kept from it, but
// for those that configure it.
func TestVariables(t *testing.T) {
	out, err := exec.Command("git", "rev-parse", "--local-env-vars").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		if !strings.HasPrefix(name, "GIT_CONFIG") && !slices.Contains(misleading, name) {
			t.Errorf("%s is left", name)
		}
	}
	dir := repository(t, map[string]string{"topology.hcl": "x"})
	for _, name := range misleading {
		t.Setenv(name, filepath.Join(dir, "nowhere"))
	}
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "jsc.said")
	t.Setenv("GIT_CONFIG_VALUE_0", "so")
	for args, want := range map[string]string{
		"rev-parse --git-dir": ".git\n", "ls-files TOPOLOGY.hcl": "", "config jsc.said": "so\n", "config core.fsmonitor": "false\n",
	} {
		if out, _, err := Run(t.Context(), dir, nil, strings.Fields(args)...); err != nil || string(out) != want {
			t.Errorf("git %s: %q, %v", args, out, err)
		}
	}
}

// A failure says what git says, and can be told from a machine without git.
func TestRunFails(t *testing.T) {
	_, warned, err := Run(t.Context(), t.TempDir(), nil, "rev-parse", "HEAD")
	var failed *exec.ExitError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "not a git repository") || !strings.Contains(warned, "not a git repository") {
		t.Errorf("outside of a repository: %v; %q", err, warned)
	}
	t.Setenv("PATH", t.TempDir())
	if _, _, err := Run(t.Context(), t.TempDir(), nil, "version"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("without git: %v", err)
	}
}

// What ends git is told, not only that it was killed.
func TestInterrupt(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\nread -r line\nkill -INT $PPID\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for name, ask := range map[string]func(context.Context) error{
		"run":   func(ctx context.Context) error { _, _, err := Run(ctx, bin, strings.NewReader("\n")); return err },
		"batch": func(ctx context.Context) error { _, err := newBatch(ctx, bin, "--batch-check").ask("HEAD"); return err },
	} {
		ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
		if err := ask(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		stop()
	}
}

// What git has started, and does not end with it, holds nothing up.
func TestNobodyWaitsForWhatStays(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nsleep 20 &\nread -r line\necho \"$line blob 1\"\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	begin := time.Now()
	b := newBatch(t.Context(), bin, "--batch-check")
	if o, err := b.ask("HASH"); err != nil || o.hash != "HASH" {
		t.Errorf("%v: %v", o, err)
	}
	b.close()
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
}

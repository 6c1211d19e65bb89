package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"jsc/emit"
	"jsc/emit/keys"
)

// buggy is a key ring, or a signer, that panics with a seed.
type buggy struct{ seed string }

func (b buggy) Signer(_, public string) (keys.Signer, error) { return buggySigner{b, public}, nil }

func (b buggy) Prove(_, _ string) error { return nil }

type buggySigner struct {
	buggy
	public string
}

func (b buggySigner) PublicKey() string           { return b.public }
func (b buggySigner) Sign([]byte) ([]byte, error) { panic(errors.New("a bug over " + b.seed)) }

// mainWithBugs is jsc with two commands more, which panic with the seed in the
// environment's SEED: bug-in-command, and bug-in-signing on another goroutine.
func mainWithBugs() {
	b := buggy{os.Getenv("SEED")}
	bug := func(name string, do func(context.Context, *terminal) error) {
		commands = append(commands, func(t *terminal) *cobra.Command {
			return &cobra.Command{Use: name, RunE: func(cmd *cobra.Command, _ []string) error { return do(cmd.Context(), t) }}
		})
	}
	bug("bug-in-command", func(context.Context, *terminal) error { panic(b.seed) })
	bug("bug-in-signing", func(ctx context.Context, t *terminal) error {
		pr, err := (&place{maxTime: "60s", maxMemory: "2GiB", maxEntities: 1000}).open("topology.hcl")
		if err != nil {
			return err
		}
		c, err := t.look(ctx, pr)
		if err != nil {
			return err
		}
		plan, _ := emit.NewPlan(c.topology, c.lock, 1)
		return plan.Sign(ctx, b, nil)
	})
	main()
}

// TestPanicsShowNoSeed: a bug ends jsc with the code of a bug, wherever it is,
// and its stack shows no seed.
func TestPanicsShowNoSeed(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys"}
	w.run(0, "keys", "generate", "topology.hcl")
	all := w.seeds("tree/.jsc/keys")
	w.know(all...)
	t.Setenv("SEED", all[0])
	for _, command := range []string{"bug-in-command", "bug-in-signing"} {
		cmd := exec.Command("jsc-with-bugs", command, "--debug")
		w.out.Reset()
		w.err.Reset()
		cmd.Stdout, cmd.Stderr = &w.out, &w.err
		err := cmd.Run()
		if cmd.ProcessState.ExitCode() != exitBug || !strings.Contains(w.err.String(), "a bug in jsc") || !strings.Contains(w.err.String(), "seeds_crash_test.go") {
			t.Errorf("%s ends with %v, and does not say where:\n%s", command, err, &w.err)
		}
		w.holdsNoSeed([]string{command})
	}
}

// TestKilledBuildHoldsNoSeed kills builds until one has left its journal and its
// stage behind, and looks there.
func TestKilledBuildHoldsNoSeed(t *testing.T) {
	w := newWorld(t)
	w.sources = []string{"tree/.jsc/keys"}
	w.write("tree/topology.hcl", w.read("tree/topology.hcl")+`
account "many" {
  for_each = toset([for i in range(150) : "n${i}"])
  jetstream {}
  stream "S" {
    subjects    = ["s"]
    description = var.about
  }
}
`)
	w.run(0, "keys", "generate", "topology.hcl")
	w.know(w.seeds("tree/.jsc/keys")...)
	w.run(0, "build", "topology.hcl")
	journal := filepath.Join(w.tree, "generated", ".jsc-stage", "journal.json")
	kills := 0
	for left := false; !left; kills++ {
		cmd := exec.Command("jsc", "build", "topology.hcl", "--var", fmt.Sprintf("about=number %d", kills))
		w.out.Reset()
		w.err.Reset()
		cmd.Stdout, cmd.Stderr = &w.out, &w.err
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var err error
		for at := false; err == nil && !at; {
			select {
			case err = <-ended:
				if err == nil {
					err = errors.New("too late")
				}
			default:
				_, missing := os.Stat(journal)
				at = missing == nil
			}
		}
		if err == nil {
			cmd.Process.Kill()
			<-ended
			if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() {
				t.Fatalf("the build ended by itself: %v\n%s", cmd.ProcessState, &w.err)
			}
		}
		_, missing := os.Stat(journal)
		left = missing == nil
		w.holdsNoSeed([]string{"a killed build"})
		if kills == 100 {
			t.Fatal("100 builds were killed, and none left its journal")
		}
	}
	w.run(3, "check", "topology.hcl")
	w.run(0, "build", "topology.hcl")
	t.Logf("%d kills", kills)
}

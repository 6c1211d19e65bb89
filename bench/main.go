// Command bench measures jsc as a whole process on topologies of many tenants,
// beside what the jwt library and the file system alone cost in the same run,
// and prints the table of docs/performance.md.
//
//	go build -o bin/jsc ./cmd/jsc && go run ./bench -jsc bin/jsc
//
// It writes into a folder of its own under -dir, best one in memory, and removes
// it at the end.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	jsc := flag.String("jsc", "bin/jsc", "the program to measure")
	sizes := flag.String("tenants", "100,1000,10000", "how many tenants, comma-separated")
	runs := flag.Int("runs", 3, "runs of each command, of which the median counts")
	dir := flag.String("dir", "/dev/shm", "where to work, best in memory")
	server := flag.String("server", "bin/nats-server", "a nats-server to boot on what was built; \"\" for none")
	profile := flag.String("profile", "", "a folder for profiles of the processors' time, by a jsc that was built with -tags profile")
	small := flag.String("small", "examples/order-events", "a small topology")
	alone := flag.String("alone", "", "measure only what libraries take for this output folder; the program's own use")
	copied := flag.String("copy", "", "where to write a copy of it")
	flag.Parse()
	if *alone != "" {
		if err := measureAlone(*alone, *copied, *runs); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(*jsc, *server, *profile, *sizes, *runs, *dir, *small); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(jsc, server, profile, sizes string, runs int, dir, small string) error {
	jsc, err := filepath.Abs(jsc)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		dir = os.TempDir()
	}
	work, err := os.MkdirTemp(dir, "jsc-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if profile != "" {
		if profile, err = filepath.Abs(profile); err != nil {
			return err
		}
		if err := os.MkdirAll(profile, 0o755); err != nil {
			return err
		}
	}
	b := bench{jsc: jsc, runs: runs, profile: profile}
	var all []result
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 3 {
			return fmt.Errorf("%q is no number of tenants, of which three at least are needed", size)
		}
		r, err := b.measure(filepath.Join(work, size), n)
		if err != nil {
			return fmt.Errorf("%d tenants: %w", n, err)
		}
		all = append(all, r)
	}
	one, err := b.small(filepath.Join(work, "small"), small)
	if err != nil {
		return fmt.Errorf("%s: %w", small, err)
	}
	if err := printTable(os.Stdout, all, small, one); err != nil || server == "" {
		return err
	}
	if server, err = filepath.Abs(server); err != nil {
		return err
	}
	n := all[len(all)-1].tenants
	boots, err := b.boot(filepath.Join(work, "boot"), server, n)
	if err != nil {
		return fmt.Errorf("boot %s: %w", server, err)
	}
	return printBoots(os.Stdout, boots, n)
}

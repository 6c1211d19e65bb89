//go:build profile

package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

// main runs jsc and writes a profile of the processors' time to the file that
// JSC_PROFILE names; see make profile.
func main() {
	file, err := os.Create(os.Getenv("JSC_PROFILE"))
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "jsc: profile:", err)
		os.Exit(exitFailed)
	}
	collectLate(spared(os.DirFS("/")), os.LookupEnv)
	code := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	pprof.StopCPUProfile()
	if err := file.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "jsc: profile:", err)
	}
	os.Exit(code)
}

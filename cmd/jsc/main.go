//go:build !profile

// Command jsc compiles HCL topologies of NATS accounts, streams, consumers and
// shares to signed JWTs, server configs, activation bundles and JetStream JSON.
package main

import "os"

func main() {
	collectLate(spared(os.DirFS("/")), os.LookupEnv)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// shape is a topology whose resolver.conf a server is to boot.
type shape struct{ name, topology string }

// shapes differ in what a server has to do for each account when it starts.
var shapes = []shape{
	{"tenants that share consumers with two others", topology},
	{"accounts alone, without JetStream", head + `account "tenant" {
  for_each = local.tenants
  name     = each.key
}
`},
	{"a hub that gives all one public service", head + hub + `share "quotes" {
  from    = account.HUB
  service = "quotes"
  public  = true

  to "all" {
    for_each = local.tenants
    account  = account.tenant[each.key]
  }
}
`},
	{"a hub that gives each a private service", head + hub + `share "quotes" {
  for_each = local.tenants
  from     = account.HUB
  service  = "quotes.${each.key}"

  to "one" { account = account.tenant[each.key] }
}
`},
}

const hub = `account "HUB" {}

account "tenant" {
  for_each = local.tenants
  name     = each.key
}

`

// booted is how a server took a resolver.conf.
type booted struct {
	name string
	took time.Duration // until it said that it is ready
	peak int64         // bytes of memory
}

// boot builds each shape with n tenants and starts a nats-server on it.
func (b bench) boot(dir, server string, n int) ([]booted, error) {
	var all []booted
	for _, s := range shapes {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		if err := writeTopology(dir, s.topology, n); err != nil {
			return nil, err
		}
		if _, err := b.once(dir, "build", "--generate-keys"); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r, err := start(server, filepath.Join(dir, "generated"), filepath.Join(dir, "data"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r.name = s.name
		all = append(all, r)
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// start starts a server on an output folder's resolver.conf, and ends it when it
// is ready.
func start(server, out, data string) (booted, error) {
	conf := filepath.Join(out, "boot.conf")
	text := fmt.Sprintf("include \"resolver.conf\"\nserver_name: \"bench\"\nlisten: \"127.0.0.1:-1\"\njetstream: { store_dir: %q }\n", data)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return booted{}, err
	}
	cmd := exec.Command(server, "-c", conf)
	log, err := cmd.StderrPipe()
	if err != nil {
		return booted{}, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return booted{}, err
	}
	var said []string
	ready := false
	for lines := bufio.NewScanner(log); !ready && lines.Scan(); {
		said = append(said, lines.Text())
		ready = strings.Contains(lines.Text(), "Server is ready")
	}
	took := time.Since(begin)
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	if !ready {
		return booted{}, errors.New("the server did not start: " + strings.Join(said[max(0, len(said)-3):], "; "))
	}
	r := booted{took: took}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss * 1024
	}
	return r, nil
}

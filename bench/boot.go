package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
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
	{"accounts alone, each with JetStream", head + `account "tenant" {
  for_each = local.tenants
  name     = each.key

  jetstream { disk = "1GiB" }
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
	{"a hub that gives each a token for a private service", head + hub + `share "quotes" {
  from    = account.HUB
  service = "quotes"

  to "each" {
    for_each = local.tenants
    account  = account.tenant[each.key]
  }
}
`},
}

const hub = `account "HUB" {}

account "tenant" {
  for_each = local.tenants
  name     = each.key
}

`

// booted is how a server took what was built.
type booted struct {
	name string
	took time.Duration
	peak int64 // bytes of memory, of the server
}

// boot builds each shape with n tenants and starts a nats-server on it; with
// tenants that share, also on a full resolver's folder, and on an empty one, into
// which their accounts are pushed.
func (b bench) boot(dir, server string, n int) ([]booted, error) {
	var all []booted
	for i, s := range shapes {
		more, err := b.bootShape(dir, server, n, s, i == 0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		all = append(all, more...)
	}
	return all, nil
}

func (b bench) bootShape(dir, server string, n int, s shape, full bool) ([]booted, error) {
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := writeTopology(dir, s.topology, n); err != nil {
		return nil, err
	}
	creds := filepath.Join(dir, "creds")
	if _, err := b.once(dir, "build", "--generate-keys", "--creds", creds, "--target", "resolver-dir"); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "generated")
	preload, err := launch(server, out, `include "resolver.conf"`)
	if err != nil {
		return nil, err
	}
	all := []booted{preload.stop("preload: " + s.name)}
	if !full {
		return all, nil
	}
	conf := func(folder string) string {
		return fmt.Sprintf("include \"operator.conf\"\nsystem_account: %q\nresolver: { type: \"full\", dir: %q }", subjectOf(out, "SYS"), folder)
	}
	folder, err := launch(server, out, conf(filepath.Join(out, "resolver-dir")))
	if err != nil {
		return nil, err
	}
	all = append(all, folder.stop("full resolver, its folder made by --target resolver-dir"))
	empty, err := launch(server, out, conf(filepath.Join(dir, "accounts")))
	if err != nil {
		return nil, err
	}
	empty.took, err = push(empty.url, filepath.Join(creds, "SYS", "push.creds"), filepath.Join(out, "accounts"))
	pushed := empty.stop(fmt.Sprintf("full resolver, %d accounts pushed one by one", n+1))
	return append(all, pushed), err
}

// running is a server that is ready.
type running struct {
	cmd  *exec.Cmd
	took time.Duration // until it said that it is ready
	url  string
}

// launch starts a server in an output folder with a configuration that conf
// begins, and waits until it is ready.
func launch(server, out, conf string) (*running, error) {
	file := filepath.Join(out, "boot.conf")
	text := conf + fmt.Sprintf("\nserver_name: \"bench\"\nlisten: \"127.0.0.1:-1\"\njetstream: { store_dir: %q }\n", filepath.Join(out, "data"))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(server, "-c", file)
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	r := &running{cmd: cmd}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var said []string
	for lines := bufio.NewScanner(log); lines.Scan(); {
		line := lines.Text()
		said = append(said, line)
		if _, address, ok := strings.Cut(line, "Listening for client connections on "); ok {
			r.url = "nats://" + address
		}
		if strings.Contains(line, "Server is ready") {
			r.took = time.Since(begin)
			go io.Copy(io.Discard, log) // until it ends
			return r, nil
		}
	}
	r.stop("")
	return nil, errors.New("the server did not start: " + strings.Join(said[max(0, len(said)-3):], "; "))
}

// stop ends the server.
func (r *running) stop(name string) booted {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait() // it was killed
	b := booted{name: name, took: r.took}
	if usage, ok := r.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		b.peak = usage.Maxrss * 1024
	}
	return b
}

// subjectOf is the public key of an account that was built; "" when it was not.
func subjectOf(out, account string) string {
	data, err := os.ReadFile(filepath.Join(out, "accounts", account+".jwt"))
	if err != nil {
		return ""
	}
	claims, err := jwt.Decode(strings.TrimSpace(string(data)))
	if err != nil {
		return ""
	}
	return claims.Claims().Subject
}

// push sends every account's token to a full resolver, one after the other as
// nsc push does, and returns the time that took.
func push(url, creds, accounts string) (time.Duration, error) {
	nc, err := nats.Connect(url, nats.UserCredentials(creds))
	if err != nil {
		return 0, err
	}
	defer nc.Close()
	files, err := filepath.Glob(filepath.Join(accounts, "*.jwt"))
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	for _, file := range files {
		token, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		reply, err := nc.Request("$SYS.REQ.CLAIMS.UPDATE", bytes.TrimSpace(token), 10*time.Second)
		if err != nil {
			return 0, fmt.Errorf("push %s: %w", file, err)
		}
		if bytes.Contains(reply.Data, []byte(`"error"`)) {
			return 0, fmt.Errorf("push %s: %s", file, reply.Data)
		}
	}
	return time.Since(begin), nil
}

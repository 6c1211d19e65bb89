package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The real clients: what jsc builds is given unchanged to a nats-server and to
// the nats CLI, each a process of its own, as people use them.

const messages = 25

func TestRealClients(t *testing.T) {
	server, cli := tool(t, "nats-server"), tool(t, "nats")
	for _, c := range []struct {
		name    string
		to      string // what the share's to block says besides
		deliver string // where ACCTB receives
	}{
		{"as exported", "", "deliver.retail.v1.order.events"},
		{"renamed", `local_subject = "retail.v1.order.events"`, "retail.v1.order.events"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := buildExample(t, c.to)
			generated := filepath.Join(dir, "generated")
			conf := filepath.Join(generated, "server.conf")
			if out, err := exec.Command(server, "-t", "-c", conf).CombinedOutput(); err != nil {
				t.Fatalf("nats-server -t: %v\n%s", err, out)
			}
			world := &clients{cli: cli, dir: dir, url: startServer(t, server, conf)}
			admin := world.user("ACCTA", "admin", "_INBOX")
			service := world.user("ACCTA", "order-service", "_INBOX.order-service")
			fulfillment := world.user("ACCTB", "fulfillment", "_INBOX.fulfillment")

			admin.does(t, "stream", "add", "--config", filepath.Join(generated, "jetstream/ACCTA/ORDEREVENTS.json"))
			admin.does(t, "consumer", "add", "ORDEREVENTS", "--config", filepath.Join(generated, "jetstream/ACCTA/ORDEREVENTS/ORDEREVENTS-C1.json"))
			service.does(t, "pub", "--jetstream", "--count", fmt.Sprint(messages), "retail.v1.order.created", "order {{Count}}")

			got := fulfillment.does(t, "sub", "--queue", "order-processor", "--ack", "--raw", "--count", fmt.Sprint(messages), c.deliver)
			for i := 1; i <= messages; i++ {
				if !strings.Contains(got, fmt.Sprintf("order %d\n", i)) {
					t.Errorf("ACCTB did not receive message %d of %d:\n%s", i, messages, got)
				}
			}
			admin.seesAcks(t, messages, "ORDEREVENTS", "ORDEREVENTS-C1")
			state := fulfillment.consumer(t, "ORDEREVENTS", "ORDEREVENTS-C1", "--js-api-prefix", "ACCTA.API")
			if state.AckFloor.Stream != messages {
				t.Errorf("ACCTB sees the ack floor at %d, not %d", state.AckFloor.Stream, messages)
			}

			// What nobody granted is refused, so what passed above passed by a grant.
			fulfillment.isRefused(t, `Publish to "retail.v1.order.created"`, "pub", "--jetstream", "retail.v1.order.created", "forged")
			fulfillment.isRefused(t, `Publish to "ACCTA.API.STREAM.INFO.ORDEREVENTS"`, "stream", "info", "ORDEREVENTS", "--js-api-prefix", "ACCTA.API")
			fulfillment.isRefused(t, `Subscription to "`+c.deliver+`"`, "sub", "--wait", "2s", c.deliver)
			service.isRefused(t, `Subscription to "retail.v1.order.>"`, "sub", "--wait", "2s", "retail.v1.order.>")
		})
	}
}

// tool finds a program that make test puts into bin/.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("bin/%s is missing: run make test, which installs it", name)
	}
	return path
}

// buildExample builds examples/order-events, with an administrator in ACCTA and
// more to say in the share's to block, and returns its folder.
func buildExample(t *testing.T, to string) string {
	t.Helper()
	source, err := os.ReadFile("../../examples/order-events/topology.hcl")
	if err != nil {
		t.Fatal(err)
	}
	text := string(source)
	for _, edit := range [][2]string{
		{`user "order-service" {`, "user \"admin\" {}\n\n  user \"order-service\" {"},
		{`api_prefix = "ACCTA.API"`, "api_prefix = \"ACCTA.API\"\n    " + to},
	} {
		if strings.Count(text, edit[0]) != 1 {
			t.Fatalf("the example has %q %d times, not once", edit[0], strings.Count(text, edit[0]))
		}
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	dir := t.TempDir()
	topology := filepath.Join(dir, "topology.hcl")
	if err := os.WriteFile(topology, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"build", topology, "--generate-keys", "--creds", filepath.Join(dir, "creds")}
	if code := run(args, strings.NewReader(""), &stdout, &stderr); code != exitDone {
		t.Fatalf("jsc build exits %d:\n%s%s", code, &stdout, &stderr)
	}
	return dir
}

var listens = regexp.MustCompile(`Listening for client connections on (\S+)`)

// startServer runs nats-server with a config on a port of its own choice and
// returns its URL once it is ready.
func startServer(t *testing.T, program, conf string) string {
	t.Helper()
	cmd := exec.Command(program, "-c", conf, "-p", "-1")
	cmd.Dir = t.TempDir() // where store_dir is
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, all := make(chan string, 1), make(chan string, 1)
	go func() {
		var said strings.Builder
		var address string
		for lines := bufio.NewScanner(log); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if m := listens.FindStringSubmatch(lines.Text()); m != nil {
				address = m[1]
			}
			if strings.Contains(lines.Text(), "Server is ready") {
				ready <- address
			}
		}
		all <- said.String()
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		said := <-all
		cmd.Wait()
		if t.Failed() {
			t.Logf("nats-server said:\n%s", said)
		}
	})
	select {
	case address := <-ready:
		return "nats://" + address
	case said := <-all:
		all <- said
		t.Fatal("nats-server did not start")
	case <-time.After(time.Minute):
		t.Fatal("nats-server was not ready within a minute")
	}
	return ""
}

// clients are users of one server.
type clients struct {
	cli, dir, url string
	inboxes       map[string]string // by <account>/<user>, as build says them
}

// client is the nats CLI as one user.
type client struct {
	*clients
	creds, inbox string
}

func (c *clients) user(account, name, inbox string) client {
	return client{c, filepath.Join(c.dir, "creds", account, name+".creds"), inbox}
}

// command is the nats CLI, with no settings but these.
func (c client) command(ctx context.Context, args ...string) *exec.Cmd {
	flags := []string{"--server", c.url, "--creds", c.creds, "--inbox-prefix", c.inbox}
	cmd := exec.CommandContext(ctx, c.cli, append(args, flags...)...)
	cmd.Env = []string{"HOME=" + c.dir, "XDG_CONFIG_HOME=" + c.dir}
	return cmd
}

func (c client) run(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := c.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("nats %s: %w\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

func (c client) does(t *testing.T, args ...string) string {
	t.Helper()
	out, err := c.run(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// isRefused runs what the server has to refuse, and finds its refusal in what
// the CLI says.
func (c client) isRefused(t *testing.T, what string, args ...string) {
	t.Helper()
	out, err := c.run(append(args, "--timeout", "2s")...)
	if want := "Permissions Violation for " + what; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("nats %s: want %q, got %v\n%s", strings.Join(args, " "), want, err, out)
	}
}

// consumerState is what the test reads of nats consumer info --json.
type consumerState struct {
	AckFloor struct {
		Stream int `json:"stream_seq"`
	} `json:"ack_floor"`
	AckPending int `json:"num_ack_pending"`
}

func (c client) consumer(t *testing.T, stream, consumer string, flags ...string) consumerState {
	t.Helper()
	out := c.does(t, append([]string{"consumer", "info", stream, consumer, "--json"}, flags...)...)
	var s consumerState
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("nats consumer info: %v\n%s", err, out)
	}
	return s
}

// seesAcks waits until n messages are acknowledged and none is pending: acks
// travel by themselves, after the client has ended.
func (c client) seesAcks(t *testing.T, n int, stream, consumer string, flags ...string) {
	t.Helper()
	var s consumerState
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if s = c.consumer(t, stream, consumer, flags...); s.AckFloor.Stream == n && s.AckPending == 0 {
			return
		}
	}
	t.Fatalf("the ack floor of %s is at %d with %d pending, not at %d", consumer, s.AckFloor.Stream, s.AckPending, n)
}

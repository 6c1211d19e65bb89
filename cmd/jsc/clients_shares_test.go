package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The nats CLI as the importer of examples, with nothing but the credentials,
// the inbox prefix and the API prefix that jsc says.

// example builds a folder of examples/ and boots a nats-server on it.
func example(t *testing.T, name string) *clients {
	t.Helper()
	server, cli := tool(t, "nats-server"), tool(t, "nats")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../examples", name))); err != nil {
		t.Fatal(err)
	}
	stdout, _ := runs(t, "build", dir, "--generate-keys", "--creds", filepath.Join(dir, "creds"), "--format", "json")
	var built struct {
		Users []struct {
			Account, User string
			InboxPrefix   string `json:"inbox_prefix"`
		}
	}
	if err := json.Unmarshal([]byte(stdout), &built); err != nil {
		t.Fatalf("jsc build --format json: %v\n%s", err, stdout)
	}
	inboxes := make(map[string]string)
	for _, u := range built.Users {
		inboxes[u.Account+"/"+u.User] = u.InboxPrefix
	}
	return &clients{cli: cli, dir: dir, inboxes: inboxes, url: startServer(t, server, filepath.Join(dir, "generated", "server.conf"))}
}

// as is a user of the example, with the inbox prefix that build gave it.
func (c *clients) as(t *testing.T, account, user string) client {
	t.Helper()
	inbox := c.inboxes[account+"/"+user]
	if inbox == "" {
		t.Fatalf("jsc build says no inbox prefix for %s/%s", account, user)
	}
	return c.user(account, user, inbox)
}

// deploys makes streams of the user's account, with their consumers, from what
// jsc wrote.
func (c client) deploys(t *testing.T, streams ...string) {
	t.Helper()
	account := filepath.Base(filepath.Dir(c.creds))
	for _, stream := range streams {
		folder := filepath.Join(c.dir, "generated", "jetstream", account, stream)
		// The CLI first asks for the account's limits, and waits for that.
		c.does(t, "stream", "add", "--config", folder+".json", "--timeout", "2s")
		consumers, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, consumer := range consumers {
			c.does(t, "consumer", "add", stream, "--config", consumer)
		}
	}
}

// sees demands that the CLI prints all of want.
func (c client) sees(t *testing.T, want []string, args ...string) {
	t.Helper()
	out := c.does(t, args...)
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("nats %s does not print %q:\n%s", strings.Join(args, " "), w, out)
		}
	}
}

// refusal is what a client tries and the server refuses.
type refusal struct {
	client
	what string
	args []string
}

// refused tries all at once, since each waits for an answer that never comes.
func refused(t *testing.T, all ...refusal) {
	t.Helper()
	var group sync.WaitGroup
	for _, r := range all {
		group.Go(func() { r.isRefused(t, r.what, r.args...) })
	}
	group.Wait()
}

// to makes the arguments of the CLI from a line of words, with the API prefix
// of the exporter.
func to(prefix, line string) []string {
	return slices.Clip(append(strings.Fields(line), "--js-api-prefix", prefix))
}

// lines are what a running CLI prints.
type lines chan string

// watches starts the CLI, which the end of the test interrupts.
func (c client) watches(t *testing.T, args ...string) lines {
	t.Helper()
	cmd := c.command(context.Background(), args...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed := make(lines, 100)
	go func() {
		defer close(printed)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			printed <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		for range printed {
		}
		cmd.Wait()
	})
	return printed
}

// waitFor reads lines until one says what.
func (l lines) waitFor(t *testing.T, what string) {
	t.Helper()
	var said []string
	for late := time.After(time.Minute); ; {
		select {
		case line, more := <-l:
			if strings.Contains(line, what) {
				return
			}
			if said = append(said, line); more {
				continue
			}
		case <-late:
		}
		t.Fatalf("the CLI does not print %q, but:\n%s", what, strings.Join(said, "\n"))
	}
}

// TestPullClient: two accounts work a queue off with nats consumer next.
func TestPullClient(t *testing.T) {
	t.Parallel()
	world := example(t, "pull-work")
	world.as(t, "UPLOADS", "deployer").deploys(t, "PICTURES")
	world.as(t, "UPLOADS", "web").does(t, "pub", "--jetstream", "--count", fmt.Sprint(messages), "picture.uploaded.a", "picture {{Count}}")
	var all []string
	for i := range messages {
		all = append(all, fmt.Sprintf("picture %d\n", i+1))
	}
	const uploads, pictures = "UPLOADS.API", "pictures.API"
	worker, desk := world.as(t, "RENDER", "worker"), world.as(t, "MODERATION", "desk")
	worker.sees(t, all[:10], to(uploads, "consumer next PICTURES THUMBNAILS --raw --count 10")...)
	worker.sees(t, all[10:], to(uploads, fmt.Sprint("consumer next PICTURES THUMBNAILS --raw --count ", messages-10))...)
	desk.sees(t, all, to(pictures, fmt.Sprint("consumer next PICTURES MODERATION --raw --count ", messages))...)
	worker.seesAcks(t, messages, "PICTURES", "THUMBNAILS", "--js-api-prefix", uploads)
	desk.seesAcks(t, messages, "PICTURES", "MODERATION", "--js-api-prefix", pictures)
	refused(t,
		refusal{worker, `Publish to "UPLOADS.API.CONSUMER.MSG.NEXT.PICTURES.MODERATION"`, to(uploads, "consumer next PICTURES MODERATION")},
		refusal{worker, `Publish to "UPLOADS.API.STREAM.INFO.PICTURES"`, to(uploads, "stream info PICTURES")},
	)
}

// TestKeyValueClient: one account writes a bucket with nats kv, others read and
// watch it.
func TestKeyValueClient(t *testing.T) {
	t.Parallel()
	world := example(t, "config-kv")
	world.as(t, "CONFIG", "deployer").deploys(t, "KV_SETTINGS")
	const prefix = "CONFIG.API"
	pipeline, server, worker := world.as(t, "DEPLOY", "pipeline"), world.as(t, "API", "server"), world.as(t, "WORKERS", "worker")

	pipeline.does(t, to(prefix, "kv put SETTINGS log.level info")...)
	pipeline.does(t, to(prefix, "kv create SETTINGS limit 10")...)
	pipeline.does(t, to(prefix, "kv update SETTINGS limit 20 2")...)
	if out, err := pipeline.run(to(prefix, "kv update SETTINGS limit 30 2")...); err == nil || !strings.Contains(err.Error(), "wrong last sequence") {
		t.Errorf("an update of an old revision: %v\n%s", err, out)
	}
	for _, c := range []client{server, worker, pipeline} {
		c.sees(t, []string{"20"}, to(prefix, "kv get SETTINGS limit --raw")...)
	}
	server.sees(t, []string{"log.level", "limit"}, to(prefix, "kv ls SETTINGS")...)

	// What is there when watching begins, and what comes later.
	watch := server.watches(t, to(prefix, "kv watch SETTINGS")...)
	watch.waitFor(t, "PUT SETTINGS > log.level: info")
	watch.waitFor(t, "PUT SETTINGS > limit: 20")
	pipeline.does(t, to(prefix, "kv put SETTINGS log.level debug")...)
	watch.waitFor(t, "PUT SETTINGS > log.level: debug")
	pipeline.does(t, to(prefix, "kv del SETTINGS limit --force")...)
	watch.waitFor(t, "DELETE SETTINGS > limit")

	refused(t,
		refusal{server, `Publish to "CONFIG.API.$KV.SETTINGS.limit"`, to(prefix, "kv put SETTINGS limit 0")},
		refusal{worker, `Publish to "CONFIG.API.CONSUMER.CREATE.KV_SETTINGS.`, to(prefix, "kv watch SETTINGS")},
		refusal{world.user("API", "server", "_INBOX"), `Subscription to "_INBOX.`, to(prefix, "kv get SETTINGS limit")},
	)
}

// TestObjectClient: one account puts, overwrites and deletes an object, another
// gets it.
func TestObjectClient(t *testing.T) {
	t.Parallel()
	world := example(t, "files")
	world.as(t, "RELEASES", "deployer").deploys(t, "OBJ_FIRMWARE")
	const prefix = "RELEASES.API"
	ci, updater := world.as(t, "BUILD", "ci"), world.as(t, "DEVICES", "updater")
	put, got := filepath.Join(world.dir, "put"), filepath.Join(world.dir, "got")
	get := slices.Clip(append(to(prefix, "object get FIRMWARE boot.bin --no-progress --force"), "--output", got))
	for version, size := range []int{3 << 20, 1 << 20} {
		data := bytes.Repeat(fmt.Appendf(nil, "version %d ", version), size/10)
		if err := os.WriteFile(put, data, 0o600); err != nil {
			t.Fatal(err)
		}
		ci.does(t, append(to(prefix, "object put FIRMWARE --name boot.bin --no-progress --force"), put)...)
		updater.does(t, get...)
		back, err := os.ReadFile(got)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back, data) {
			t.Errorf("version %d, %d bytes, came back as %d other bytes", version, len(data), len(back))
		}
	}
	updater.sees(t, []string{"boot.bin"}, to(prefix, "object ls FIRMWARE")...)
	refused(t,
		refusal{updater, `Publish to "$O.FIRMWARE.`, append(to(prefix, "object put FIRMWARE --name x --no-progress --force"), put)},
		refusal{updater, `Publish to "$O.FIRMWARE.`, to(prefix, "object del FIRMWARE boot.bin --force")},
	)
	ci.does(t, to(prefix, "object del FIRMWARE boot.bin --force")...)
	if out, err := updater.run(get...); err == nil || !strings.Contains(err.Error(), "object not found") {
		t.Errorf("a deleted object: %v\n%s", err, out)
	}
}

// TestReadClient: another account reads a stream with nats sub --stream, which
// makes an ordered consumer.
func TestReadClient(t *testing.T) {
	t.Parallel()
	world := example(t, "read-catalogue")
	world.as(t, "CATALOGUE", "deployer").deploys(t, "PRODUCTS")
	const prefix = "CATALOGUE.API"
	frontend := world.as(t, "SHOP", "frontend")
	world.as(t, "CATALOGUE", "editor").does(t, "pub", "--jetstream", "--count", fmt.Sprint(messages), "product.a", "price {{Count}}")
	var kept []string // max_msgs_per_subject is 10
	for i := messages - 10; i < messages; i++ {
		kept = append(kept, fmt.Sprintf("price %d\n", i+1))
	}
	frontend.sees(t, []string{"Messages: 10"}, to(prefix, "stream info PRODUCTS")...)
	frontend.sees(t, kept, to(prefix, "sub --stream PRODUCTS --all --raw --count 10")...)
	frontend.sees(t, kept[9:], to(prefix, "sub --stream PRODUCTS --last-per-subject --raw --count 1")...)
	frontend.isRefused(t, `Publish to "CATALOGUE.API.STREAM.PURGE.PRODUCTS"`, to(prefix, "stream purge PRODUCTS --force")...)
}

// TestLeastPrivilegeClients: each user of one account does its own task and
// not its neighbour's.
func TestLeastPrivilegeClients(t *testing.T) {
	t.Parallel()
	world := example(t, "least-privilege-users")
	deployer := world.as(t, "LAB", "deployer")
	deployer.deploys(t, "RESULTS")
	world.as(t, "LAB", "storekeeper").deploys(t, "KV_PATIENTS", "OBJ_SCANS")
	const own = "$JS.API"
	analyzer, reporter, reception := world.as(t, "LAB", "analyzer"), world.as(t, "LAB", "reporter"), world.as(t, "LAB", "reception")
	analyzer.does(t, to(own, "pub --jetstream result.blood fine")...)
	reporter.sees(t, []string{"fine"}, to(own, "consumer next RESULTS REPORTS --raw")...)
	reception.does(t, to(own, "kv put PATIENTS p1 Ada")...)
	reporter.sees(t, []string{"Ada"}, to(own, "kv get PATIENTS p1 --raw")...)
	reception.does(t, to(own, "object put SCANS clients_shares_test.go --name scan --no-progress --force")...)
	next := to(own, "consumer next RESULTS REPORTS")
	refused(t,
		refusal{analyzer, `Publish to "$JS.API.CONSUMER.MSG.NEXT.RESULTS.REPORTS"`, next},
		refusal{deployer, `Publish to "$JS.API.CONSUMER.MSG.NEXT.RESULTS.REPORTS"`, next},
		refusal{reporter, `Publish to "result.blood"`, to(own, "pub --jetstream result.blood forged")},
		refusal{reporter, `Publish to "$KV.PATIENTS.p1"`, to(own, "kv put PATIENTS p1 Eve")},
		refusal{reception, `Publish to "$JS.API.STREAM.INFO.RESULTS"`, to(own, "stream info RESULTS")},
	)
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// explainedTopology has a share of each kind that the nats CLI uses.
const explainedTopology = `
operator "O" {}
server {
  jetstream {}
}
account "A" {
  jetstream {}
  user "admin" {}
  user "own" {
    access {
      publish = [account.A.stream.S]
      consume = [account.A.stream.S.consumer.OWN]
    }
  }
  stream "S" {
    subjects = ["s.>"]
    consumer "PUSH" {
      deliver_subject = "deliver.push"
      deliver_group   = "work-group"
    }
    consumer "PULL" {}
    consumer "OWN" {}
  }
  stream "R" {
    subjects     = ["r.>"]
    allow_direct = true
  }
  stream "T" {
    subjects = ["t.>"]
  }
  stream "IN" {
    subjects = ["in.>"]
  }
  key_value "K" {}
  object_store "F" {}
}
account "B" {
  user "u" {
    access { shares = [share.pushed, share.pulled, share.read, share.some, share.in, share.keys, share.files, share.news, share.ask, share.many] }
  }
}
share "pushed" {
  consumer = account.A.stream.S.consumer.PUSH
  to "B" {}
}
share "pulled" {
  consumer = account.A.stream.S.consumer.PULL
  to "B" {}
}
share "read" {
  stream = account.A.stream.R
  to "B" {}
}
share "some" {
  stream          = account.A.stream.T
  filter_subjects = ["t.eu.>"]
  to "B" {}
}
share "in" {
  stream = account.A.stream.IN
  mode   = "publish"
  to "B" {}
}
share "keys" {
  key_value = account.A.key_value.K
  mode      = "write"
  to "B" {}
}
share "files" {
  object_store = account.A.object_store.F
  mode         = "write"
  to "B" {}
}
share "news" {
  from    = account.A
  subject = "news.*"
  to "B" { local_subject = "a.news.$1" }
}
share "ask" {
  from    = account.A
  service = "ask.*"
  to "B" {}
}
share "many" {
  from     = account.A
  service  = "many"
  response = "stream"
  to "B" {}
}
`

// TestExplainedCommands runs every command of the nats CLI that jsc explain
// gives, as the user it is for, and waits for what it should print.
func TestExplainedCommands(t *testing.T) {
	server, cli := tool(t, "nats-server"), tool(t, "nats")
	dir := t.TempDir()
	topology := filepath.Join(dir, "topology.hcl")
	for name, text := range map[string]string{"topology.hcl": explainedTopology, "file": "content of the file"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	jsc(t, "build", topology, "--generate-keys", "--creds", filepath.Join(dir, "creds"))
	world := &clients{cli: cli, dir: dir, url: startServer(t, server, filepath.Join(dir, "generated", "server.conf"))}
	admin, u, own := world.user("A", "admin", "_INBOX"), world.user("B", "u", ""), world.user("A", "own", "")

	// What makes streams, buckets and consumers.
	for _, ref := range []string{"stream.S", "stream.R", "stream.T", "stream.IN", "key_value.K", "object_store.F",
		"stream.S.consumer.PUSH", "stream.S.consumer.PULL", "stream.S.consumer.OWN"} {
		make := explainedUses(t, topology, "account.A."+ref)[0]
		admin.shows(t, make.CLI, "Information for", nil)
	}
	serve := func(subject, answer string) {
		started := make(chan struct{})
		var once sync.Once
		var serving sync.WaitGroup
		serving.Go(func() {
			_ = admin.watch(t.Context(), t, "nats reply "+subject+" "+answer, func(out string) bool {
				if strings.Contains(out, "Listening") {
					once.Do(func() { close(started) })
				}
				return false
			})
		})
		t.Cleanup(serving.Wait)
		<-started
	}
	serve("'ask.*'", "answered")
	serve("many", "answered")
	publish := func(args ...string) func() {
		return func() { admin.does(t, append([]string{"pub"}, args...)...) }
	}
	stored := publish("--jetstream", "s.x", "from s")
	admin.does(t, "pub", "--jetstream", "--count=20", "s.x", "from s")
	admin.does(t, "pub", "--jetstream", "r.example", "from r")
	admin.does(t, "pub", "--jetstream", "t.us.example", "from us")
	admin.does(t, "pub", "--jetstream", "t.eu.example", "from eu")

	// What each command prints, and what makes it come.
	for _, c := range []struct {
		as   client
		ref  string
		want map[string]string
		stir func()
	}{
		{u, "share.pushed", map[string]string{"receive, bound to the consumer": "from s", "receive, as a plain subscriber": "from s", "look the consumer up": "deliver.push"}, stored},
		{u, "share.pulled", map[string]string{"pull": "from s", "look the consumer up": "Pull Mode: true"}, nil},
		{u, "share.read", map[string]string{"read all messages in order": "from r", "read the last message of a subject": ""}, nil},
		{u, "share.some", map[string]string{"read the shared messages in order": ""}, nil},
		{u, "share.in", map[string]string{"publish, and have the stream's acknowledgement": "Stored in Stream: IN"}, nil},
		{u, "share.keys", map[string]string{"put a value": "value", "get a value": "value", "watch": "value"}, nil},
		{u, "share.files", map[string]string{"put an object": "name", "list objects": "name", "read an object": "Wrote: 19 B"}, nil},
		{u, "share.news", map[string]string{"receive": "a.news.today"}, publish("news.today", "text")},
		{u, "share.ask", map[string]string{"ask": "answered"}, nil},
		{u, "share.many", map[string]string{"ask, and have several answers": "answered"}, nil},
		{own, "account.A.stream.S", map[string]string{"publish, and have the stream's acknowledgement": "Stored in Stream: S"}, nil},
		{own, "account.A.stream.S.consumer.OWN", map[string]string{"pull": "from s", "look the consumer up": "Pull Mode: true"}, nil},
	} {
		t.Run(c.ref, func(t *testing.T) {
			uses := explainedUses(t, topology, c.ref)
			// What writes goes first, so that there is something to read.
			for _, writes := range []bool{true, false} {
				for _, use := range uses {
					want, known := c.want[use.What]
					if !known && use.What != "make it" {
						t.Errorf("the test does not know what is to be seen of %q", use.What)
					}
					if use.CLI != "" && known && strings.HasPrefix(use.What, "put") == writes {
						c.as.shows(t, use.CLI, want, c.stir)
					}
				}
			}
		})
	}
}

type explainedUse struct{ What, CLI string }

// explainedUses are the uses in an explanation.
func explainedUses(t *testing.T, topology, ref string) []explainedUse {
	t.Helper()
	var x struct {
		Uses      []explainedUse
		Importers []struct{ Uses []explainedUse }
	}
	if err := json.Unmarshal(jsc(t, "explain", ref, topology, "--format", "json"), &x); err != nil {
		t.Fatal(err)
	}
	for _, i := range x.Importers {
		x.Uses = append(x.Uses, i.Uses...)
	}
	if len(x.Uses) == 0 {
		t.Fatalf("%s has no uses", ref)
	}
	return x.Uses
}

// jsc runs a command in this process and returns what it prints.
func jsc(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, strings.NewReader(""), &stdout, &stderr); code != exitDone {
		t.Fatalf("jsc %s exits %d:\n%s%s", strings.Join(args, " "), code, &stdout, &stderr)
	}
	return stdout.Bytes()
}

// shows runs a command line until it prints something; stir, which may be nil,
// is done again and again until then.
func (c client) shows(t *testing.T, line, want string, stir func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stirred := make(chan struct{})
	go func() {
		defer close(stirred)
		for stir != nil && ctx.Err() == nil {
			stir()
		}
	}()
	err := c.watch(ctx, t, line, func(out string) bool { return strings.Contains(out, want) })
	cancel()
	<-stirred
	if err != nil {
		t.Errorf("%s: no %q: %v", line, want, err)
	}
}

// watch runs a command line in a shell until seen is true of what it has
// printed.
func (c client) watch(ctx context.Context, t *testing.T, line string, seen func(string) bool) error {
	line, ok := strings.CutPrefix(line, "nats ")
	if !ok {
		t.Errorf("%q is no command of the nats CLI", line)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", `exec "$NATS" `+line)
	cmd.Dir = c.dir
	cmd.Env = []string{"NATS=" + c.cli, "NATS_URL=" + c.url, "NATS_CREDS=" + c.creds, "HOME=" + c.dir, "XDG_CONFIG_HOME=" + c.dir}
	out := &watched{seen: seen, done: cancel}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	out.Lock()
	defer out.Unlock()
	if out.met {
		return nil
	}
	if err == nil {
		err = os.ErrNotExist
	}
	return &unseen{err, out.text.String()}
}

// watched is output that is looked at while it comes.
type watched struct {
	sync.Mutex
	text bytes.Buffer
	seen func(string) bool
	done func()
	met  bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	w.text.Write(p)
	if w.seen(w.text.String()) {
		w.met = true
		w.done()
	}
	return len(p), nil
}

type unseen struct {
	error
	text string
}

func (u *unseen) Error() string { return u.error.Error() + "\n" + u.text }

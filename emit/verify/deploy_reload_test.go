package verify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"jsc/emit"
	"jsc/emit/diff"
	"jsc/emit/lock"
)

// planned builds, and is what jsc plan says of that against the build before.
func (s *site) planned(text string) *diff.Report {
	s.t.Helper()
	layout := func() *emit.Layout {
		l, err := emit.NewLayout(s.plan, "")
		s.must(err)
		return l
	}
	was := layout()
	s.build(text)
	read := func(l *emit.Layout) *diff.State {
		state, err := diff.Read(diff.Planned{Layout: l}, s.plan)
		s.must(err)
		return state
	}
	return diff.Compare(read(was), read(layout()), s.plan, "the last build")
}

// TestReloads: where a plan says that servers reload, they do. A setting that a
// server refuses makes its whole reload fail, revocations included, so a plan
// must say restart.
func TestReloads(t *testing.T) {
	route := freePorts(t, 1)
	cluster := func(third int) string {
		return fmt.Sprintf("cluster_size = 3\n cluster {\n  listen = \"127.0.0.1:%d\"\n  routes = [\"nats://127.0.0.1:%d\", \"nats://192.0.2.1:1\", \"nats://192.0.2.2:%d\"]\n }", route, route, third)
	}
	const secure = "tls {\n  cert_file = \"server.pem\"\n  key_file = \"server-key.pem\"\n }"
	for name, c := range map[string]struct {
		old, new string // of the server block
		limit    string // of account A, at the end
		restart  bool
	}{
		"more disk":             {"jetstream { max_file = \"1GiB\" }", "jetstream { max_file = \"2GiB\" }", "", false},
		"less disk":             {"jetstream { max_file = \"2GiB\" }", "jetstream { max_file = \"1GiB\" }", "", true},
		"disk without a limit":  {"jetstream { max_file = \"2GiB\" }", "", "", true},
		"disk with a limit":     {"", "jetstream { max_file = \"2GiB\" }", "", true},
		"more memory":           {"jetstream { max_memory = \"1MiB\" }", "jetstream { max_memory = \"20MiB\" }", "", false},
		"memory without limit":  {"jetstream { max_memory = \"2GiB\" }", "", "", true},
		"an account's disk":     {"", "", "disk = \"2GiB\"\n memory = 0", true},
		"store_dir":             {"", "jetstream { store_dir = \"./elsewhere\" }", "", true},
		"domain":                {"", "jetstream { domain = \"d\" }", "", true},
		"sync_interval":         {"", "jetstream { sync_interval = \"always\" }", "", true},
		"unique_tag":            {"", "jetstream { unique_tag = \"az\" }", "", true},
		"name":                  {"", "name = \"other\"", "", true},
		"http_port":             {"", "http_port = 8222", "", true},
		"feature_flags":         {"", "feature_flags = { js_ack_fc_v2 = false }", "", true},
		"tls comes":             {"", secure, "", false},
		"tls goes":              {secure, "", "", false},
		"another certificate":   {secure, "tls {\n  cert_file = \"other.pem\"\n  key_file = \"other-key.pem\"\n }", "", false},
		"clients' certificates": {secure, "tls {\n  cert_file = \"server.pem\"\n  key_file = \"server-key.pem\"\n  ca_file = \"ca.pem\"\n  verify = true\n }", "", false},
		"routes":                {cluster(2), cluster(3), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			ca := newAuthority(s)
			ca.issue("server")
			ca.issue("other")
			port := freePorts(t, 1)
			topology := func(block, limit string) string {
				return fmt.Sprintf("operator \"O\" {}\nserver {\n port = %d\n %s\n}\naccount \"A\" {\n jetstream {\n  %s\n }\n}\n", port, block, limit)
			}
			s.build(topology(c.old, ""))
			conf := "server.conf"
			if _, ok := s.files[conf]; !ok {
				conf = "server-1.conf"
			}
			one := s.deploy(conf)[0]
			if !one.ReadyForConnections(patience) {
				t.Fatal("the server takes no clients")
			}
			r := s.planned(topology(c.new, c.limit))
			if got := slices.Contains(r.Impacts, "restart"); got != c.restart {
				t.Errorf("the plan says %v", r.Impacts)
			}
			s.writeConfs(s.confs)
			err := one.Reload()
			if (err != nil) != c.restart {
				t.Errorf("a reload: %v", err)
			}
		})
	}
}

// TestRoomBeforePush: with a full resolver a plan says to reload before accounts
// are pushed. A server without room for an account's new limit turns JetStream
// off for it, and a reload that comes after does not mend that.
func TestRoomBeforePush(t *testing.T) {
	const text = `
operator "O" {}
server {
  port = PORT
  resolver {
    type = "full"
    dir  = "./jwt"
  }
}
account "SYS" {
  user "deploy" { push = true }
}
account "A" {
  jetstream {
    disk = "DISK"
  }
}
`
	reload := func(s *site) { s.must(s.server.Reload()) }
	push := func(s *site) { s.push("A", s.plan.Token(lock.AccountID("A")).Text) }
	for name, c := range map[string]struct {
		steps []func(*site)
		code  float64 // the server's error; 0: none
	}{
		"as said":  {[]func(*site){reload, push}, 0},
		"backward": {[]func(*site){push, reload}, 10047},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			text := replace(text, "PORT", fmt.Sprint(freePorts(t, 1)))
			s.build(replace(text, "DISK", "1MiB"))
			s.up(s.deploy("server.conf")[0])
			s.as("A")
			s.planned(replace(text, "DISK", "2MiB"))
			s.writeConfs(s.confs)
			for _, step := range c.steps {
				step(s)
			}
			answer, err := s.ask("A", "$JS.API.STREAM.CREATE.S", `{"name": "S", "subjects": ["s"], "max_bytes": 2000000}`)
			e, _ := answer["error"].(map[string]any)
			if code, _ := e["err_code"].(float64); code != c.code {
				t.Errorf("a stream that needs the room: %v", err)
			}
		})
	}
}

// TestPushAnswers: a full resolver answers what is pushed, as docs/security.md
// says: with a code where it keeps it, with an error where it does not.
func TestPushAnswers(t *testing.T) {
	s := newSite(t)
	s.build(fmt.Sprintf("operator \"O\" {}\nserver {\n port = %d\n resolver {\n  type = \"full\"\n  dir = \"./jwt\"\n }\n}\naccount \"SYS\" {\n user \"deploy\" { push = true }\n}\naccount \"A\" {}\n", freePorts(t, 1)))
	s.up(s.deploy("server.conf")[0])
	const update = "$SYS.REQ.CLAIMS.UPDATE"
	answer := s.api("SYS/deploy", update, s.plan.Token(lock.AccountID("A")).Text)
	if data, _ := answer["data"].(map[string]any); data["code"] != 200.0 || data["account"] != s.public(lock.AccountID("A")) {
		t.Errorf("pushed: %v", answer)
	}
	if answer, err := s.ask("SYS/deploy", update, "nonsense"); err == nil || answer["error"] == nil {
		t.Errorf("nonsense: %v", answer)
	}
}

// TestAnotherOperator: a server that reloads under another operator refuses all
// of it, so a plan says restart. With the new operator.conf beside the former
// resolver.conf it does not start, and with all that is new it does: users keep
// their credentials.
func TestAnotherOperator(t *testing.T) {
	text := replace(`
operator "O" {}
server {
  name = "one"
  port = PORT
}
account "A" {
  user "app" {}
}
`, "PORT", fmt.Sprint(freePorts(t, 1)))
	s := newSite(t)
	s.build(text)
	one := s.deploy("server.conf")[0]
	s.up(one)
	app, resolver := s.plan.Token(lock.UserID("A", "app")).Text, s.files["resolver.conf"]
	if r := s.planned(replace(text, `operator "O"`, `operator "P"`)); !slices.Contains(r.Impacts, "restart") {
		t.Errorf("the plan says %v", r.Impacts)
	}
	if s.plan.Token(lock.UserID("A", "app")).Text != app {
		t.Error("the user has another token")
	}
	s.writeConfs(s.confs)
	if one.Reload() == nil {
		t.Error("the reload succeeds")
	}
	s.stop()
	s.must(os.WriteFile(filepath.Join(s.confs, "resolver.conf"), []byte(resolver), 0o600))
	opts, err := server.ProcessConfigFile(filepath.Join(s.confs, "server.conf"))
	s.must(err)
	opts.NoSigs, opts.NoLog = true, true
	if half, err := server.NewServer(opts); err == nil {
		half.Shutdown()
		t.Error("the server starts with the accounts of the former operator")
	}
	s.up(s.deploy("server.conf")[0])
	_, err = s.app()
	s.must(err)
}

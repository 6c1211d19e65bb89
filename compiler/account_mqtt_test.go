package compiler_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// mqttConnect is a CONNECT packet with a user's name for the client, the user
// and the password.
func mqttConnect(user string) []byte {
	body := []byte{0, 4, 'M', 'Q', 'T', 'T', 4, 0xC2, 0, 60}
	for range 3 {
		body = append(append(body, 0, byte(len(user))), user...)
	}
	return append([]byte{0x10, byte(len(body))}, body...)
}

// TestMQTTNeedsStreams: the server takes an MQTT client where it can make its
// streams in the account, and jsc warns of accounts in which it cannot.
func TestMQTTNeedsStreams(t *testing.T) {
	cases := []struct{ name, hcl, conf, rule string }{
		{"none", ``, ``, "account-without-jetstream"},
		{"unlimited", `jetstream {}`, `jetstream: enabled`, ""},
		{"few", `jetstream { streams = 4 }`, `jetstream: {max_mem: -1, max_file: -1, max_streams: 4}`, "stream-limits-account"},
		{"enough", `jetstream { streams = 5 }`, `jetstream: {max_mem: -1, max_file: -1, max_streams: 5}`, ""},
		{"memory", `jetstream {
  memory = "1MiB"
  disk   = 0
}`, `jetstream: {max_mem: 1M, max_file: 0}`, "stream-limits-account"},
		{"bounded", `jetstream { max_bytes_required = true }`, `jetstream: {max_mem: -1, max_file: -1, max_bytes_required: true}`, "max-bytes-required"},
	}
	accounts := ""
	for _, c := range cases {
		accounts += fmt.Sprintf("%s: {users: [{user: %s, password: %s}], %s}\n", c.name, c.name, c.name, c.conf)
	}
	file := filepath.Join(t.TempDir(), "server.conf")
	conf := fmt.Sprintf("server_name: s\njetstream: {store_dir: %q}\nmqtt: {listen: \"127.0.0.1:-1\"}\naccounts: {\n%s}\n", t.TempDir(), accounts)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	opts, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	opts.DontListen, opts.NoSigs, opts.NoLog = true, true, true
	started(t, opts)
	at := fmt.Sprintf("127.0.0.1:%d", opts.MQTT.Port)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			nc, err := net.Dial("tcp", at)
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			if err := nc.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := nc.Write(mqttConnect(c.name)); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 4)
			_, err = io.ReadFull(nc, answer)
			if taken := err == nil && answer[0] == 0x20 && answer[3] == 0; taken != (c.rule == "") {
				t.Errorf("the server takes the client: %v (%v, %v)", taken, answer, err)
			}
			_, rules := compiled(t, fmt.Sprintf("operator \"O\" {}\naccount \"A\" {\n%s\nuser \"u\" { connection_types = [\"MQTT\"] }\n}", c.hcl))
			if want := slices.DeleteFunc([]string{c.rule}, func(s string) bool { return s == "" }); !slices.Equal(rules, want) {
				t.Errorf("rules %q, want %q", rules, want)
			}
		})
	}
}

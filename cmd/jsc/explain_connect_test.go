package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const connectedTopology = `
operator "O" {}
account "A" {
  jetstream {}
  user "any" {}
  user "web" { connection_types = ["WEBSOCKET"] }
  user "process" { connection_types = ["IN_PROCESS"] }
  user "leaf" { connection_types = ["LEAFNODE"] }
  user "leaf-web" { connection_types = ["LEAFNODE_WS"] }
  user "thing" {
    connection_types = ["MQTT"]
    bearer           = true
  }
  user "signer" { connection_types = ["MQTT"] }
}
`

// connector is a server that listens for every type of connection.
type connector struct {
	*natsserver.Server
	bin            string // where the nats CLI is
	leaf, ws, mqtt string // addresses
}

// What explain says of how a user connects is how a server lets it in; users of
// one type of connection are told nothing else, and get in no other way.
func TestExplainedConnections(t *testing.T) {
	p := newParty(t)
	hub := &connector{bin: filepath.Dir(tool(t, "nats"))}
	p.write(t, connectedTopology)
	t.Chdir(p.dir) // where the credentials are
	p.jsc(t, "build", "--quiet", "--generate-keys", "--creds", "creds")
	hub.Server = serve(t, []*jwt.OperatorClaims{p.operator(t)}, p.accounts(t), func(o *natsserver.Options) {
		o.LeafNode.Host, o.LeafNode.Port = "127.0.0.1", natsserver.RANDOM_PORT
		o.Websocket.Host, o.Websocket.Port, o.Websocket.NoTLS = "127.0.0.1", natsserver.RANDOM_PORT, true
		o.MQTT.Host, o.MQTT.Port = "127.0.0.1", natsserver.RANDOM_PORT
	})
	v, err := hub.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	at := func(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
	hub.leaf, hub.ws, hub.mqtt = at(v.LeafNode.Port), at(v.Websocket.Port), at(v.MQTT.Port)
	for _, c := range []struct {
		user    string
		connect func(*connector, *testing.T, explainedConnection)
		caution string
	}{
		{"any", (*connector).command, ""},
		{"web", (*connector).command, ""},
		{"process", (*connector).inProcess, ""},
		{"leaf", (*connector).remote, ""},
		{"leaf-web", (*connector).remote, ""},
		{"thing", (*connector).bearer, "Its token alone connects"},
		{"signer", (*connector).refused, "MQTT clients cannot sign"},
	} {
		t.Run(c.user, func(t *testing.T) {
			var x struct {
				Uses     []explainedConnection
				Cautions []string
			}
			if err := json.Unmarshal(jsc(t, "explain", "account.A.user."+c.user, "topology.hcl", "--format", "json"), &x); err != nil {
				t.Fatal(err)
			}
			if len(x.Uses) != 1 {
				t.Fatalf("it says %d ways to connect", len(x.Uses))
			}
			x.Uses[0].cautions = x.Cautions
			c.connect(hub, t, x.Uses[0])
			if c.caution != "" && !slices.ContainsFunc(x.Cautions, func(s string) bool { return strings.HasPrefix(s, c.caution) }) {
				t.Errorf("it warns of %q", x.Cautions)
			}
			nc, err := nats.Connect(hub.ClientURL(), nats.UserCredentials("creds/A/"+c.user+".creds"))
			if err == nil {
				nc.Close()
			}
			if (err == nil) != (c.user == "any") {
				t.Errorf("a standard connection: %v", err)
			}
		})
	}
}

type explainedConnection struct {
	CLI, Go, Conf string
	cautions      []string
}

// shell is what a command line prints.
func (hub *connector) shell(t *testing.T, line string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.ReplaceAll(line, "wss://HOST:PORT", "ws://"+hub.ws))
	cmd.Env = []string{"PATH=" + hub.bin + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "NATS_URL=" + hub.ClientURL()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func (hub *connector) command(t *testing.T, c explainedConnection) { hub.shell(t, c.CLI) }

func (hub *connector) inProcess(t *testing.T, c explainedConnection) {
	const code = `nats.Connect(url, nats.InProcessServer(server), nats.UserCredentials("creds/A/process.creds"))`
	if !strings.Contains(c.Go, code) {
		t.Errorf("the code is %s", c.Go)
	}
	nc, err := nats.Connect("", nats.InProcessServer(hub.Server), nats.UserCredentials("creds/A/process.creds"))
	if err != nil {
		t.Fatal(err)
	}
	nc.Close()
}

// remote boots a leaf node with the configuration, without accounts of its own,
// and with those of a resolver.
func (hub *connector) remote(t *testing.T, c explainedConnection) {
	text := strings.NewReplacer("nats-leaf://HOST:PORT", "nats-leaf://"+hub.leaf, "wss://HOST:PORT", "ws://"+hub.ws).Replace(c.Conf)
	hub.leafNode(t, text)
	bound := regexp.MustCompile(`account: "A[A-Z2-7]{55}"`).FindString(strings.Join(c.cautions, "\n"))
	if bound == "" {
		t.Fatalf("no account is told in %q", c.cautions)
	}
	hub.leafNode(t, "include \"generated/resolver.conf\"\n"+strings.Replace(text, "credentials:", bound+", credentials:", 1))
}

// leafNode boots a leaf node that connects.
func (hub *connector) leafNode(t *testing.T, conf string) {
	t.Helper()
	if err := os.WriteFile("leaf.conf", []byte("listen: \"127.0.0.1:-1\"\n"+conf), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := natsserver.ProcessConfigFile("leaf.conf")
	if err != nil {
		t.Fatal(err)
	}
	o.NoLog, o.NoSigs = true, true
	leaf, err := natsserver.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	leaf.Start()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	linked(t, ctx, hub.Server, leaf, 1)
	leaf.Shutdown()
	leaf.WaitForShutdown()
	linked(t, ctx, hub.Server, leaf, 0)
}

func (hub *connector) bearer(t *testing.T, c explainedConnection) {
	if code := hub.mqttConnect(t, c); code != 0 {
		t.Errorf("CONNACK says %d", code)
	}
}

func (hub *connector) refused(t *testing.T, c explainedConnection) {
	if code := hub.mqttConnect(t, c); code != 5 {
		t.Errorf("CONNACK says %d, not 5: not authorized", code)
	}
}

// mqttConnect connects with what the command prints as password, and is the
// return code of CONNACK (MQTT 3.1.1, 3.1 and 3.2).
func (hub *connector) mqttConnect(t *testing.T, c explainedConnection) byte {
	t.Helper()
	conn, err := net.Dial("tcp", hub.mqtt)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	text := func(b []byte, s string) []byte { return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...) }
	const cleanUserPassword = 0b1100_0010
	body := append(text(nil, "MQTT"), 4, cleanUserPassword, 0, 60)
	body = text(text(text(body, "id"), "anybody"), strings.TrimSpace(hub.shell(t, c.CLI)))
	packet := binary.AppendUvarint([]byte{0x10}, uint64(len(body)))
	if _, err := conn.Write(append(packet, body...)); err != nil {
		t.Fatal(err)
	}
	var answer [4]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		t.Fatal(err)
	}
	return answer[3]
}

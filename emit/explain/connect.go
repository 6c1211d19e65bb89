package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/client"
	"jsc/schema/diag"
)

// credentials are what a user's clients connect with: the file that build
// --creds=creds writes, and the inbox prefix, which it cannot carry.
type credentials struct{ file, inbox string }

// ways are the ways to connect, by the types of connections that they make. A
// user of any type is told of the first.
var ways = []struct {
	types []string
	use   func(credentials) client.Use
}{
	{[]string{"STANDARD"}, func(c credentials) client.Use {
		return client.Use{What: "connect, " + written, CLI: c.cli(""), Go: c.code("url")}
	}},
	{[]string{"WEBSOCKET"}, func(c credentials) client.Use {
		return client.Use{What: "connect by WebSocket, " + written, CLI: c.cli("wss://HOST:PORT"), Go: c.code(`"wss://HOST:PORT"`)}
	}},
	{[]string{"IN_PROCESS"}, func(c credentials) client.Use {
		return client.Use{What: "connect in the server's own process, " + written, Go: c.code("url", "nats.InProcessServer(server)")}
	}},
	{[]string{"LEAFNODE"}, func(c credentials) client.Use {
		return client.Use{What: "connect a leaf node, " + written, Conf: c.remote("nats-leaf://HOST:PORT")}
	}},
	{[]string{"LEAFNODE_WS"}, func(c credentials) client.Use {
		return client.Use{What: "connect a leaf node by WebSocket, " + written, Conf: c.remote("wss://HOST:PORT")}
	}},
	{signless, func(c credentials) client.Use {
		return client.Use{What: "connect by MQTT, with any user name and, as the password, the token that this prints", CLI: "sed -n 2p " + diag.ShellQuote(c.file)}
	}},
}

const written = "with what build --creds=creds writes"

// signless are the types of connections whose clients cannot sign.
var signless = []string{"MQTT", "MQTT_WS"}

// connect is how a user with such limits connects, and what to be careful of
// with it.
func connect(u *compiler.User, limits compiler.UserLimits) (uses []client.Use, cautions []string) {
	c := credentials{"creds/" + emit.FileName(u.Account.Name) + "/" + emit.FileName(u.Name) + ".creds", u.InboxPrefix}
	may := func(types []string) bool {
		return slices.ContainsFunc(types, func(t string) bool { return slices.Contains(limits.ConnectionTypes, t) })
	}
	for i, w := range ways {
		if may(w.types) || i == 0 && len(limits.ConnectionTypes) == 0 {
			uses = append(uses, w.use(c))
		}
	}
	switch {
	case limits.Bearer:
		cautions = []string{"Its token alone connects, without a key: who reads the token is the user."}
	case may(signless):
		cautions = []string{"MQTT clients cannot sign: servers let them in as bearer users only, which this one is not."}
	}
	if may(leaves) {
		cautions = append(cautions, "A leaf node that has accounts by a resolver.conf of its own needs account: "+strconv.Quote(u.Account.PublicKey)+" in the remote too.")
		if u.InboxPrefix != "" {
			cautions = append(cautions, "What it may not do no client at the leaf node does through it: of answers it lets those to inboxes under "+u.InboxPrefix+" pass.")
		}
	}
	return uses, cautions
}

// leaves are the types of connections that leaf nodes make.
var leaves = []string{"LEAFNODE", "LEAFNODE_WS"}

// isClient reports that clients of the NATS protocol may connect as the user.
func isClient(u *compiler.User) bool {
	_, limits := allowed(u)
	return len(limits.ConnectionTypes) == 0 || slices.ContainsFunc(limits.ConnectionTypes, func(t string) bool {
		return !slices.Contains(leaves, t) && !slices.Contains(signless, t)
	})
}

func (c credentials) cli(server string) string {
	cli := command("nats rtt")
	if server != "" {
		cli.flag("server", server)
	}
	cli.flag("creds", c.file)
	if c.inbox != "" {
		cli.flag("inbox-prefix", c.inbox)
	}
	return string(cli)
}

func (c credentials) code(url string, options ...string) string {
	options = append(options, "nats.UserCredentials("+strconv.Quote(c.file)+")")
	if c.inbox != "" {
		options = append(options, "nats.CustomInboxPrefix("+strconv.Quote(c.inbox)+")")
	}
	return "nc, err := nats.Connect(" + url + ", " + strings.Join(options, ", ") + ")\ndefer nc.Close()"
}

// remote is what the leaf node's configuration says of the other side.
func (c credentials) remote(url string) string {
	return fmt.Sprintf("leafnodes {\n\tremotes = [{ url: %q, credentials: %s }]\n}", url, strconv.Quote(c.file))
}

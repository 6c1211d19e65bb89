package compiler

import (
	"fmt"
	"slices"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// mqttStreams is how many streams the server makes in an account when its first
// MQTT client connects, all in files and without max_bytes (server/mqtt.go,
// mqttCreateAccountSessionManager).
const mqttStreams = 5

// checkMQTT warns of MQTT users of an account in which the server cannot make
// these streams: nobody can connect. It is no error, since a leaf's server may have
// them made in another domain (mqtt.js_domain). Tiers are for streams of some
// numbers of replicas, which for these the server's own settings say.
func (p *pass) checkMQTT(a *Account) {
	who, types := a.mqtt()
	if who == "" || a.External {
		return
	}
	at := types.RangeOr(a.Src.LabelOrNameRange())
	if a.JetStream == nil {
		p.lacking(a, "jetstream", warnUnless(diag.New("account-without-jetstream", at, who+", for MQTT,", a.Name), false))
		return
	}
	if len(a.JetStream.Tiers) > 0 {
		return
	}
	l := a.JetStream.JetStreamLimits
	for _, c := range []struct {
		broken     bool
		rule, text string
	}{
		{l.Streams > 0 && int64(len(a.Streams))+mqttStreams > l.Streams, "stream-limits-account",
			fmt.Sprintf("account %s may have %d streams, and has %d of its own beside the %d that the server makes for MQTT, as for %s", a.Name, l.Streams, len(a.Streams), mqttStreams, who)},
		{l.Disk == 0, "stream-limits-account",
			fmt.Sprintf("account %s has no room for streams in files, which the server makes for MQTT, as for %s", a.Name, who)},
		{l.MaxBytesRequired, "max-bytes-required",
			fmt.Sprintf("account %s wants max_bytes of every stream, and those that the server makes for MQTT, as for %s, have none", a.Name, who)},
	} {
		if c.broken {
			p.add(warnUnless(diag.New(c.rule, at, c.text), false))
			return
		}
	}
}

// mqtt is the first user of the account, or role of its signing keys, that may
// connect by MQTT; "" for none.
func (a *Account) mqtt() (who string, types schema.Attr[[]string]) {
	has := func(types schema.Attr[[]string]) bool {
		return slices.ContainsFunc(types.Or(nil), func(t string) bool { return strings.HasPrefix(t, "MQTT") })
	}
	for _, u := range a.Users {
		if has(u.Src.ConnectionTypes) {
			return "user " + quote(u.Name), u.Src.ConnectionTypes
		}
	}
	for _, k := range a.SigningKeys {
		if k.Role != nil && has(k.Src.Role.ConnectionTypes) {
			return "the role of signing key " + quote(k.Label), k.Src.Role.ConnectionTypes
		}
	}
	return "", types
}

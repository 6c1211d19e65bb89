package truth

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
)

// crossAll sends one message through each import. It is not for local subjects
// that jsc refuses: one with a $0 ends the whole server (2.15.2) when anybody
// subscribes there.
func (a *asking) crossAll() {
	for _, to := range a.tree.of("account") {
		for _, i := range to.of("import") {
			for _, from := range a.tree.of("account") {
				if from.label == i.string("from", "") {
					a.cross(from, to, i)
				}
			}
		}
	}
}

// cross sends a message to the importer of a stream, or a request to the
// exporter of a service and its answer back. Both are on one server, so that
// what has not come when both ends have been flushed does not come.
func (a *asking) cross(from, to, i *node) {
	exporter, err := a.conn(from)
	if err != nil {
		a.refuse(from, err.Error())
		return
	}
	importer, err := a.conn(to)
	if err != nil {
		a.refuse(to, err.Error())
		return
	}
	typ, sub := direction(i)
	there, here := examples(a.w.resolved(sub), i.string("local_subject", ""))
	sender, receiver := exporter, importer
	sent, received := there, here
	if typ == jwt.Service {
		sender, receiver, sent, received = importer, exporter, here, there
	}
	inbox, err := sender.SubscribeSync(nats.NewInbox())
	if err == nil {
		err = a.exchange(sender, receiver, sent, received, inbox, typ == jwt.Service, a.otherWay(from, to))
	}
	if err != nil {
		a.refuse(i, err.Error())
	}
}

func (a *asking) exchange(sender, receiver *nats.Conn, sent, received string, inbox *nats.Subscription, answered, both bool) error {
	defer func() { _ = inbox.Unsubscribe() }()
	sub, err := receiver.SubscribeSync(received)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := receiver.FlushTimeout(patience); err != nil {
		return err
	}
	if err := sender.PublishRequest(sent, inbox.Subject, []byte(received)); err != nil {
		return err
	}
	if err := flushBoth(sender, receiver); err != nil {
		return err
	}
	n, _, _ := sub.Pending()
	if n < 1 || n > 1 && !both {
		return fmt.Errorf("a message to %s comes %d times as %s", sent, n, received)
	}
	if !answered {
		return nil
	}
	// Of a request and its copy as a message of a stream one has the way back.
	for range n {
		msg, err := sub.NextMsg(patience)
		if err != nil {
			return err
		}
		if err := msg.Respond(nil); err != nil {
			return err
		}
	}
	if err := flushBoth(receiver, sender); err != nil {
		return err
	}
	if n, _, _ := inbox.Pending(); n != 1 {
		return fmt.Errorf("the answer to %s comes %d times", sent, n)
	}
	return nil
}

// otherWay reports that one of two accounts imports a stream and the other a
// service: what the one asks for then comes as a message of the stream too.
func (a *asking) otherWay(x, y *node) bool {
	takes := func(to, from *node, kind string) bool {
		for _, i := range to.of("import") {
			if i.string("from", "") == from.label && i.get(kind) != nil {
				return true
			}
		}
		return false
	}
	return takes(x, y, "stream") && takes(y, x, "service") || takes(y, x, "stream") && takes(x, y, "service")
}

// flushBoth returns when what the first has sent has come to the second.
func flushBoth(sender, receiver *nats.Conn) error {
	if err := sender.FlushTimeout(patience); err != nil {
		return err
	}
	return receiver.FlushTimeout(patience)
}

// examples are one subject that an import covers, as the exporter and as the
// importer see it.
func examples(sub, local string) (there, here string) {
	var words []string
	tokens := strings.Split(sub, ".")
	for i, t := range tokens {
		switch t {
		case "*":
			tokens[i] = fmt.Sprintf("w%d", len(words)+1)
			words = append(words, tokens[i])
		case ">":
			tokens[i] = "r.s"
		}
	}
	there = strings.Join(tokens, ".")
	if local == "" {
		return there, there
	}
	seen := strings.Split(local, ".")
	stars := 0
	for i, t := range seen {
		n, err := strconv.Atoi(strings.TrimPrefix(t, "$"))
		switch {
		case t == "*":
			stars++
			n = stars
		case t == ">":
			seen[i] = "r.s"
			continue
		case !strings.HasPrefix(t, "$") || err != nil:
			continue
		}
		if n >= 1 && n <= len(words) {
			seen[i] = words[n-1]
		}
	}
	return there, strings.Join(seen, ".")
}

package lint

import (
	"cmp"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// streamUnbounded: a stream that grows without end. A mirror is as large as
// its origin, and one that keeps a number of messages a subject is bounded by
// its subjects, as a bucket is.
func streamUnbounded(f *finder) {
	for s, src := range f.streams {
		c := &s.Config
		bounded := c.MaxBytes > 0 || c.MaxMsgs > 0 || c.MaxAge > 0 || c.MaxMsgsPerSubject > 0
		unknown := src.MaxBytes.Invalid() || src.MaxMsgs.Invalid() || src.MaxAge.Invalid() || src.MaxMsgsPerSubject.Invalid()
		if bounded || unknown || c.Mirror != nil || c.Sealed {
			continue
		}
		f.add(diag.New("stream-unbounded", src.LabelOrNameRange(), fmt.Sprintf("stream %q of account %q has neither max_bytes nor max_age nor max_msgs", c.Name, s.Account.Name)))
	}
}

// replicasEven: two or four copies, where there are as many servers.
func replicasEven(f *finder) {
	if f.topology.Server.ClusterSize < 2 {
		return
	}
	even := func(n int, what string, at hcl.Range) {
		if n > 0 && n%2 == 0 && n <= f.topology.Server.ClusterSize {
			f.add(diag.New("replicas-even", at, fmt.Sprintf("%s has %d replicas", what, n)))
		}
	}
	for s, src := range f.streams {
		even(s.Config.Replicas, fmt.Sprintf("stream %q", s.Config.Name), src.Replicas.Range())
	}
	for c := range f.consumers {
		even(c.Config.Replicas, consumer(c), c.Src.Replicas.Range())
	}
	for a := range f.own {
		for _, b := range append(a.Src.KeyValues[:len(a.Src.KeyValues):len(a.Src.KeyValues)], a.Src.ObjectStores...) {
			even(int(b.Replicas.Or(1)), fmt.Sprintf("bucket %q", b.Name), b.Replicas.Range())
		}
	}
}

func consumer(c *compiler.Consumer) string { return fmt.Sprintf("consumer %q", c.Config.Name) }

func ephemeralNoAck(f *finder) {
	for c := range f.consumers {
		if c.Src.InactiveThreshold.Or(0) > 0 && c.Config.AckPolicy == "none" {
			f.add(diag.New("ephemeral-no-ack", c.Src.InactiveThreshold.NameRange(),
				fmt.Sprintf("%s goes away after %s without clients, and takes no acks", consumer(c), schema.FormatDuration(c.Config.InactiveThreshold))))
		}
	}
}

// defaultThreshold is how long a service import waits for responses when the
// export does not say (nats-server server/const.go,
// DEFAULT_SERVICE_EXPORT_RESPONSE_THRESHOLD).
const defaultThreshold = 2 * time.Minute

// longPollThreshold: a shared pull consumer that lets pulls wait longer than
// the import's answers may take.
func longPollThreshold(f *finder) {
	for t := range f.targets {
		c := t.Share.Consumer
		if c == nil || c.Config.MaxExpires == 0 {
			continue
		}
		for _, g := range t.Grants {
			if g.Row == nil || g.Row.Grant != "next" {
				continue
			}
			threshold := defaultThreshold
			if g.Export != nil && g.Export.Terms.Threshold > 0 {
				threshold = g.Export.Terms.Threshold
			}
			if c.Config.MaxExpires > threshold {
				f.add(diag.New("long-poll-threshold", c.Src.MaxExpires.Range(),
					fmt.Sprintf("pulls of %s may wait %s, and share %q answers for %s", consumer(c), schema.FormatDuration(c.Config.MaxExpires), t.Share.Name, schema.FormatDuration(threshold))))
			}
			break
		}
	}
}

// pushOverPull: a push consumer that clients use. One that a stream sources
// from has to push.
func pushOverPull(f *finder) {
	for c := range f.consumers {
		if c.Config.Push() && c.Config.AckPolicy != "flow_control" {
			f.add(diag.New("push-over-pull", c.Src.DeliverSubject.Range(), consumer(c)+" pushes its messages"))
		}
	}
}

func flowControlQueue(f *finder) {
	for c := range f.consumers {
		if c.Config.FlowControl && c.Config.DeliverGroup != "" {
			at := cmp.Or(c.Src.FlowControl.NameRange(), c.Src.DeliverGroup.NameRange()) // an ack_policy may imply flow control
			f.add(diag.New("flow-control-queue", at, consumer(c)))
		}
	}
}

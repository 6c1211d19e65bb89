package verify

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// pulled is a client of a shared pull consumer.
type pulled struct {
	*probe
	name  string
	acks  bool
	bound jetstream.Consumer // nil unless the importer could look it up
	plain *nats.Subscription // of clients that cannot
	one   delivery           // received and not yet acknowledged
	got   map[uint64]bool
}

// batch is how many messages a probe pulls at once: a response type that ends
// after the first answer passes a pull of one.
const batch = 100

// pullSteps: look up, pull several at once, acknowledge, pull many, and pull
// messages without payload one by one.
func pullSteps(p *probe) []step {
	c := &pulled{
		probe: p, name: p.share.Consumer.Config.Name,
		acks: p.grant("ack") != nil,
		got:  make(map[uint64]bool),
	}
	return []step{
		{row: "info", run: c.lookUp},
		{row: "next", run: c.pullOne},
		{row: "ack", needs: []string{"next"}, run: c.acknowledgeOne},
		{row: "next", needs: []string{"ack"}, run: c.pullAll},
		{row: "next", needs: []string{"ack"}, run: c.pullEmpty},
		{row: "ack", needs: []string{"next"}, run: func(ctx context.Context) error { return c.floor(ctx, c.last) }},
	}
}

func (c *pulled) lookUp(ctx context.Context) error {
	js, err := jetstream.NewWithAPIPrefix(c.client, c.prefix())
	if err != nil {
		return err
	}
	c.bound, err = js.Consumer(ctx, c.streamName(), c.name)
	return err
}

// pull asks for up to n messages and returns what came before the server said
// that there are no more, or all n.
func (c *pulled) pull(ctx context.Context, n int) ([]delivery, error) {
	ctx, cancel := c.patient(ctx)
	defer cancel()
	if c.bound != nil {
		messages, err := c.bound.Fetch(n, jetstream.FetchContext(ctx))
		if err != nil {
			return nil, err
		}
		var out []delivery
		for m := range messages.Messages() {
			d := delivery{size: len(m.Data()), ack: m.Ack, ackSync: m.DoubleAck}
			if meta, err := m.Metadata(); err == nil {
				d.sequence = meta.Sequence.Stream
			}
			out = append(out, d)
		}
		return out, messages.Error()
	}
	if c.plain == nil {
		js, err := c.client.JetStream(nats.APIPrefix(c.prefix()))
		if err != nil {
			return nil, err
		}
		c.plain, err = js.PullSubscribe("", "", nats.Bind(c.streamName(), c.name), nats.SkipConsumerLookup())
		if err != nil {
			return nil, err
		}
		c.cleanup(func() { _ = c.plain.Unsubscribe() })
	}
	messages, err := c.plain.Fetch(n, nats.Context(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]delivery, len(messages))
	for i, m := range messages {
		out[i] = delivery{
			size:    len(m.Data),
			ack:     func() error { return m.Ack() },
			ackSync: func(ctx context.Context) error { return m.AckSync(nats.Context(ctx)) },
		}
		if meta, err := m.Metadata(); err == nil {
			out[i].sequence = meta.Sequence.Stream
		}
	}
	return out, nil
}

func (c *pulled) pullOne(ctx context.Context) error {
	if err := c.fillStream(ctx, 1); err != nil {
		return err
	}
	got, err := c.pull(ctx, 1)
	if err != nil {
		return err
	}
	if len(got) == 0 {
		return errQuiet
	}
	c.one = got[0]
	return nil
}

func (c *pulled) acknowledgeOne(ctx context.Context) error {
	if err := c.one.ackSync(ctx); err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	return c.floor(ctx, c.one.sequence)
}

// pullAll pulls many messages, a batch at a time: as many as the consumer lets
// be unacknowledged.
func (c *pulled) pullAll(ctx context.Context) error {
	n := c.opts.Messages
	if err := c.fillStream(ctx, n); err != nil {
		return err
	}
	size := batch
	if most := int(c.share.Consumer.Config.MaxAckPending); c.acks && most > 0 {
		size = min(size, most)
	}
	for len(c.got) < n {
		want := min(size, n-len(c.got))
		messages, err := c.pull(ctx, want)
		if err != nil {
			return fmt.Errorf("%d of %d messages came, then: %w", len(c.got), n, err)
		}
		if len(messages) < want {
			return fmt.Errorf("a pull of %d messages got %d", want, len(messages))
		}
		for _, d := range messages {
			c.got[d.sequence] = true
		}
		if err := c.acknowledge(ctx, messages); err != nil {
			return err
		}
	}
	return nil
}

// pullEmpty pulls messages without payload and header, one by one: to the
// server such a message is the end of the answer, so that the rest of a larger
// batch would be lost and come again only after ack_wait.
func (c *pulled) pullEmpty(ctx context.Context) error {
	js, err := jetstream.New(c.owner)
	if err != nil {
		return err
	}
	for range 3 {
		ack, err := js.Publish(ctx, c.feed.published, nil)
		if err != nil {
			return fmt.Errorf("publish to %s: %w", c.feed.published, err)
		}
		c.last = ack.Sequence
		messages, err := c.pull(ctx, 1)
		if err != nil {
			return err
		}
		if len(messages) != 1 || messages[0].sequence != ack.Sequence || messages[0].size != 0 {
			return fmt.Errorf("a message without payload did not come by a pull of one")
		}
		if err := c.acknowledge(ctx, messages); err != nil {
			return err
		}
	}
	return nil
}

// acknowledge acknowledges all, the last one with the consumer's word, so that
// the next pull finds room under max_ack_pending.
func (c *pulled) acknowledge(ctx context.Context, messages []delivery) error {
	if !c.acks {
		return nil
	}
	for i, d := range messages {
		var err error
		if i == len(messages)-1 {
			err = d.ackSync(ctx)
		} else {
			err = d.ack()
		}
		if err != nil {
			return fmt.Errorf("acknowledge message %d: %w", d.sequence, err)
		}
	}
	return nil
}

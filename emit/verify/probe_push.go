package verify

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// delivery is a message that a consumer delivered to an importer.
type delivery struct {
	sequence uint64
	size     int
	ack      func() error
	// ackSync acknowledges and waits until the consumer has it.
	ackSync func(context.Context) error
}

// pushed is a client of a shared push consumer.
type pushed struct {
	*probe
	name    string
	acks    bool
	bound   jetstream.PushConsumer // nil unless the importer could bind
	arrived chan delivery
	got     map[uint64]bool
}

// pushSteps: bind, receive one, acknowledge it, then receive and acknowledge
// more than a flow-control window. Where the consumer has no flow control, it
// is the delivery itself that must carry them all.
func pushSteps(p *probe) []step {
	c := &pushed{
		probe: p, name: p.share.Consumer.Config.Name,
		acks:    p.grant("ack") != nil,
		arrived: make(chan delivery, p.opts.Messages+1),
		got:     make(map[uint64]bool),
	}
	flow := "deliver"
	if p.grant("fc") != nil {
		flow = "fc"
	}
	return []step{
		{row: "info", run: c.bind},
		{row: "deliver", run: c.receiveOne},
		{row: "ack", needs: []string{"deliver"}, run: c.acknowledgeOne},
		{row: flow, needs: []string{"deliver", "ack"}, run: c.receiveAll},
		{row: "ack", needs: []string{"deliver", "fc"}, run: c.settled},
	}
}

// bind looks the consumer up through the importer's prefix, as clients do.
func (c *pushed) bind(ctx context.Context) error {
	js, err := jetstream.NewWithAPIPrefix(c.client, c.prefix())
	if err != nil {
		return err
	}
	consumer, err := js.PushConsumer(ctx, c.streamName(), c.name)
	if err != nil {
		return err
	}
	if want, is := c.share.Consumer.Config.DeliverSubject, consumer.CachedInfo().Config.DeliverSubject; want != is {
		return fmt.Errorf("it delivers to %q, not to %q", is, want)
	}
	c.bound = consumer
	return nil
}

// subscribe listens where the importer sees deliveries: bound to the consumer,
// which makes the client answer flow control and heartbeats; or, where no
// client can bind, by a plain subscription that answers them itself.
func (c *pushed) subscribe() error {
	config := &c.share.Consumer.Config
	local := c.grant("deliver").Local
	if c.bound != nil && local == config.DeliverSubject {
		consuming, err := c.bound.Consume(func(m jetstream.Msg) {
			d := delivery{size: len(m.Data()), ack: m.Ack, ackSync: m.DoubleAck}
			if meta, err := m.Metadata(); err == nil {
				d.sequence = meta.Sequence.Stream
			}
			c.arrived <- d
		})
		if err != nil {
			return err
		}
		c.cleanup(consuming.Stop)
		return c.client.Flush()
	}
	sub, err := c.client.QueueSubscribe(local, config.DeliverGroup, func(m *nats.Msg) {
		if m.Header.Get("Status") == "100" {
			answerFlowControl(c.client, m)
			return
		}
		d := delivery{
			size:    len(m.Data),
			ack:     func() error { return m.Ack() },
			ackSync: func(ctx context.Context) error { return m.AckSync(nats.Context(ctx)) },
		}
		if meta, err := m.Metadata(); err == nil {
			d.sequence = meta.Sequence.Stream
		}
		c.arrived <- d
	})
	if err != nil {
		return err
	}
	c.cleanup(func() { _ = sub.Unsubscribe() })
	return c.client.Flush()
}

// answerFlowControl does with a status message what clients do: answer a
// flow-control request, or the heartbeat that says that one was lost.
func answerFlowControl(nc *nats.Conn, m *nats.Msg) {
	reply := m.Reply
	if reply == "" {
		reply = m.Header.Get("Nats-Consumer-Stalled")
	}
	if reply != "" {
		_ = nc.Publish(reply, nil)
	}
}

func (c *pushed) receiveOne(ctx context.Context) error {
	if err := c.subscribe(); err != nil {
		return fmt.Errorf("subscribe to %s: %w", c.grant("deliver").Local, err)
	}
	if err := c.fillStream(ctx, 1); err != nil {
		return err
	}
	d, err := receive(ctx, c.opts, c.arrived)
	if err != nil {
		return err
	}
	c.got[d.sequence] = true
	if !c.acks {
		return nil
	}
	// The step after this one acknowledges it.
	c.arrived <- d
	return nil
}

// acknowledgeOne needs the consumer's word that it has the ack, and then the
// floor in the exporter's account.
func (c *pushed) acknowledgeOne(ctx context.Context) error {
	d, err := receive(ctx, c.opts, c.arrived)
	if err != nil {
		return err
	}
	if err := d.ackSync(ctx); err != nil {
		return fmt.Errorf("acknowledge: %w", err)
	}
	return c.floor(ctx, d.sequence)
}

func (c *pushed) receiveAll(ctx context.Context) error {
	n := c.opts.Messages
	if err := c.fillStream(ctx, n); err != nil {
		return err
	}
	for len(c.got) < n+1 {
		d, err := receive(ctx, c.opts, c.arrived)
		if err != nil {
			return fmt.Errorf("%d of %d messages arrived, then: %w", len(c.got)-1, n, err)
		}
		if d.size < c.opts.Size {
			return fmt.Errorf("message %d arrived with %d of %d bytes", d.sequence, d.size, c.opts.Size)
		}
		c.got[d.sequence] = true
		if c.acks {
			if err := d.ack(); err != nil {
				return fmt.Errorf("acknowledge message %d: %w", d.sequence, err)
			}
		}
	}
	return nil
}

// settled: every message is acknowledged in the exporter's account.
func (c *pushed) settled(ctx context.Context) error { return c.floor(ctx, c.last) }

// floor waits until the consumer's ack floor is at a stream sequence.
func (p *probe) floor(ctx context.Context, sequence uint64) error {
	ctx, cancel := context.WithTimeout(ctx, p.opts.Patience)
	defer cancel()
	var at uint64
	err := until(ctx, "the ack floor did not move", func() (bool, error) {
		info, err := consumerInfo(ctx, p.owner, p.streamName(), p.share.Consumer.Config.Name)
		if err != nil {
			return false, err
		}
		at = info.AckFloor.Stream
		return at >= sequence, nil
	})
	if err != nil {
		return fmt.Errorf("%w: it is at %d of %d", err, at, sequence)
	}
	return nil
}

package verify

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// reader is a client of a shared stream.
type reader struct {
	*probe
	ordered jetstream.Consumer
}

// readSteps: look the stream up, get single messages, create an ordered
// consumer and read everything through it.
func readSteps(p *probe) []step {
	c := &reader{probe: p}
	out := []step{{row: "info", run: c.lookUp}}
	for _, g := range p.grants("get") {
		if g.Idle() != "" {
			continue
		}
		out = append(out, step{row: "get", proves: only(g), run: func(ctx context.Context) error { return c.get(ctx, g) }})
	}
	for _, g := range p.grants("create") {
		if g.Idle() != "" {
			return out // and nothing is next
		}
		out = append(out, step{row: "create", proves: only(g), run: func(ctx context.Context) error { return c.create(ctx, g) }})
	}
	return append(out, step{row: "next", needs: []string{"create"}, run: c.readAll})
}

// only picks one grant.
func only(g *compiler.Grant) func(*compiler.Grant) bool {
	return func(other *compiler.Grant) bool { return other == g }
}

func (c *reader) lookUp(ctx context.Context) error {
	js, err := jetstream.NewWithAPIPrefix(c.client, c.prefix())
	if err != nil {
		return err
	}
	_, err = js.Stream(ctx, c.streamName())
	return err
}

// get reads the message that it has published: by its sequence, or as its
// subject's last where the grant's subject ends in one.
func (c *reader) get(ctx context.Context, g *compiler.Grant) error {
	if filter := c.filterOf(g); filter != "" {
		if err := c.use(filter); err != nil {
			return err
		}
	}
	if err := c.fillStream(ctx, 1); err != nil {
		return err
	}
	js, err := c.client.JetStream(nats.APIPrefix(c.prefix()))
	if err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	options := []nats.JSOpt{nats.Context(wait)}
	if strings.Contains(g.Subject, ".DIRECT.GET.") {
		options = append(options, nats.DirectGet())
	}
	var got *nats.RawStreamMsg
	if strings.HasSuffix(g.Subject, ".GET."+c.streamName()) {
		got, err = js.GetMsg(c.streamName(), c.last, options...)
	} else {
		got, err = js.GetLastMsg(c.streamName(), c.feed.stored, options...)
	}
	if err != nil {
		return err
	}
	if got.Sequence != c.last {
		return fmt.Errorf("message %d came instead of %d", got.Sequence, c.last)
	}
	return nil
}

// filterOf is the stream's subject that a grant under $JS.API ends in; "" when
// it ends in none, or in any.
func (p *probe) filterOf(g *compiler.Grant) string {
	for _, f := range p.filters() {
		if strings.HasSuffix(g.Subject, "."+f) {
			return f
		}
	}
	return ""
}

// create makes an ordered consumer, of the grant's filter where it has one.
func (c *reader) create(ctx context.Context, g *compiler.Grant) error {
	js, err := jetstream.NewWithAPIPrefix(c.client, c.prefix())
	if err != nil {
		return err
	}
	var config jetstream.OrderedConsumerConfig
	if filter := c.filterOf(g); filter != "" {
		if err := c.use(filter); err != nil {
			return err
		}
		config.FilterSubjects = []string{filter}
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	c.ordered, err = js.OrderedConsumer(wait, c.streamName(), config)
	return err
}

// readAll reads as many messages as were published, through the ordered
// consumer that was created last.
func (c *reader) readAll(ctx context.Context) error {
	arrived := make(chan uint64, c.opts.Messages)
	consuming, err := c.ordered.Consume(func(m jetstream.Msg) {
		if meta, err := m.Metadata(); err == nil {
			arrived <- meta.Sequence.Stream
		}
	})
	if err != nil {
		return err
	}
	c.cleanup(consuming.Stop)
	if err := c.fillStream(ctx, c.opts.Messages); err != nil {
		return err
	}
	for at := uint64(0); at < c.last; {
		sequence, err := receive(ctx, c.opts, arrived)
		if err != nil {
			return fmt.Errorf("messages arrived up to %d of %d, then: %w", at, c.last, err)
		}
		at = sequence
	}
	return nil
}

package verify

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// publishSteps: a message to each subject is stored, and the stream's word for
// it comes back.
func publishSteps(p *probe) []step {
	var out []step
	for _, g := range p.grants("publish") {
		out = append(out, step{
			row:    "publish",
			proves: only(g),
			run:    func(ctx context.Context) error { return p.publishes(ctx, g) },
		})
	}
	return out
}

func (p *probe) publishes(ctx context.Context, g *compiler.Grant) error {
	js, err := jetstream.New(p.client)
	if err != nil {
		return err
	}
	_, here := ends(g)
	for range 10 {
		wait, cancel := p.patient(ctx)
		ack, err := js.Publish(wait, here, []byte("jsc"), jetstream.WithRetryAttempts(0))
		cancel()
		if err != nil {
			return fmt.Errorf("publish to %s: %w", here, err)
		}
		if ack.Stream != p.streamName() {
			return fmt.Errorf("publish to %s: stream %s answered", here, ack.Stream)
		}
		if ack.Sequence <= p.last {
			return fmt.Errorf("publish to %s: stored as message %d after %d", here, ack.Sequence, p.last)
		}
		p.last = ack.Sequence
	}
	info, err := streamInfo(ctx, p.owner, p.streamName())
	if err != nil {
		return err
	}
	if info.State.LastSeq != p.last {
		return fmt.Errorf("the stream has %d messages after %d were acknowledged", info.State.LastSeq, p.last)
	}
	return nil
}

package verify

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// publishSteps: a message to each subject is stored, and the stream's word for
// it comes back, unless it gives none.
func publishSteps(p *probe) []step {
	publishes, note := p.publishes, ""
	if p.share.Stream.Config.NoAck {
		publishes, note = p.publishesUnheard, "stored; no PubAck comes back, for the stream has no_ack"
	}
	var out []step
	for _, g := range p.grants("publish") {
		out = append(out, step{
			row:    "publish",
			proves: only(g),
			run:    func(ctx context.Context) error { return publishes(ctx, g) },
			note:   note,
		})
	}
	return out
}

// publishesUnheard sends a message and asks the owner whether it is stored.
func (p *probe) publishesUnheard(ctx context.Context, g *compiler.Grant) error {
	_, here := ends(g)
	if err := p.client.Publish(here, []byte("jsc")); err != nil {
		return fmt.Errorf("publish to %s: %w", here, err)
	}
	wait, cancel := p.patient(ctx)
	defer cancel()
	return until(wait, "the message to "+here+" is not stored", func() (bool, error) {
		info, err := streamInfo(wait, p.owner, p.streamName())
		if err != nil || info.State.LastSeq == p.last {
			return false, err
		}
		p.last = info.State.LastSeq
		return true, nil
	})
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

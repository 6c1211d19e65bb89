package verify

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
)

// subjectSteps: what the exporter publishes reaches the importer, in order and
// whole.
func subjectSteps(p *probe) []step {
	return []step{{row: "subject", run: func(ctx context.Context) error {
		for _, g := range p.grants("subject") {
			there, here := ends(g)
			if err := p.flows(ctx, there, here); err != nil {
				return err
			}
		}
		return nil
	}}}
}

// flows publishes messages at a subject of the exporter and receives them at
// one of the importer.
func (p *probe) flows(ctx context.Context, there, here string) error {
	sub, err := p.client.SubscribeSync(here)
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", here, err)
	}
	defer sub.Unsubscribe()
	if err := p.client.FlushWithContext(ctx); err != nil {
		return err
	}
	const n = 100
	for i := range n {
		if err := p.owner.Publish(there, fmt.Append(nil, i)); err != nil {
			return err
		}
	}
	if err := p.owner.FlushWithContext(ctx); err != nil {
		return err
	}
	wait, cancel := p.patient(ctx)
	defer cancel()
	for i := range n {
		m, err := sub.NextMsgWithContext(wait)
		if err != nil {
			return fmt.Errorf("message %d of %d that was published to %s at %s: %w", i+1, n, there, here, err)
		}
		if want := fmt.Sprint(i); string(m.Data) != want {
			return fmt.Errorf("message %d of %d arrived at %s as %q", i+1, n, here, m.Data)
		}
	}
	return nil
}

// answers is how many messages a service answers with in a probe.
func answers(response string) int {
	if response == "stream" || response == "chunked" {
		return 5
	}
	return 1
}

// serviceSteps: requests reach the exporter and every answer comes back.
func serviceSteps(p *probe) []step {
	return []step{{row: "service", run: func(ctx context.Context) error {
		for _, g := range p.grants("service") {
			there, here := ends(g)
			if err := p.serves(ctx, there, here, answers(g.Terms.Response)); err != nil {
				return err
			}
		}
		return nil
	}}}
}

// serves answers requests in the exporter's account, each with n messages,
// and asks as the importer.
func (p *probe) serves(ctx context.Context, there, here string, n int) error {
	service, err := p.owner.Subscribe(there, func(m *nats.Msg) {
		for i := range n {
			_ = m.Respond(fmt.Appendf(nil, "%s%d", m.Data, i))
		}
	})
	if err != nil {
		return fmt.Errorf("serve %s: %w", there, err)
	}
	defer service.Unsubscribe()
	if err := p.owner.FlushWithContext(ctx); err != nil {
		return err
	}
	inbox := p.client.NewInbox()
	replies, err := p.client.SubscribeSync(inbox)
	if err != nil {
		return err
	}
	defer replies.Unsubscribe()
	wait, cancel := p.patient(ctx)
	defer cancel()
	for r := range 3 {
		if err := p.client.PublishRequest(here, inbox, fmt.Append(nil, r, ".")); err != nil {
			return err
		}
		for i := range n {
			m, err := replies.NextMsgWithContext(wait)
			if err != nil {
				return fmt.Errorf("answer %d of %d to a request to %s: %w", i+1, n, here, err)
			}
			if want := fmt.Sprintf("%d.%d", r, i); string(m.Data) != want {
				return fmt.Errorf("answer %d to a request to %s is %q", i+1, here, m.Data)
			}
		}
	}
	return nil
}

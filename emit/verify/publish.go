package verify

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// fillStream publishes n messages into the exporter's stream, as its own user
// where the topology has one, and waits until all are stored.
func (p *probe) fillStream(ctx context.Context, n int) error {
	nc, err := p.publisher(ctx)
	if err != nil {
		return err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	defer js.CleanupPublisher()
	data := make([]byte, p.opts.Size)
	for range n {
		// A busy machine may take longer to acknowledge than clients wait by default.
		if _, err := js.PublishMsgAsync(&nats.Msg{Subject: p.feed.published, Data: data}, jetstream.WithStallWait(p.opts.Patience)); err != nil {
			return fmt.Errorf("publish to %s: %w", p.feed.published, err)
		}
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-ctx.Done():
		return fmt.Errorf("publish %d messages to %s: %w", n, p.feed.published, ctx.Err())
	}
	info, err := streamInfo(ctx, p.owner, p.streamName())
	if err != nil {
		return err
	}
	if stored := info.State.LastSeq - p.last; stored != uint64(n) {
		return fmt.Errorf("publish %d messages to %s: %d were stored", n, p.feed.published, stored)
	}
	p.last = info.State.LastSeq
	return nil
}

// publisher connects as the first user of the exporter that may publish to the
// stream by its access, else as the owner, who also stands in for what it copies.
func (p *probe) publisher(ctx context.Context) (*nats.Conn, error) {
	s := p.share.Stream
	if !taken(s.Config.Subjects, p.feed.published) {
		return p.owner, nil
	}
	for _, u := range s.Account.Users {
		if u.Src == nil || u.Src.Access == nil {
			continue
		}
		for _, e := range u.Src.Access.Publish.Or(nil) {
			if e == s.Src {
				return p.sys.as(ctx, s.Account, u, "")
			}
		}
	}
	return p.owner, nil
}

package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/nats-io/nats.go/jetstream"
)

// manageSteps: make, change, empty and remove the stream and a consumer of it;
// then the server lets the user at the rest of their API.
func manageSteps(p *probe) []step {
	return []step{
		{row: "manage", run: p.administer},
		p.permitted("manage"),
	}
}

// guards are the fields by which a stream keeps what a manager would remove.
var guards = []string{"deny_delete", "deny_purge"}

// administered is the consumer that a manager makes.
const administered = "jsc-verify"

func (p *probe) administer(ctx context.Context) error {
	name, c := p.streamName(), p.client
	ctx, cancel := p.patient(ctx)
	defer cancel()
	if err := deleteStream(ctx, c, name); err != nil {
		return err
	}
	stream := maps.Clone(p.stream)
	for _, field := range guards {
		delete(stream, field)
	}
	if err := createStream(ctx, c, stream, false); err != nil {
		return err
	}
	stream["description"] = "changed by jsc verify"
	body, err := json.Marshal(stream)
	if err != nil {
		return err
	}
	if _, err := ask[struct{}](ctx, c, "$JS.API.STREAM.UPDATE."+name, body); err != nil {
		return err
	}
	consumer := config{"name": administered, "durable_name": administered, "ack_policy": "explicit"}
	if err := createConsumer(ctx, c, name, consumer, false); err != nil {
		return err
	}
	if _, err := consumerInfo(ctx, c, name, administered); err != nil {
		return err
	}
	if names, err := consumerNames(ctx, c, name); err != nil {
		return err
	} else if len(names) != 1 {
		return fmt.Errorf("stream %s has consumers %q after one was made", name, names)
	}
	if err := p.empties(ctx); err != nil {
		return err
	}
	if _, err := ask[struct{}](ctx, c, "$JS.API.CONSUMER.DELETE."+name+"."+administered, nil); err != nil {
		return err
	}
	if err := deleteStream(ctx, c, name); err != nil {
		return err
	}
	if _, err := streamInfo(ctx, p.owner, name); !absent(err) {
		return fmt.Errorf("stream %s is there after it was deleted: %v", name, err)
	}
	return nil
}

// empties looks a message up, deletes it, and purges the stream of another.
func (p *probe) empties(ctx context.Context) error {
	name, c := p.streamName(), p.client
	state := func(what string, holds func(jetstream.StreamState) bool) error {
		return until(ctx, "stream "+name+" does not "+what, func() (bool, error) {
			info, err := streamInfo(ctx, c, name)
			return err == nil && holds(info.State), err
		})
	}
	for sequence, request := range []struct{ subject, body string }{
		{"$JS.API.STREAM.MSG.DELETE.", `{"seq":1}`},
		{"$JS.API.STREAM.PURGE.", ""},
	} {
		if err := p.owner.Publish(p.feed.published, []byte("jsc")); err != nil {
			return err
		}
		if err := state("store", func(s jetstream.StreamState) bool { return s.LastSeq == uint64(sequence+1) }); err != nil {
			return err
		}
		if _, err := ask[struct{}](ctx, c, "$JS.API.STREAM.MSG.GET."+name, fmt.Appendf(nil, `{"seq":%d}`, sequence+1)); err != nil {
			return err
		}
		if _, err := ask[struct{}](ctx, c, request.subject+name, []byte(request.body)); err != nil {
			return err
		}
		if err := state("empty", func(s jetstream.StreamState) bool { return s.Msgs == 0 }); err != nil {
			return err
		}
	}
	return nil
}

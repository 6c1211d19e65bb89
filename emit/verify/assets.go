package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// config is a stream's or consumer's configuration under its JSON names.
type config map[string]any

func decodeConfig(data []byte) (config, error) {
	var c config
	err := json.Unmarshal(data, &c)
	return c, err
}

// createStream makes a stream as the owner of the account, without a message in
// it, however soon after another of its name was deleted: the server removes
// files after it has answered, and may take them up into the new stream.
// Pedantic: the server refuses what it would otherwise adjust in silence.
func createStream(ctx context.Context, owner *nats.Conn, c config, pedantic bool) error {
	request := config{"pedantic": pedantic}
	for k, v := range c {
		request[k] = v
	}
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	name := fmt.Sprint(c["name"])
	copies := c["mirror"] != nil || c["sources"] != nil
	return settled(ctx, func(ctx context.Context) (bool, error) {
		info, err := ask[jetstream.StreamInfo](ctx, owner, "$JS.API.STREAM.CREATE."+name, body)
		if err != nil || copies || info.State.Msgs == 0 && (info.State.LastSeq == 0 || c["first_seq"] != nil) {
			return err == nil, err
		}
		return false, deleteStream(ctx, owner, name)
	})
}

// createConsumer makes a durable consumer, likewise.
func createConsumer(ctx context.Context, owner *nats.Conn, stream string, c config, pedantic bool) error {
	body, err := json.Marshal(config{"stream_name": stream, "config": c, "action": "create", "pedantic": pedantic})
	if err != nil {
		return err
	}
	subject := fmt.Sprintf("$JS.API.CONSUMER.CREATE.%s.%s", stream, c["name"])
	return settled(ctx, func(ctx context.Context) (bool, error) {
		_, err := ask[jetstream.ConsumerInfo](ctx, owner, subject, body)
		return err == nil, err
	})
}

// passing are the server's codes for what mends itself (nats-server,
// server/errors.json): a cluster's leader sees the other servers later than it
// is elected, and a deleted stream's files go after the answer.
var passing = map[jetstream.ErrorCode]string{
	10005: "no suitable peers for placement",
	10049: "error creating store for stream",
}

// settling is how long that may take on a busy machine.
const settling = 10 * time.Second

// settled tries until it is done, for as long as what is wrong may pass.
func settled(ctx context.Context, try func(context.Context) (done bool, err error)) error {
	patient, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	var refused error
	err := until(patient, "the server does not settle", func() (bool, error) {
		done, err := try(patient)
		var api *jetstream.APIError
		if errors.As(err, &api) && passing[api.ErrorCode] != "" {
			return false, err
		}
		refused = err
		return done || err != nil, nil
	})
	if refused != nil {
		return refused
	}
	return err
}

func deleteStream(ctx context.Context, owner *nats.Conn, stream string) error {
	_, err := ask[struct{}](ctx, owner, "$JS.API.STREAM.DELETE."+stream, nil)
	if absent(err) {
		return nil
	}
	return err
}

func streamInfo(ctx context.Context, owner *nats.Conn, stream string) (*jetstream.StreamInfo, error) {
	return ask[jetstream.StreamInfo](ctx, owner, "$JS.API.STREAM.INFO."+stream, nil)
}

func consumerInfo(ctx context.Context, owner *nats.Conn, stream, consumer string) (*jetstream.ConsumerInfo, error) {
	return ask[jetstream.ConsumerInfo](ctx, owner, "$JS.API.CONSUMER.INFO."+stream+"."+consumer, nil)
}

// makeAsRendered makes a stream and its consumers as their rendered
// configurations say, pedantically, so that the server has accepted them once,
// and removes them again. Only the placement stays out: the clusters and tags
// that it names are not here.
func makeAsRendered(ctx context.Context, owner *nats.Conn, s *compiler.Stream) error {
	c, err := decodeConfig(s.Config.JSON())
	if err != nil {
		return fmt.Errorf("stream %s: %w", s.Config.Name, err)
	}
	delete(c, "placement")
	if err := createStream(ctx, owner, c, true); err != nil {
		return fmt.Errorf("stream %s: %w", s.Config.Name, err)
	}
	err = makeConsumersAsRendered(ctx, owner, s)
	// Whether they were taken or not: a stream that stays goes on copying others.
	return errors.Join(err, deleteStream(ctx, owner, s.Config.Name))
}

func makeConsumersAsRendered(ctx context.Context, owner *nats.Conn, s *compiler.Stream) error {
	for _, consumer := range s.Consumers {
		c, err := decodeConfig(consumer.Config.JSON())
		if err == nil {
			err = createConsumer(ctx, owner, s.Config.Name, c, true)
		}
		if err != nil {
			return fmt.Errorf("consumer %s of stream %s: %w", consumer.Config.Name, s.Config.Name, err)
		}
	}
	return nil
}

func consumerNames(ctx context.Context, owner *nats.Conn, stream string) ([]string, error) {
	answer, err := ask[struct {
		Consumers []string `json:"consumers"`
	}](ctx, owner, "$JS.API.CONSUMER.NAMES."+stream, nil)
	if err != nil {
		return nil, err
	}
	return answer.Consumers, nil
}

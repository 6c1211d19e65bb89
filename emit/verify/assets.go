package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// createStream makes a stream as the owner of the account. Pedantic: the
// server refuses what it would otherwise adjust in silence.
func createStream(ctx context.Context, owner *nats.Conn, c config, pedantic bool) error {
	request := config{"pedantic": pedantic}
	for k, v := range c {
		request[k] = v
	}
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	return create[jetstream.StreamInfo](ctx, owner, fmt.Sprintf("$JS.API.STREAM.CREATE.%s", c["name"]), body)
}

// createConsumer makes a durable consumer, likewise.
func createConsumer(ctx context.Context, owner *nats.Conn, stream string, c config, pedantic bool) error {
	body, err := json.Marshal(config{"stream_name": stream, "config": c, "action": "create", "pedantic": pedantic})
	if err != nil {
		return err
	}
	return create[jetstream.ConsumerInfo](ctx, owner, fmt.Sprintf("$JS.API.CONSUMER.CREATE.%s.%s", stream, c["name"]), body)
}

// noPeers is the server's code for "no suitable peers for placement"
// (nats-server, server/jetstream_errors_generated.go, JSClusterNoPeersErrF).
const noPeers = 10005

// peersPatience is how long a cluster may take to know that its servers are
// there: on a busy machine a leader sees them later than it is elected.
const peersPatience = 10 * time.Second

// create makes a stream or a consumer, once the cluster has servers for it.
func create[T any](ctx context.Context, owner *nats.Conn, subject string, body []byte) error {
	patient, cancel := context.WithTimeout(ctx, peersPatience)
	defer cancel()
	var refused error
	err := until(patient, "the cluster has no servers for it", func() (bool, error) {
		_, refused = ask[T](ctx, owner, subject, body)
		var api *jetstream.APIError
		return !errors.As(refused, &api) || api.ErrorCode != noPeers, nil
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

// makeAsRendered makes a stream and its consumers exactly as their rendered
// configurations say, pedantically, so that the server has accepted them once,
// and removes them again.
func makeAsRendered(ctx context.Context, owner *nats.Conn, s *compiler.Stream) error {
	c, err := decodeConfig(s.Config.JSON())
	if err != nil {
		return fmt.Errorf("stream %s: %w", s.Config.Name, err)
	}
	if err := createStream(ctx, owner, c, true); err != nil {
		return fmt.Errorf("stream %s: %w", s.Config.Name, err)
	}
	for _, consumer := range s.Consumers {
		c, err := decodeConfig(consumer.Config.JSON())
		if err != nil {
			return fmt.Errorf("consumer %s of stream %s: %w", consumer.Config.Name, s.Config.Name, err)
		}
		if err := createConsumer(ctx, owner, s.Config.Name, c, true); err != nil {
			return fmt.Errorf("consumer %s of stream %s: %w", consumer.Config.Name, s.Config.Name, err)
		}
	}
	return deleteStream(ctx, owner, s.Config.Name)
}

// liftedStream and liftedConsumer are the fields that a probe takes out of a
// configuration before it makes the stream or consumer that it fills: bounds
// that its messages would meet, and what would hold them back or change them.
// None of them bears on who may do what.
var (
	liftedStream = []string{
		"max_msgs", "max_bytes", "max_age", "max_msg_size", "max_consumers", "consumer_limits",
		"discard", "discard_new_per_subject", "subject_transform", "mirror", "sources", "first_seq",
		"allow_msg_counter", "placement",
		"mirror_direct",    // only with a mirror
		"duplicate_window", // bounded by what is lifted
	}
	liftedConsumer = []string{
		"rate_limit_bps", "pause_until", "replay_policy", "headers_only", "sample_freq",
		"deliver_policy", "opt_start_seq", "opt_start_time",
		"max_batch", "max_bytes", "max_expires",
		"priority_groups", "priority_policy", "priority_timeout",
	}
)

// lift makes the configurations of a stream and of its consumers fit to be
// filled by a probe. A stream that copies others gets subjects of its own.
func lift(s *compiler.Stream) (stream config, consumers []config, err error) {
	if stream, err = decodeConfig(s.Config.JSON()); err != nil {
		return nil, nil, err
	}
	for _, field := range liftedStream {
		delete(stream, field)
	}
	if !isBucket(s) {
		delete(stream, "max_msgs_per_subject")
	}
	if len(s.Config.Subjects) == 0 || s.Config.Mirror != nil {
		stream["subjects"] = []string{"jsc.probe." + s.Config.Name}
		for _, c := range s.Consumers {
			if f := c.Config.Filters(); len(f) > 0 {
				stream["subjects"] = f
			}
		}
	}
	for _, c := range s.Consumers {
		lifted, err := decodeConfig(c.Config.JSON())
		if err != nil {
			return nil, nil, err
		}
		for _, field := range liftedConsumer {
			delete(lifted, field)
		}
		consumers = append(consumers, lifted)
	}
	return stream, consumers, nil
}

// isBucket reports that a stream is a key-value bucket's or an object store's,
// whose clients rely on how many messages a subject keeps.
func isBucket(s *compiler.Stream) bool {
	return slices.ContainsFunc([]string{"KV_", "OBJ_"}, func(prefix string) bool {
		return len(s.Config.Name) > len(prefix) && s.Config.Name[:len(prefix)] == prefix
	})
}

// strings is a field that holds a list of strings.
func (c config) strings(field string) []string {
	switch list := c[field].(type) {
	case []string:
		return list
	case []any:
		out := make([]string, len(list))
		for i, v := range list {
			out[i], _ = v.(string)
		}
		return out
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

package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ask sends a JetStream API request and decodes the answer into T; an answer
// that says what went wrong is that error.
func ask[T any](ctx context.Context, nc *nats.Conn, subject string, body []byte) (*T, error) {
	msg, err := nc.RequestWithContext(ctx, subject, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", subject, err)
	}
	var answer struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(msg.Data, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", subject, err)
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("%s: %w", subject, answer.Error)
	}
	out := new(T)
	if err := json.Unmarshal(msg.Data, out); err != nil {
		return nil, fmt.Errorf("%s: %w", subject, err)
	}
	return out, nil
}

// absent reports that the API answered that the stream or consumer is not
// there.
func absent(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.Code == 404
}

package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// copied is a stream of the importer that copies a shared one.
type copied struct {
	*probe
	name   string
	origin compiler.StreamSource
	mirror bool
}

// sourceSteps: a stream of the importer makes its consumer, copies the first
// message and then more than a flow-control window.
func sourceSteps(p *probe) []step { return copySteps(p, false) }

// mirrorSteps is sourceSteps for a mirror.
func mirrorSteps(p *probe) []step { return copySteps(p, true) }

func copySteps(p *probe, mirror bool) []step {
	c := &copied{probe: p, mirror: mirror, origin: compiler.StreamSource{
		Name:     p.streamName(),
		External: &compiler.External{API: p.prefix()},
	}}
	if f := p.filters(); len(f) == 1 {
		c.origin.FilterSubject = f[0]
	} else {
		for _, subject := range f {
			c.origin.SubjectTransforms = append(c.origin.SubjectTransforms, compiler.SubjectTransform{Src: subject, Dest: identity(subject)})
		}
	}
	if g := p.grant("deliver"); g != nil {
		// <prefix>.S.* or <prefix>.M.*
		c.origin.External.Deliver = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(g.Local, ".*"), ".S"), ".M")
	}
	return []step{
		{row: "create", run: c.begin},
		{row: "deliver", needs: []string{"create"}, run: func(ctx context.Context) error { return c.copies(ctx, 1) }},
		{row: "fc", needs: []string{"create", "deliver"}, run: func(ctx context.Context) error { return c.copies(ctx, c.opts.Messages) }},
		// The server removes nothing while copying stalls.
		{row: "delete", needs: []string{"create", "deliver", "fc"}, run: c.end},
	}
}

// identity is the transform that leaves a subject as it is: its wildcards by
// number.
func identity(subject string) string {
	tokens, n := strings.Split(subject, "."), 0
	for i, t := range tokens {
		if t == "*" {
			n++
			tokens[i] = fmt.Sprintf("{{wildcard(%d)}}", n)
		}
	}
	return strings.Join(tokens, ".")
}

// durableSourceSteps: a stream of the importer positions the consumer, copies
// the first message and then more than a window, which the exporter's consumer
// has as acknowledged.
func durableSourceSteps(p *probe) []step {
	c := &copied{probe: p}
	consumer := p.share.Consumer.Config.Name
	if g := p.grant("deliver"); g != nil {
		c.origin = compiler.StreamSource{
			Name:     p.streamName(),
			External: &compiler.External{API: p.prefix()},
			Consumer: &compiler.SourceConsumer{Name: consumer, DeliverSubject: g.Local},
		}
	}
	return []step{
		{row: "reset", run: c.reset},
		{row: "deliver", needs: []string{"reset"}, run: func(ctx context.Context) error {
			if err := c.make(ctx); err != nil {
				return err
			}
			return c.copies(ctx, 1)
		}},
		{row: "fc", needs: []string{"reset", "deliver"}, run: func(ctx context.Context) error {
			if err := c.copies(ctx, c.opts.Messages); err != nil {
				return err
			}
			// The rest is acknowledged with the next heartbeat.
			return c.floor(ctx, c.last/2)
		}},
	}
}

// reset positions the consumer, as the importer's stream will.
func (c *copied) reset(ctx context.Context) error {
	wait, cancel := c.patient(ctx)
	defer cancel()
	_, err := ask[struct{}](wait, c.keeper, c.prefix()+".CONSUMER.RESET."+c.origin.Name+"."+c.origin.Consumer.Name, nil)
	return err
}

// make makes the importer's stream: the first of the topology that copies the
// shared one, with this origin alone; without one, a stream of the probe's.
func (c *copied) make(ctx context.Context) error {
	stream := config{"name": "jsc-probe", "storage": storage(c.target.To)}
	for _, s := range c.target.To.Streams {
		if origin := c.originIn(&s.Config); origin != nil {
			var err error
			if stream, err = decodeConfig(s.Config.JSON()); err != nil {
				return err
			}
			for _, field := range liftedStream {
				delete(stream, field)
			}
			delete(stream, "max_msgs_per_subject")
			c.origin = *origin
			break
		}
	}
	delete(stream, "subjects") // what it stores besides is no matter of the share's
	origin, err := decodeConfig(mustJSON(c.origin))
	if err != nil {
		return err
	}
	if c.mirror {
		stream["mirror"] = origin
	} else {
		stream["sources"] = []config{origin}
	}
	c.name = fmt.Sprint(stream["name"])
	if err := deleteStream(ctx, c.keeper, c.name); err != nil {
		return err
	}
	if err := createStream(ctx, c.keeper, stream, false); err != nil {
		return err
	}
	c.cleanup(func() {
		// However the step ended; a server that does not answer is not waited for.
		wait, cancel := c.patient(context.WithoutCancel(ctx))
		defer cancel()
		_ = deleteStream(wait, c.keeper, c.name)
	})
	return nil
}

// storage is where an account may keep a stream without replicas.
func storage(a *compiler.Account) string {
	js := a.JetStream
	switch {
	case js == nil:
	case len(js.Tiers) == 0 && js.Disk == 0, len(js.Tiers) > 0 && js.Tiers[0].Disk == 0:
		return "memory"
	}
	return "file"
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain strings and numbers
	}
	return data
}

// originIn is the mirror or source of a stream that is this share; nil when
// there is none.
func (c *copied) originIn(s *compiler.StreamConfig) *compiler.StreamSource {
	all := s.Sources
	if c.mirror {
		all = []*compiler.StreamSource{s.Mirror}
	}
	for _, o := range all {
		switch {
		case o == nil || o.Name != c.origin.Name || o.External == nil || o.External.API != c.origin.External.API:
		case (o.Consumer == nil) != (c.origin.Consumer == nil):
		case o.Consumer != nil && o.Consumer.Name != c.origin.Consumer.Name:
		default:
			return o
		}
	}
	return nil
}

// begin makes the stream and waits for the consumer that it makes.
func (c *copied) begin(ctx context.Context) error {
	if err := c.make(ctx); err != nil {
		return err
	}
	return c.copiers(ctx, 1, "the importer's stream made no consumer")
}

// end asks the exporter to delete a consumer that is not there: its answer
// shows that such requests cross. The importer's server sends them for the
// consumers of work queues and interest streams, which keep their names.
func (c *copied) end(ctx context.Context) error {
	wait, cancel := c.patient(ctx)
	defer cancel()
	_, err := ask[struct{}](wait, c.keeper, c.prefix()+".CONSUMER.DELETE."+c.origin.Name+".jsc-none", nil)
	if absent(err) {
		return nil
	}
	if err == nil {
		return errors.New("a consumer that is not there was deleted")
	}
	return err
}

// copiers waits until n consumers copy the shared stream.
func (c *copied) copiers(ctx context.Context, n int, otherwise string) error {
	wait, cancel := c.patient(ctx)
	defer cancel()
	return until(wait, otherwise, func() (bool, error) {
		is, err := c.sys.copiers(c.share.From, c.streamName())
		return is == n, err
	})
}

// copies publishes n messages and waits until the importer's stream has them.
func (c *copied) copies(ctx context.Context, n int) error {
	if err := c.fillStream(ctx, n); err != nil {
		return err
	}
	var at uint64
	for at < c.last {
		wait, cancel := c.patient(ctx)
		before := at
		err := until(wait, errQuiet.Error(), func() (bool, error) {
			info, err := streamInfo(wait, c.keeper, c.name)
			if err != nil {
				return false, err
			}
			at = info.State.Msgs
			return at > before, nil
		})
		cancel()
		if err != nil {
			return errors.Join(fmt.Errorf("%d of %d messages were copied, then: %w", at, c.last, err), c.trouble(ctx))
		}
	}
	return nil
}

// trouble is what the importer's stream says of its origin; nil for nothing.
func (c *copied) trouble(ctx context.Context) error {
	type origin struct {
		Error *jetstream.APIError `json:"error"`
	}
	info, err := ask[struct {
		Mirror  *origin   `json:"mirror"`
		Sources []*origin `json:"sources"`
	}](ctx, c.keeper, "$JS.API.STREAM.INFO."+c.name, nil)
	if err != nil {
		return err
	}
	for _, o := range append(info.Sources, info.Mirror) {
		if o != nil && o.Error != nil {
			return o.Error
		}
	}
	return nil
}

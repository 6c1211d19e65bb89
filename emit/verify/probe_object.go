package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// objects is a client of a shared object store.
type objects struct {
	*probe
	own    jetstream.ObjectStore // the exporter's
	shared jetstream.ObjectStore // the importer's
}

// objectReadSteps: bind to the store, look an object up, read it, and read one
// larger than a flow-control window.
func objectReadSteps(p *probe) []step {
	c := &objects{probe: p}
	out := []step{{row: "info", run: c.bind}}
	for _, g := range p.grants("get") {
		out = append(out, step{row: "get", proves: only(g), needs: []string{"info"},
			run: func(ctx context.Context) error { return c.get(ctx, g) }})
	}
	return append(out,
		step{row: "watch", proves: not(isStream), needs: []string{"info"}, run: c.watch},
		step{row: "watch", proves: isStream, needs: []string{"info", "get", "watch"}, run: func(ctx context.Context) error {
			return c.read(ctx, "small", c.opts.Size)
		}},
		step{row: "fc", needs: []string{"info", "get", "watch"}, run: func(ctx context.Context) error {
			return c.read(ctx, "large", c.opts.Size*min(c.opts.Messages, largeObject))
		}},
		step{row: "delete", needs: []string{"info", "watch"}, run: p.deleteConsumers},
	)
}

// objectWriteSteps adds to objectReadSteps what writes.
func objectWriteSteps(p *probe) []step {
	c := &objects{probe: p}
	return append(objectReadSteps(p),
		step{row: "put", needs: []string{"info", "get"}, run: func(ctx context.Context) error {
			if err := c.bind(ctx); err != nil {
				return err
			}
			return c.put(ctx)
		}},
		step{row: "purge", needs: []string{"info", "get", "put"}, run: c.replace},
	)
}

// largeObject is in messages. What reads an object holds it several times over.
const largeObject = 10_000

func (c *objects) bind(ctx context.Context) error {
	own, err := jetstream.New(c.owner)
	if err != nil {
		return err
	}
	if c.own, err = own.ObjectStore(ctx, c.share.Bucket); err != nil {
		return err
	}
	shared, err := jetstream.NewWithAPIPrefix(c.client, c.prefix())
	if err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	c.shared, err = shared.ObjectStore(wait, c.share.Bucket)
	return err
}

// get looks up an object of the exporter: its description by its name, or the
// stored message by its sequence where the grant's subject ends with the
// stream.
func (c *objects) get(ctx context.Context, g *compiler.Grant) error {
	if _, err := c.own.PutBytes(ctx, "described", []byte("jsc")); err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	if !strings.HasSuffix(g.Subject, ".GET."+c.streamName()) {
		_, err := c.shared.GetInfo(wait, "described")
		return err
	}
	info, err := streamInfo(ctx, c.owner, c.streamName())
	if err != nil {
		return err
	}
	js, err := c.client.JetStream(nats.APIPrefix(c.prefix()))
	if err != nil {
		return err
	}
	_, err = js.GetMsg(c.streamName(), info.State.LastSeq, nats.DirectGet(), nats.Context(wait))
	return err
}

func (c *objects) watch(ctx context.Context) error {
	lasting, made := c.lasting(ctx)
	_, err := c.shared.Watch(lasting)
	made()
	return err
}

// read reads an object of the exporter and compares it.
func (c *objects) read(ctx context.Context, name string, size int) error {
	content := bytes.Repeat([]byte{'o'}, size)
	if _, err := c.own.PutBytes(ctx, name, content); err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	got, err := c.shared.GetBytes(wait, name)
	if err != nil {
		return fmt.Errorf("read an object of %d bytes: %w", size, err)
	}
	if !bytes.Equal(got, content) {
		return fmt.Errorf("an object of %d bytes came as %d other bytes", size, len(got))
	}
	return nil
}

const written = "written"

func (c *objects) put(ctx context.Context) error {
	wait, cancel := c.patient(ctx)
	defer cancel()
	if _, err := c.shared.PutBytes(wait, written, []byte("one")); err != nil {
		return err
	}
	got, err := c.own.GetBytes(ctx, written)
	if err != nil {
		return err
	}
	if string(got) != "one" {
		return fmt.Errorf("the exporter sees %q instead of what was put", got)
	}
	return nil
}

// replace overwrites an object and deletes it; the chunks of each go.
func (c *objects) replace(ctx context.Context) error {
	chunks, err := c.chunks(ctx)
	if err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	if _, err := c.shared.PutBytes(wait, written, []byte("two")); err != nil {
		return err
	}
	// The client does not say when it could not purge.
	after, err := c.chunks(ctx)
	if err != nil {
		return err
	}
	if after != chunks {
		return fmt.Errorf("overwriting an object left its former content: %d chunks became %d", chunks, after)
	}
	if err := c.shared.Delete(wait, written); err != nil {
		return fmt.Errorf("delete an object: %w", err)
	}
	if after, err = c.chunks(ctx); err != nil {
		return err
	}
	if after != chunks-1 {
		return errors.New("deleting an object left its content")
	}
	return nil
}

// chunks counts the pieces of content in the store.
func (c *objects) chunks(ctx context.Context) (int, error) {
	body := fmt.Appendf(nil, `{"subjects_filter":"$O.%s.C.>"}`, c.share.Bucket)
	info, err := ask[jetstream.StreamInfo](ctx, c.owner, "$JS.API.STREAM.INFO."+c.streamName(), body)
	if err != nil {
		return 0, err
	}
	return len(info.State.Subjects), nil
}

package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"jsc/compiler"
)

// keyed is a client of a shared key-value bucket.
type keyed struct {
	*probe
	own     jetstream.KeyValue // the exporter's
	shared  jetstream.KeyValue // the importer's
	watcher jetstream.KeyWatcher
}

// kvReadSteps: bind to the bucket, get values, watch, and watch more than a
// flow-control window.
func kvReadSteps(p *probe) []step {
	c := &keyed{probe: p}
	out := []step{{row: "info", run: c.bind}}
	for _, g := range p.grants("get") {
		out = append(out, step{row: "get", proves: only(g), needs: []string{"info"},
			run: func(ctx context.Context) error { return c.get(ctx, g) }})
	}
	for _, g := range p.grants("watch") {
		if g.Type == compiler.ServiceType {
			out = append(out, step{row: "watch", proves: only(g), needs: []string{"info"},
				run: func(ctx context.Context) error { return c.watch(ctx, g) }})
		}
	}
	return append(out,
		step{row: "watch", proves: isStream, needs: []string{"info", "watch"}, run: c.values},
		step{row: "fc", needs: []string{"info", "watch"}, run: c.flow},
		step{row: "delete", needs: []string{"info", "watch"}, run: p.deleteConsumers},
	)
}

// kvWriteSteps adds to kvReadSteps what writes.
func kvWriteSteps(p *probe) []step {
	c := &keyed{probe: p}
	return append(kvReadSteps(p), step{row: "put", needs: []string{"info"}, run: func(ctx context.Context) error {
		if err := c.bind(ctx); err != nil {
			return err
		}
		return c.write(ctx)
	}})
}

func isStream(g *compiler.Grant) bool { return g.Type == compiler.StreamType }

// bind opens the bucket on both sides.
func (c *keyed) bind(ctx context.Context) error {
	own, err := jetstream.New(c.owner)
	if err != nil {
		return err
	}
	if c.own, err = own.KeyValue(ctx, c.share.Bucket); err != nil {
		return err
	}
	shared, err := jetstream.NewWithAPIPrefix(c.client, c.prefix())
	if err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	c.shared, err = shared.KeyValue(wait, c.share.Bucket)
	return err
}

// key is the probe's key, one of the shared ones.
func (c *keyed) key() string { return strings.TrimPrefix(c.feed.published, "$KV."+c.share.Bucket+".") }

// get reads a value that the exporter put: by its revision where the grant's
// subject ends with the stream, else as the key's last.
func (c *keyed) get(ctx context.Context, g *compiler.Grant) error {
	if filter := c.filterOf(g); filter != "" {
		if err := c.use(filter); err != nil {
			return err
		}
	}
	revision, err := c.own.Put(ctx, c.key(), []byte("one"))
	if err != nil {
		return err
	}
	wait, cancel := c.patient(ctx)
	defer cancel()
	var entry jetstream.KeyValueEntry
	if strings.HasSuffix(g.Subject, ".GET."+c.streamName()) {
		entry, err = c.shared.GetRevision(wait, c.key(), revision)
	} else {
		entry, err = c.shared.Get(wait, c.key())
	}
	if err != nil {
		return err
	}
	if entry.Revision() != revision || string(entry.Value()) != "one" {
		return fmt.Errorf("key %s came as revision %d, %q", c.key(), entry.Revision(), entry.Value())
	}
	return nil
}

// watch creates a watcher, over the grant's keys where it has a filter.
func (c *keyed) watch(ctx context.Context, g *compiler.Grant) error {
	keys := ">"
	if filter := c.filterOf(g); filter != "" {
		if err := c.use(filter); err != nil {
			return err
		}
		keys = strings.TrimPrefix(filter, "$KV."+c.share.Bucket+".")
	}
	lasting, made := c.lasting(ctx)
	w, err := c.shared.Watch(lasting, keys)
	made()
	if err != nil {
		return err
	}
	c.watcher = w
	return nil
}

// values: the watcher tells of a put.
func (c *keyed) values(ctx context.Context) error {
	revision, err := c.own.Put(ctx, c.key(), []byte("two"))
	if err != nil {
		return err
	}
	return c.seen(ctx, revision)
}

// seen waits until the watcher has told of a revision.
func (c *keyed) seen(ctx context.Context, revision uint64) error {
	for {
		entry, err := receive(ctx, c.opts, c.watcher.Updates())
		if err != nil {
			return err
		}
		if entry != nil && entry.Revision() >= revision {
			return nil
		}
	}
}

// flow watches one key change until more than a flow-control window has
// passed. Each change is seen before the next: the bucket keeps few.
func (c *keyed) flow(ctx context.Context) error {
	value := bytes.Repeat([]byte{'v'}, c.opts.Size)
	for i := range c.opts.Messages {
		revision, err := c.own.Put(ctx, c.key(), value)
		if err != nil {
			return err
		}
		if err := c.seen(ctx, revision); err != nil {
			return fmt.Errorf("%d of %d changes were seen, then: %w", i, c.opts.Messages, err)
		}
	}
	return nil
}

// write puts, creates, compares and swaps, deletes and purges a key.
func (c *keyed) write(ctx context.Context) error {
	ctx, cancel := c.patient(ctx)
	defer cancel()
	key := c.key() + ".written"
	created, err := c.shared.Create(ctx, key, []byte("a"))
	if err != nil {
		return fmt.Errorf("create key %s: %w", key, err)
	}
	updated, err := c.shared.Update(ctx, key, []byte("b"), created)
	if err != nil {
		return fmt.Errorf("update key %s: %w", key, err)
	}
	if _, err := c.shared.Update(ctx, key, []byte("c"), created); !wrongSequence(err) {
		return fmt.Errorf("update key %s from an old revision: %v instead of a refusal", key, err)
	}
	put, err := c.shared.Put(ctx, key, []byte("d"))
	if err != nil {
		return fmt.Errorf("put key %s: %w", key, err)
	}
	if put <= updated {
		return fmt.Errorf("put key %s: revision %d after %d", key, put, updated)
	}
	entry, err := c.own.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("the exporter does not see what was put to key %s: %w", key, err)
	}
	if string(entry.Value()) != "d" {
		return fmt.Errorf("the exporter sees %q at key %s, not what was put there", entry.Value(), key)
	}
	if err := c.shared.Delete(ctx, key); err != nil {
		return fmt.Errorf("delete key %s: %w", key, err)
	}
	if err := c.shared.Purge(ctx, key); err != nil {
		return fmt.Errorf("purge key %s: %w", key, err)
	}
	if _, err := c.own.Get(ctx, key); !errors.Is(err, jetstream.ErrKeyNotFound) {
		return fmt.Errorf("key %s is there after it was deleted: %v", key, err)
	}
	return nil
}

// wrongSequence reports that a write was refused because it was made for
// another revision.
func wrongSequence(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// deleteConsumers removes, as the importer, the consumers that its watchers
// made.
func (p *probe) deleteConsumers(ctx context.Context) error {
	names, err := consumerNames(ctx, p.owner, p.streamName())
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("the watcher has no consumer")
	}
	js, err := jetstream.NewWithAPIPrefix(p.client, p.prefix())
	if err != nil {
		return err
	}
	wait, cancel := p.patient(ctx)
	defer cancel()
	for _, name := range names {
		// A client that is done with a consumer removes it itself: that it is not
		// there is an answer too.
		err := js.DeleteConsumer(wait, p.streamName(), name)
		if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return err
		}
	}
	return nil
}

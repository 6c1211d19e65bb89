package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/compiler"
	"jsc/compiler/subject"
)

// probe is the proof of one share for one importer, on a running system.
type probe struct {
	sys *system
	// granted are the grants of each account.
	granted map[*compiler.Account][]*compiler.Grant
	given   func(*compiler.User) []attempt // what a user's access gives it
	share   *compiler.Share
	others  others
	target  *compiler.Target
	opts    *Options

	owner  *nats.Conn     // does all in the exporter's account
	keeper *nats.Conn     // does all in the importer's account
	client *nats.Conn     // uses the share as its importer would
	user   *compiler.User // whom client connects as; nil: a throw-away user
	v2     bool           // the server writes ack and flow-control subjects of that format

	stream config // as lifted; nil without a stream
	feeds  feeds  // where messages go in
	feed   feed   // the one of them that is in use
	last   uint64 // the sequence of the last message published

	cleanups []func() // what prove leaves behind
}

// step proves one row of a kind's grants.
type step struct {
	row string
	// proves picks the grants of the row that it proves; nil: all.
	proves func(*compiler.Grant) bool
	// needs are the rows without which the step cannot run; those that the share
	// does not grant do not count.
	needs []string
	run   func(ctx context.Context) error
	// note is what to know of it although it is proved.
	note string
}

// steps are the kinds' proofs: for each the steps in the order in which they
// run. Every grant of a share is proved by at least one.
var steps = map[string]func(*probe) []step{
	"push":           pushSteps,
	"pull":           pullSteps,
	"read":           readSteps,
	"publish":        publishSteps,
	"kv-read":        kvReadSteps,
	"kv-write":       kvWriteSteps,
	"object-read":    objectReadSteps,
	"object-write":   objectWriteSteps,
	"source":         sourceSteps,
	"mirror":         mirrorSteps,
	"durable-source": durableSourceSteps,
	"subject":        subjectSteps,
	"service":        serviceSteps,
}

// prove runs the share's steps and counts what they prove in the rows of the
// share's grants.
func (p *probe) prove(ctx context.Context, rows map[*compiler.Grant]*Row) {
	defer func() {
		for _, f := range slices.Backward(p.cleanups) {
			f()
		}
	}()
	state := make(map[string]Result) // of the kind's rows
	for _, s := range p.stepsOf() {
		var grants []*compiler.Grant
		for _, g := range p.grants(s.row) {
			if s.proves == nil || s.proves(g) {
				grants = append(grants, g)
			}
		}
		if len(grants) == 0 {
			continue
		}
		result, detail, took := p.try(ctx, s, state)
		if rank[result] > rank[state[s.row]] {
			state[s.row] = result
		}
		for _, g := range grants {
			p.count(rows, g, result, detail, took)
		}
	}
}

// unprepared counts every grant as unproven that the steps would have used, had
// there been a stream.
func (p *probe) unprepared(rows map[*compiler.Grant]*Row) {
	for _, g := range p.target.Grants {
		if p.inUse(g) && g.Idle() == "" {
			p.count(rows, g, unproven, "needs stream", 0)
		}
	}
}

// count adds a result to the row of a grant.
func (p *probe) count(rows map[*compiler.Grant]*Row, g *compiler.Grant, result Result, detail string, took time.Duration) {
	row := rows[g]
	if row == nil {
		row = newRow(g)
		rows[g] = row
	}
	if p.user != nil && rank[result] >= rank[row.Result] {
		row.User = p.user.Name
	}
	row.add(result, detail, took)
}

// try runs a step, unless a row that it needs has failed.
func (p *probe) try(ctx context.Context, s step, state map[string]Result) (Result, string, time.Duration) {
	for _, row := range s.needs {
		if r := state[row]; r == failed || r == unproven {
			return unproven, "needs " + row, 0
		}
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, p.opts.StepTimeout)
	defer cancel()
	if err := s.run(ctx); err != nil {
		return failed, err.Error(), time.Since(start)
	}
	return OK, s.note, time.Since(start)
}

// grants are the share's grants of a row that are in use: of ack and
// flow-control subjects only those of the format that the server writes.
func (p *probe) grants(row string) []*compiler.Grant {
	var out []*compiler.Grant
	for _, g := range p.target.Grants {
		if g.RowName() == row && p.inUse(g) {
			out = append(out, g)
		}
	}
	return out
}

// grant is the first of grants; nil when the share has none of the row.
func (p *probe) grant(row string) *compiler.Grant {
	if all := p.grants(row); len(all) > 0 {
		return all[0]
	}
	return nil
}

// inUse reports that the server uses the grant's subject: it writes ack and
// flow-control subjects of one format, though both may be granted.
func (p *probe) inUse(g *compiler.Grant) bool {
	tokens := strings.Split(g.Subject, ".")
	if len(tokens) < 4 || tokens[0] != "$JS" || (tokens[1] != "ACK" && tokens[1] != "FC") {
		return true
	}
	return p.v2 == (tokens[3] == compiler.AccountHash(g.From.PublicKey))
}

// cleanup has f called after the last step.
func (p *probe) cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

// prefix is what clients put in place of $JS.API.
func (p *probe) prefix() string { return p.target.APIPrefix }

func (p *probe) streamName() string { return p.share.Stream.Config.Name }

// prepare makes the exporter's stream, afresh and lifted, with its consumers.
func (p *probe) prepare(ctx context.Context) error {
	s := p.share.Stream
	if s == nil {
		return nil
	}
	stream, in, err := p.lift()
	if err != nil {
		return fmt.Errorf("stream %s: %w", s.Config.Name, err)
	}
	consumers, err := liftConsumers(s)
	if err != nil {
		return fmt.Errorf("stream %s: %w", s.Config.Name, err)
	}
	if err := deleteStream(ctx, p.owner, s.Config.Name); err != nil {
		return err
	}
	if err := createStream(ctx, p.owner, stream, false); err != nil {
		return err
	}
	for _, c := range consumers {
		if err := createConsumer(ctx, p.owner, s.Config.Name, c, false); err != nil {
			return err
		}
	}
	p.stream, p.feeds, p.last = stream, in, 0
	if filters := p.filters(); len(filters) > 0 {
		return p.use(filters...)
	}
	return p.use(subject.Rest)
}

// clear removes what prepare made.
func (p *probe) clear(ctx context.Context) error {
	if p.share.Stream == nil {
		return nil
	}
	return deleteStream(ctx, p.owner, p.streamName())
}

// filters are the stream's subjects that the share is about: its consumer's
// filters, or the share's own; empty for all.
func (p *probe) filters() []string {
	if p.share.Consumer != nil {
		return p.share.Consumer.Config.Filters()
	}
	return p.share.Filters
}

// use makes the probe publish what one of its filters takes.
func (p *probe) use(filters ...string) (err error) {
	p.feed, err = p.feeds.of(p.streamName(), filters)
	return err
}

// patient is a context for one answer.
func (p *probe) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, p.opts.Patience)
}

// lasting is a context that lives until the probe is over, for watchers, which
// end with their context. (Their Stop waits 5 s for an answer to the removal of
// their consumer, where the user may not even ask for it.) It also ends when
// making one takes longer than one answer may: call made when it is made.
func (p *probe) lasting(ctx context.Context) (_ context.Context, made func()) {
	// The clients want a deadline.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Hour)
	p.cleanup(cancel)
	late := time.AfterFunc(p.opts.Patience, cancel)
	return ctx, func() { late.Stop() }
}

// receive is the next value of a channel. Patience is how long it may take.
func receive[T any](ctx context.Context, o *Options, from <-chan T) (T, error) {
	timer := time.NewTimer(o.Patience)
	defer timer.Stop()
	var none T
	select {
	case v, ok := <-from:
		if !ok {
			return none, errors.New("the subscription ended")
		}
		return v, nil
	case <-timer.C:
		return none, errQuiet
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// errQuiet says that nothing came any more.
var errQuiet = errors.New("nothing arrives")

// until waits until cond holds. It asks again and again until the step's time
// is over; what says what was waited for.
func until(ctx context.Context, what string, cond func() (bool, error)) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		ok, err := cond()
		if ok && err == nil {
			return nil
		}
		if err != nil {
			last = err
		}
		select {
		case <-ctx.Done():
			if last != nil {
				return fmt.Errorf("%s: %w", what, last)
			}
			return fmt.Errorf("%s", what)
		case <-tick.C:
		}
	}
}

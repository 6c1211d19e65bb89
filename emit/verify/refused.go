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

// watch is an account's ear at a subject that a share is not to reach.
type watch struct {
	account *compiler.Account
	subject string
	sub     *nats.Subscription
}

// otherwise reports that an account has a grant of its own by which messages
// come from the subject, or requests are answered there.
func (p *probe) otherwise(a *compiler.Account, t compiler.Type, at string) bool {
	return slices.ContainsFunc(p.granted[a], func(g *compiler.Grant) bool {
		return g.Type == t && subject.Overlap(g.ClientSubject(), at)
	})
}

// watchOthers subscribes, in every account that the share is not for, where
// its messages would arrive, before any are sent.
func (p *probe) watchOthers(ctx context.Context) ([]watch, error) {
	var out []watch
	for _, a := range p.others.asked {
		nc, err := p.sys.as(ctx, a, nil, "")
		if err != nil {
			return nil, err
		}
		for _, g := range p.target.Grants {
			if g.Type != compiler.StreamType {
				continue
			}
			for _, at := range unique(g.ClientSubject(), g.Subject) {
				if p.otherwise(a, compiler.StreamType, at) {
					continue
				}
				sub, err := nc.SubscribeSync(at)
				if err != nil {
					return nil, fmt.Errorf("subscribe to %s as account %s: %w", at, a.Name, err)
				}
				out = append(out, watch{a, at, sub})
			}
		}
		if err := nc.FlushWithContext(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func unique(list ...string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// refusals are the rows of who must be refused: the accounts that the share is
// not for, which heard nothing and get no answer, and the users of both sides
// that have no access to it.
func (p *probe) refusals(ctx context.Context, watches []watch) []Row {
	var rows []Row
	for _, who := range []struct {
		grant string
		try   func(context.Context) (n, all int, err error)
	}{
		{"others", func(ctx context.Context) (int, int, error) { return p.othersRefused(ctx, watches) }},
		{"users", p.usersRefused},
	} {
		start := time.Now()
		limited, cancel := context.WithTimeout(ctx, p.opts.StepTimeout)
		n, all, err := who.try(limited)
		cancel()
		row := Row{Share: p.share.Name, Kind: p.share.Kind.Name, From: p.share.From.Name, To: p.target.To.Name, Grant: who.grant}
		switch {
		case err != nil:
			row.add(failed, err.Error(), time.Since(start))
		case n == 0:
			continue
		case n < all:
			row.add(OK, fmt.Sprintf("%d of %d tried, all refused", n, all), time.Since(start))
		default:
			row.add(OK, fmt.Sprintf("%d refused", n), time.Since(start))
		}
		rows = append(rows, row)
	}
	return rows
}

// othersRefused looks at what other accounts have heard and sends their
// requests to every service of the share. It returns how many were tried, and
// how many there are.
func (p *probe) othersRefused(ctx context.Context, watches []watch) (n, all int, err error) {
	var leaks []error
	for _, w := range watches {
		n, _, err := w.sub.Pending()
		if err != nil {
			return 0, 0, err
		}
		if n > 0 {
			leaks = append(leaks, fmt.Errorf("account %s got %d messages at %s", w.account.Name, n, w.subject))
		}
		_ = w.sub.Unsubscribe()
	}
	for _, a := range p.others.asked {
		nc, err := p.sys.as(ctx, a, nil, "")
		if err != nil {
			return 0, 0, err
		}
		for _, g := range p.target.Grants {
			if g.Type != compiler.ServiceType {
				continue
			}
			there, here := ends(g)
			for _, at := range unique(there, here) {
				// The server answers there itself, with JetStream or without.
				if strings.HasPrefix(at, "$JS.API.") || p.otherwise(a, compiler.ServiceType, at) {
					continue
				}
				wait, cancel := p.patient(ctx)
				_, err := nc.RequestWithContext(wait, at, nil)
				cancel()
				if !errors.Is(err, nats.ErrNoResponders) {
					leaks = append(leaks, fmt.Errorf("account %s reaches %s: %v instead of no responders", a.Name, at, err))
				}
			}
		}
	}
	return len(p.others.asked), p.others.all, errors.Join(leaks...)
}

// usersRefused tries, as every user of the importer whose access lacks the
// share, to use it, and as every user of the exporter whose access is not to
// write to the stream, to publish into it.
func (p *probe) usersRefused(ctx context.Context) (n, all int, err error) {
	var leaks []error
	for _, u := range p.target.To.Users {
		if !restricted(u) {
			continue
		}
		nc, err := p.sys.as(ctx, u.Account, u, "")
		if err != nil {
			return n, n, err
		}
		if hasShare(u, p.share) {
			if err := p.noMore(ctx, nc, u); err != nil {
				leaks = append(leaks, fmt.Errorf("user %s of account %s: %w", u.Name, u.Account.Name, err))
			}
			continue
		}
		given, tried := p.given(u), false
		for _, g := range p.target.Grants {
			_, here := ends(g)
			if (attempt{g.Type, here}).in(given) {
				continue
			}
			tried = true
			if err := refused(ctx, nc, g.Type, here); err != nil {
				leaks = append(leaks, fmt.Errorf("user %s of account %s: %w", u.Name, u.Account.Name, err))
			}
		}
		if tried {
			n++
		}
	}
	if p.share.Stream == nil {
		return n, n, errors.Join(leaks...)
	}
	for _, u := range p.share.From.Users {
		if !restricted(u) || (attempt{compiler.ServiceType, p.feed.published}).in(p.given(u)) {
			continue
		}
		nc, err := p.sys.as(ctx, u.Account, u, "")
		if err != nil {
			return n, n, err
		}
		n++
		if err := refused(ctx, nc, compiler.ServiceType, p.feed.published); err != nil {
			leaks = append(leaks, fmt.Errorf("user %s of account %s: %w", u.Name, u.Account.Name, err))
		}
	}
	return n, n, errors.Join(leaks...)
}

// noMore tries what lies next to the share's grants as a user who has the
// share: to administer the stream, and to hear or say anything else.
func (p *probe) noMore(ctx context.Context, nc *nats.Conn, u *compiler.User) error {
	next := []attempt{{compiler.StreamType, ">"}, {compiler.ServiceType, "jsc-verify.elsewhere"}}
	if p.share.Stream != nil && p.prefix() != "" {
		for _, operation := range []string{"STREAM.DELETE", "STREAM.UPDATE", "STREAM.PURGE", "CONSUMER.LIST"} {
			next = append(next, attempt{compiler.ServiceType, p.prefix() + "." + operation + "." + p.streamName()})
		}
	}
	given := p.given(u)
	var leaks []error
	for _, a := range next {
		if !a.in(given) {
			leaks = append(leaks, refused(ctx, nc, a.do, a.at))
		}
	}
	return errors.Join(leaks...)
}

// restricted reports that all a user may do is what its access says.
func restricted(u *compiler.User) bool {
	return u.Src != nil && u.Src.Access != nil && !u.Scoped && u.Src.Publish == nil && u.Src.Subscribe == nil
}

// refused returns an error unless the server refuses to publish to a subject,
// or, of a stream, to subscribe to it.
func refused(ctx context.Context, nc *nats.Conn, t compiler.Type, at string) error {
	may, err := permits(ctx, nc, t, at)
	switch {
	case err != nil:
		return err
	case may && t == compiler.StreamType:
		return fmt.Errorf("may subscribe to %s", at)
	case may:
		return fmt.Errorf("may publish to %s", at)
	}
	return nil
}

// permits tries to publish to a subject, or, of a stream, to subscribe to it,
// and reports whether the server lets it.
func permits(ctx context.Context, nc *nats.Conn, t compiler.Type, at string) (bool, error) {
	// A refusal of something that a client does by itself in the background may
	// take the place of the one that is looked for: what may, may every time.
	for range permitTries {
		if may, err := permitsOnce(ctx, nc, t, at); err != nil || !may {
			return false, err
		}
	}
	return true, nil
}

const permitTries = 3

func permitsOnce(ctx context.Context, nc *nats.Conn, t compiler.Type, at string) (bool, error) {
	before := nc.LastError()
	if t == compiler.StreamType {
		sub, err := nc.SubscribeSync(at)
		if err != nil {
			return false, err
		}
		defer sub.Unsubscribe()
	} else if err := nc.Publish(at, nil); err != nil {
		return false, err
	}
	// The server answers in order: its refusal comes before the flush's pong.
	if err := nc.FlushWithContext(ctx); err != nil {
		return false, err
	}
	// Every refusal is an error of its own.
	err := nc.LastError()
	return err == before || !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), `"`+at+`"`), nil
}

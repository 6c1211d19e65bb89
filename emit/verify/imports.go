package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jsc/compiler"
)

// imports proves what accounts import without a share, message by message,
// unless only some shares are to be proved.
func (v *run) imports(ctx context.Context, sys *system) error {
	if len(v.opts.Shares) > 0 {
		return nil
	}
	grants := keep(v.t.Grants, func(g *compiler.Grant) bool {
		return g.To != nil && (g.Share == nil || g.Share.Accept != nil)
	})
	// What comes to one account by one share is told together.
	slices.SortStableFunc(grants, func(a, b *compiler.Grant) int {
		return cmp.Or(cmp.Compare(shareOf(a), shareOf(b)), cmp.Compare(a.To.Name, b.To.Name))
	})
	for _, g := range grants {
		row := newRow(g)
		start := time.Now()
		if why := elsewhere(v.t, g); why != "" {
			row.add(Elsewhere, why, 0)
			v.note(*row)
			continue
		}
		owner, err := sys.as(ctx, g.From, nil, "")
		if err != nil {
			return err
		}
		client, err := sys.as(ctx, g.To, nil, "")
		if err != nil {
			return err
		}
		p := &probe{sys: sys, opts: v.opts, owner: owner, client: client}
		if err := v.limit(ctx, func(ctx context.Context) error { return p.crosses(ctx, g) }); err != nil {
			row.add(failed, err.Error(), time.Since(start))
		} else {
			row.add(OK, "", time.Since(start))
		}
		v.note(*row)
	}
	return nil
}

// shareOf is the name of a grant's share; "" without one.
func shareOf(g *compiler.Grant) string {
	if g.Share == nil {
		return ""
	}
	return g.Share.Name
}

// elsewhere says why an import cannot be proved here; "" when it can.
func elsewhere(t *compiler.Topology, g *compiler.Grant) string {
	switch {
	case g.Share != nil, g.From.Src != nil && g.From.Src.External.Or(false):
		return "account " + g.From.Name + " is external"
	case g.From == t.Operator.SystemAccount, g.Type == compiler.StreamType && strings.HasPrefix(g.Subject, "$"):
		return "the server itself is at the other end"
	}
	return ""
}

// crosses sends messages, or requests, through an import.
func (p *probe) crosses(ctx context.Context, g *compiler.Grant) error {
	there, here := ends(g)
	switch {
	case g.Type == compiler.StreamType:
		return p.flows(ctx, there, here)
	case strings.HasPrefix(g.Subject, "$JS.API."):
		// The server listens there; whether it answers depends on what it is asked.
		wait, cancel := p.patient(ctx)
		defer cancel()
		_, err := p.client.RequestWithContext(wait, here, nil)
		if heard := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil; err != nil && !heard {
			return fmt.Errorf("request to %s: %w", here, err)
		}
		return nil
	default:
		return p.serves(ctx, there, here, answers(g.Terms.Response))
	}
}

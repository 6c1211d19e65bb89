package verify

import (
	"context"
	"fmt"
	"time"

	"jsc/compiler"
)

// owned proves that every user can use what its access lists of its own
// account, and nothing next to it, unless only some shares are to be proved.
func (v *run) owned(ctx context.Context, sys *system, v2 bool) error {
	proved := make(map[thing]bool)
	for _, u := range v.owners() {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.next(u.Account.Name + "/" + u.Name)
		for _, o := range u.Own {
			if err := v.own(ctx, sys, v2, o, proved); err != nil {
				return fmt.Errorf("user %s of account %s: %w", u.Name, u.Account.Name, err)
			}
		}
		if restricted(u) {
			if err := v.neighbours(ctx, sys, u); err != nil {
				return fmt.Errorf("user %s of account %s: %w", u.Name, u.Account.Name, err)
			}
		}
		sys.rest()
	}
	return nil
}

// owners are the users whose access lists something of their own account; none
// where only some shares are proved.
func (v *run) owners() []*compiler.User {
	var out []*compiler.User
	for _, a := range v.t.Accounts {
		for _, u := range a.Users {
			if len(u.Own) > 0 && len(v.opts.Shares) == 0 {
				out = append(out, u)
			}
		}
	}
	return out
}

// thing tells apart what is used, and how.
type thing struct {
	kind     *compiler.ShareKind
	stream   *compiler.Stream
	consumer *compiler.Consumer
}

// own proves one entry of a user's access, by the steps that prove a share of
// it: the user is as an importer that sees the owner's own subjects.
func (v *run) own(ctx context.Context, sys *system, v2 bool, o *compiler.Own, proved map[thing]bool) error {
	s, u := o.Share, o.User
	p, err := v.probe(ctx, sys, v2, &compiler.Target{
		Share: s, To: u.Account, APIPrefix: "$JS.API", InboxPrefix: u.InboxPrefix, Grants: o.Grants(&v.t.Server),
	}, u)
	if err != nil {
		return err
	}
	what := thing{s.Kind, s.Stream, s.Consumer}
	if proved[what] {
		// As of a share's users: the traffic is proved.
		few := *v.opts
		few.Messages = min(few.Messages, 10)
		p.opts = &few
	}
	proved[what] = true
	row := ownRow(o)
	start := time.Now()
	if err := v.limit(ctx, p.prepare); err != nil {
		row.add(failed, err.Error(), time.Since(start))
		v.note(row)
		return nil
	}
	rows := make(map[*compiler.Grant]*Row)
	p.prove(ctx, rows)
	row.Duration = time.Since(start)
	for _, g := range p.target.Grants {
		switch r := rows[g]; {
		case r == nil && p.inUse(g):
			row.add(unproven, "no step of the probe uses "+g.Subject, 0)
		case r != nil && r.Result == OK:
			row.add(OK, r.Detail, 0)
		case r != nil:
			row.add(r.Result, g.RowName()+": "+r.Detail, 0)
		}
	}
	v.note(row)
	return v.limit(ctx, p.clear)
}

// ownRow is the row of one entry of a user's access, before it is proved. Its
// subject is the thing's name.
func ownRow(o *compiler.Own) Row {
	name := o.Share.Stream.Config.Name
	if o.Share.Consumer != nil {
		name += "." + o.Share.Consumer.Config.Name
	}
	return Row{From: o.User.Account.Name, User: o.User.Name, Grant: o.List, Subject: name}
}

// stepsOf are the steps that prove the probe's kind. What a stream would use
// and here a user may is only tried.
func (p *probe) stepsOf() []step {
	if p.share.Kind == compiler.Management {
		return manageSteps(p)
	}
	if p.share.From == p.target.To && p.share.Kind.Sourced {
		return []step{p.permitted("reset"), p.permitted("deliver"), p.permitted("fc")}
	}
	return steps[p.share.Kind.Name](p)
}

// permitted is a step that only tries whether the server lets the user at a
// row's subjects.
func (p *probe) permitted(row string) step {
	return step{row: row, run: func(ctx context.Context) error {
		for _, g := range p.grants(row) {
			_, here := ends(g)
			if may, err := permits(ctx, p.client, g.Type, here); err != nil {
				return err
			} else if !may {
				return fmt.Errorf("permission is missing for %s", here)
			}
		}
		return nil
	}}
}

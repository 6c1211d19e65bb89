package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/emit/diff"
	"jsc/schema"
	"jsc/schema/diag"
)

// judgeTimes tells of tokens that are issued in the future, have expired, or
// are due for renewal.
func (c *checker) judgeTimes() {
	for _, t := range c.plan.Tokens {
		switch {
		case t.State != emit.Kept:
		case t.IssuedAt > c.Now+emit.MaxAhead: // told below
		case t.Expires != 0 && t.Expires <= c.Now:
			d := diag.New("token-expired", t.Place(), t.ID, schema.FormatUnix(t.Expires))
			if !t.Due(c.Now) {
				diag.WithHint(d, "The topology says until when, so that no build renews it: choose a later time, or a duration.")
			}
			c.diags = append(c.diags, d)
		case t.Due(c.Now):
			c.diags = append(c.diags, diag.New("token-due", t.Place(), t.ID, schema.FormatUnix(t.Expires)))
		}
	}
	c.judgeFuture()
}

// judgeFuture tells of tokens that are issued in the future, and of revocations
// that reach there, which a slow clock makes all of them: the furthest, and how
// many there are.
func (c *checker) judgeFuture() {
	type dated struct {
		section, id string
		at          int64
	}
	var future []dated
	add := func(section, id string, at int64) {
		if at > c.Now+emit.MaxAhead && !c.told[id] {
			future = append(future, dated{section, id, at})
		}
	}
	for id, t := range c.Lock.Tokens {
		add("tokens", id, t.IssuedAt)
	}
	for id, r := range c.Lock.Revoked {
		add("revoked", id, r.Before)
	}
	if len(future) == 0 {
		return
	}
	furthest := slices.MinFunc(future, func(a, b dated) int {
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.section, a.section), cmp.Compare(a.id, b.id))
	})
	what := "the token of " + furthest.id + " is issued"
	if furthest.section == "revoked" {
		what = "the revocation " + furthest.id + " is dated"
	}
	d := diag.New("iat-in-future", c.entry(furthest.section, furthest.id), what, schema.FormatUnix(furthest.at))
	diag.Of(d).More = len(future) - 1
	about := make([]string, len(future))
	for i, f := range future {
		about[i] = f.id
	}
	c.tell(d, about...)
}

// content is what a build would make, as far as it does not depend on the texts
// of tokens.
type content struct {
	layout  *emit.Layout
	changes []emit.Change
	files   []compared // by index of the layout's; of others, what they are not yet
}

// layOut works out what is to be compared with the folder. It tells nothing.
func (c *checker) layOut() (*content, error) {
	var targets []string
	for _, name := range emit.Targets() {
		if slices.Contains(c.Targets, name) || slices.ContainsFunc(c.paths, func(p string) bool { return strings.HasPrefix(p, name+"/") }) {
			targets = append(targets, name)
		}
	}
	layout, err := emit.NewLayout(c.plan, filepath.Base(c.LockPath), targets...)
	if err != nil {
		return nil, err
	}
	return &content{layout, c.plan.Changes(), make([]compared, len(layout.Artifacts))}, nil
}

// compareConstant compares the files that no token's text is in. It tells nothing.
func (c *checker) compareConstant(made *content) error {
	return c.compare(made, func(a *emit.Artifact) bool { return len(a.Tokens) == 0 })
}

// judgeContent compares what is committed with what the topology gives: the
// claims of every token, and the bytes of every file, rendered anew.
func (c *checker) judgeContent(made *content) error {
	same, err := c.plan.Fill(c.committed)
	if err != nil {
		return err
	}
	for i, t := range c.plan.Tokens {
		if !same[i] {
			c.judgeClaims(t)
		}
	}
	c.judgeChanges(made.changes)
	if err := c.compare(made, func(a *emit.Artifact) bool { return len(a.Tokens) > 0 }); err != nil {
		return err
	}
	c.judgeFiles(made)
	return nil
}

// committed is the text of the token with an ID, if it verifies; else "".
func (c *checker) committed(id string) string {
	if t := c.byID[id]; t != nil {
		return t.text
	}
	return ""
}

// judgeClaims tells how a token differs from what the topology says.
func (c *checker) judgeClaims(t *emit.Token) {
	committed := c.byID[t.ID]
	switch {
	case c.told[t.ID] || c.told[emit.TokenPath(t.ID)]:
	case committed == nil && t.State == emit.Made:
		c.tell(diag.New("artifact-stale", t.Place(), "the topology asks for the token of "+t.ID+", which was never made"), t.ID)
	case committed == nil:
		// Its file is missing, which judgeFiles tells.
	case t.State == emit.Kept:
		c.forged("tokens", t.ID, "the lock's digest of %s is not that of its token", t.ID)
	default:
		path := ""
		if len(committed.paths) > 0 {
			path = committed.paths[0]
		}
		differ := claimsDiffer(committed.claims, t.Claims())
		if account, ok := committed.claims.(*jwt.AccountClaims); ok {
			differ = append(differ, atMost(diff.Given(account, t.Account))...)
		}
		why := ""
		if len(differ) == 0 { // a token that it embeds is another, or a time
			why = ": " + cmp.Or(t.Reason, "it would be "+string(t.State))
		}
		d := diag.New("artifact-stale", c.file(path), "the token of "+t.ID+" is not what the topology says"+why)
		for _, f := range differ {
			diag.WithNote(d, hcl.Range{}, "%s", f)
		}
		c.tell(d, t.ID)
	}
}

// timely are what a token says of itself, rather than of its subject; embedded
// tokens have findings of their own.
var timely = []string{"iat", "jti", "exp", "iss", "nats.imports[].token"}

// claimsDiffer are the differences between two claims, in lines.
func claimsDiffer(old, new jwt.Claims) []string {
	a, errA := json.Marshal(old)
	b, errB := json.Marshal(new)
	fields, err := diff.JSON(a, b, timely...)
	if errA != nil || errB != nil || err != nil {
		return nil // what is committed was decoded, and what is planned encoded
	}
	return lines(fields)
}

// most is how many differences of one file are told.
const most = 5

func lines(fields []diff.Field) []string {
	return atMost(diff.Lines(fields))
}

// atMost cuts a long list short.
func atMost(lines []string) []string {
	if len(lines) <= most {
		return lines
	}
	return append(slices.Clone(lines[:most]), fmt.Sprintf("… and %d more", len(lines)-most))
}

// inWords is a change of the lock; a revocation by what it ends, where that has a
// name.
func (c *checker) inWords(ch emit.Change) string {
	for _, r := range c.plan.Revoked {
		if r.ID == ch.ID && r.Token != "" {
			return "revocation of the token of " + r.Token + ": " + r.Reason
		}
	}
	return ch.ID + ": " + ch.Reason
}

// judgeChanges tells of what else a build would change in the lock: one finding,
// since one build does it all.
func (c *checker) judgeChanges(all []emit.Change) {
	ended := map[string]bool{} // tokens that go by a revocation, which says so
	for _, r := range c.plan.Revoked {
		ended[r.Token] = true
	}
	var changes []emit.Change
	for _, ch := range all {
		t := c.plan.Token(ch.ID)
		due := t != nil && t.State != emit.Kept // which judgeClaims tells, or judgeFiles where the token is missing
		if !due && !c.told[ch.ID] && !ended[ch.ID] {
			changes = append(changes, ch)
		}
	}
	if len(changes) == 1 {
		ch := changes[0]
		c.tell(diag.New("artifact-stale", c.entry("tokens", ch.ID), "the lock is not what the topology asks for: "+c.inWords(ch)), ch.ID)
	} else if len(changes) > 1 {
		d := diag.New("artifact-stale", c.entry("", ""), fmt.Sprintf("the lock is not what the topology asks for in %d entries", len(changes)))
		var ids, words []string
		for _, ch := range changes {
			ids, words = append(ids, ch.ID), append(words, c.inWords(ch))
		}
		slices.Sort(words) // keys differ from one deployment to the next
		for _, line := range atMost(words) {
			diag.WithNote(d, hcl.Range{}, "%s", line)
		}
		c.tell(d, ids...)
	}
	for _, id := range c.plan.Gone {
		if path := emit.TokenPath(id); path != "" { // goes with its token
			c.told[path] = true
			c.told[strings.TrimSuffix(path, ".jwt")+".json"] = true
		}
	}
}

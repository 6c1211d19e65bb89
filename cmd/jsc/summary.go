package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/schema/diag"
)

// buildReport is what build --format json prints.
type buildReport struct {
	FormatVersion int             `json:"format_version"`
	Lock          string          `json:"lock"`
	Out           string          `json:"out"`
	Tokens        []tokenReport   `json:"tokens"`
	Revoked       []revokedReport `json:"revoked"`
	Waiting       []string        `json:"waiting"` // operator signing keys that sign from the next build on
	Files         filesReport     `json:"files"`
	Users         []userLine      `json:"users"`
	Creds         []string        `json:"creds"`
}

type tokenReport struct {
	ID     string     `json:"id"`
	State  emit.State `json:"state"`
	Reason string     `json:"reason,omitempty"`
}

type revokedReport struct {
	ID     string `json:"id"`
	Token  string `json:"token,omitempty"`
	Before int64  `json:"before"`
	Reason string `json:"reason"`
}

type filesReport struct {
	Written []string `json:"written"`
	Removed []string `json:"removed"`
	Left    []string `json:"left"`
	Kept    int      `json:"kept"`
}

// summarize says what a build did.
func (b *builder) summarize(pr *project, plan *emit.Plan, did folder.Summary, creds []string) error {
	revoked := plan.InForce()
	if b.format == "json" {
		r := buildReport{
			FormatVersion: 1, Lock: pr.lock, Out: pr.out, Tokens: []tokenReport{}, Revoked: []revokedReport{},
			Waiting: diag.OrEmpty(plan.Waiting),
			Files:   filesReport{diag.OrEmpty(did.Written), diag.OrEmpty(did.Removed), diag.OrEmpty(did.Left), len(did.Kept)},
			Users:   inboxes(plan.Topology), Creds: diag.OrEmpty(creds),
		}
		for _, t := range plan.Tokens {
			r.Tokens = append(r.Tokens, tokenReport{t.ID, t.State, t.Reason})
		}
		for _, x := range revoked {
			r.Revoked = append(r.Revoked, revokedReport(x))
		}
		return diag.WriteJSON(b.stdout, r)
	}
	if b.quiet {
		return nil
	}
	b.tokenTable(plan)
	for i, x := range revoked {
		if i == shownAtMost {
			fmt.Fprintf(b.stdout, "  … and %d more revocations\n", len(revoked)-i)
			break
		}
		what := x.Token
		if what == "" {
			what = x.ID
		}
		fmt.Fprintf(b.stdout, "revoked  %s: %s\n", diag.Sanitize(what), diag.Sanitize(x.Reason))
	}
	for _, id := range plan.Waiting {
		fmt.Fprintf(b.stdout, "waiting  %s: signs from the next build on; restart the servers with the new operator.jwt before\n", diag.Sanitize(id))
	}
	for _, p := range did.Left {
		fmt.Fprintf(b.stdout, "left     %s: somebody changed it since jsc made it\n", diag.Sanitize(p))
	}
	b.userTable(plan)
	fmt.Fprintf(b.stdout, "\n%s  %s written, %s removed, %s unchanged\n", diag.Sanitize(pr.out)+"/", diag.Plural(len(did.Written), "file"), diag.Count(len(did.Removed)), diag.Count(len(did.Kept)))
	if len(creds) > 0 {
		fmt.Fprintf(b.stdout, "%s  %s written\n", diag.Sanitize(strings.TrimSuffix(b.creds, "/"))+"/", diag.Plural(len(creds), "file"))
	}
	return nil
}

// shownAtMost is how many lines of one sort a summary has.
const shownAtMost = 10

// tokenTable counts the tokens by kind and by what was done with them.
func (b *builder) tokenTable(plan *emit.Plan) {
	order := []emit.Kind{emit.OperatorToken, emit.AccountToken, emit.ActivationToken, emit.UserToken}
	states := []emit.State{emit.Made, emit.Changed, emit.Renewed, emit.Reissued, emit.Kept}
	counts := map[emit.Kind]map[emit.State]int{}
	used := map[emit.State]bool{}
	for _, t := range plan.Tokens {
		if counts[t.Kind] == nil {
			counts[t.Kind] = map[emit.State]int{}
		}
		counts[t.Kind][t.State]++
		used[t.State] = true
	}
	w := tabwriter.NewWriter(b.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\t")
	for _, s := range states {
		if used[s] {
			fmt.Fprintf(w, "%s\t", s)
		}
	}
	fmt.Fprintln(w)
	for _, k := range order {
		if counts[k] == nil {
			continue
		}
		fmt.Fprintf(w, "%s tokens\t", k)
		for _, s := range states {
			if used[s] {
				fmt.Fprintf(w, "%s\t", diag.Count(counts[k][s]))
			}
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

// userTable shows the inbox prefixes that clients have to be told.
func (b *builder) userTable(plan *emit.Plan) {
	list := inboxes(plan.Topology)
	if len(list) == 0 {
		return
	}
	w := tabwriter.NewWriter(b.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nuser\tinbox prefix (tell the client)")
	for i, u := range list {
		if i == shownAtMost {
			fmt.Fprintf(w, "… and %s more: jsc explain tells a user's, jsc build --format json has all\n", diag.Count(len(list)-i))
			break
		}
		fmt.Fprintf(w, "%s/%s\t%s\n", diag.Sanitize(u.Account), diag.Sanitize(u.User), diag.Sanitize(u.InboxPrefix))
	}
	w.Flush()
}

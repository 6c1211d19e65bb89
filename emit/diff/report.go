package diff

import (
	"cmp"
	"slices"
	"strings"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// Action says what becomes of a thing.
type Action string

// The actions.
const (
	Add    Action = "add"
	Alter  Action = "change"
	Remove Action = "remove"
)

// Change is what becomes of one thing.
type Change struct {
	Kind    string   `json:"kind"` // operator, account, user, stream, consumer, share, server
	Name    string   `json:"name"` // its NATS name, after its account's and a slash
	Action  Action   `json:"action"`
	Details []string `json:"details"` // what changes, in lines
	Impacts []Impact `json:"impacts"` // the gravest first
	Why     []string `json:"why"`     // of the impacts

	share  string   // of a share: its name
	shares []string // of Details: see sharesOf
	raw    []Impact // as the effects have them
	events []event
}

// LocalSubject is a subject that an account has by a new import.
type LocalSubject struct {
	Account string `json:"account"`
	Subject string `json:"subject"` // as the account's clients use it
	Type    string `json:"type"`    // service: requests go out; stream: messages come in
	From    string `json:"from"`    // the account that answers, or sends
}

// TokenChange is a token that is issued anew, or goes.
type TokenChange struct {
	ID     string `json:"id"`
	State  string `json:"state"` // made, changed, renewed, reissued or gone
	Reason string `json:"reason"`
}

// Revocation is what a build revokes.
type Revocation struct {
	ID     string `json:"id"`              // in the lock
	Token  string `json:"token,omitempty"` // that it ends; "" for a revoke block
	Reason string `json:"reason"`
}

// Step is something to do.
type Step struct {
	Text  string   `json:"text"`
	Names []string `json:"names"` // what it is about: accounts, files
}

// Report is how two states differ.
type Report struct {
	// OutputMissing says that no output of the old state is there, though it was
	// built: what is told is of its lock's tokens.
	OutputMissing bool `json:"output_missing"`

	FormatVersion int            `json:"format_version"` // 1
	Against       string         `json:"against"`        // what it is compared with
	Changes       []Change       `json:"changes"`
	Breaks        []string       `json:"breaks"` // whom it breaks, by importer
	LocalSubjects []LocalSubject `json:"local_subjects"`
	Tokens        []TokenChange  `json:"tokens"`
	Revoked       []Revocation   `json:"revoked"`
	NewKeys       []string       `json:"new_keys"` // IDs of keys that are still to be made
	Waiting       []string       `json:"waiting"`  // operator signing keys that sign from the next build on
	Steps         []Step         `json:"steps"`    // how to deploy it, in order
	Impacts       []Impact       `json:"impacts"`  // of all changes, the gravest first
}

// Empty reports that nothing changes.
func (r *Report) Empty() bool {
	return !r.OutputMissing && len(r.Changes) == 0 && len(r.Tokens) == 0 && len(r.Revoked) == 0 && len(r.NewKeys) == 0
}

// kindOrder is the order of kinds in a report.
var kindOrder = []string{"operator", "server", "account", "user", "stream", "consumer", "share"}

// comparison is one run of Compare.
type comparison struct {
	old, new *State
	plan     *emit.Plan
	resolver Impact
	names    map[string]string // of accounts by their name in paths
	report   *Report

	externals map[string]bool   // accounts, whether they are external
	ended     map[string]bool   // IDs of tokens that the plan revokes
	inTurn    map[string]turn   // streams whose subjects others get
	others    map[string]string // accounts that have another key, their former ones
}

// Compare tells how the new state differs from the old one. plan is what a
// build makes of the new topology with the old lock; against names the old state
// for people.
func Compare(old, new *State, plan *emit.Plan, against string) *Report {
	c := &comparison{old: old, new: new, plan: plan, resolver: reload, report: &Report{
		FormatVersion: 1, Against: against,
		Changes: []Change{}, Breaks: []string{}, LocalSubjects: []LocalSubject{}, Tokens: []TokenChange{},
		Revoked: []Revocation{}, NewKeys: diag.OrEmpty(plan.Unpinned), Waiting: diag.OrEmpty(plan.Waiting), Steps: []Step{}, Impacts: []Impact{},
		OutputMissing: outputMissing(old, plan),
	}}
	switch {
	case c.first():
		c.resolver = none
	case c.operatorExternal():
		c.resolver = handOver // to whom it is
	case slices.Contains([]string{"full", "cache"}, c.resolverType()):
		c.resolver = push // a reload changes no account that is in use
	}
	old.rename(plan.Topology)
	c.others = supplanted(plan)
	c.tokens()
	if !c.report.OutputMissing {
		c.servers()
		c.assets()
		c.yields()
		c.shares()
		c.localSubjects()
	}
	c.finish()
	return c.report
}

// outputMissing reports that there is none of what a build has written, as where
// git ignores it: all that is known of that is what the lock has of tokens.
func outputMissing(old *State, plan *emit.Plan) bool {
	return !old.tokens && (len(plan.Gone) > 0 || slices.ContainsFunc(plan.Tokens, func(t *emit.Token) bool { return t.Former() != lock.Token{} }))
}

// resolverType is that of the servers' account resolver.
func (c *comparison) resolverType() string {
	return strings.Trim(c.new.settings["resolver.conf"]["resolver.type"], `"`)
}

// operatorExternal reports that the operator is somebody else's.
func (c *comparison) operatorExternal() bool {
	o := c.plan.Topology.Operator
	return o != nil && o.External
}

// first reports that there is nothing yet that could run.
func (c *comparison) first() bool { return !c.old.tokens && !c.report.OutputMissing }

// add adds a change with what events bring.
func (c *comparison) add(ch Change, events ...event) {
	ch.Details, ch.Why = diag.OrEmpty(ch.Details), []string{}
	for _, e := range events {
		ch.take(e)
	}
	c.report.Changes = append(c.report.Changes, ch)
}

// take adds what an event brings.
func (ch *Change) take(e event) {
	ch.events = append(ch.events, e)
	ch.raw = append(ch.raw, effects[e].impacts...)
	if why := effects[e].why; why != "" && !slices.Contains(ch.Why, why) {
		ch.Why = append(ch.Why, why)
	}
}

// finish sorts, sums up, and says what to do.
func (c *comparison) finish() {
	r := c.report
	c.nameRenames()
	c.warnImporters()
	c.roomMoves()
	var all []Impact
	for i := range r.Changes {
		r.Changes[i].Impacts = inOrder(r.Changes[i].raw, c.resolver)
		all = append(all, r.Changes[i].raw...)
	}
	if len(all) > 0 {
		r.Impacts = inOrder(all, c.resolver)
	}
	slices.SortFunc(r.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(kindOrder, a.Kind), slices.Index(kindOrder, b.Kind)),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Action, b.Action), slices.Compare(a.Details, b.Details))
	})
	// By what they end: keys differ from one deployment to the next.
	slices.SortFunc(r.Revoked, func(a, b Revocation) int { return cmp.Or(cmp.Compare(a.Token, b.Token), cmp.Compare(a.ID, b.ID)) })
	slices.Sort(r.Breaks)
	r.Breaks = slices.Compact(r.Breaks)
	r.Steps = c.steps()
}

// nameRenames asks of what goes where another comes, account beside account and
// stream beside stream of one account, whether it is a rename.
func (c *comparison) nameRenames() {
	comes := map[[2]string]string{}
	for _, ch := range c.report.Changes {
		if ch.Action == Add {
			comes[[2]string{ch.Kind, ownerOf(ch)}] = ch.Name
		}
	}
	for i, ch := range c.report.Changes {
		to, found := comes[[2]string{ch.Kind, ownerOf(ch)}]
		if !found || ch.Action != Remove || ch.Kind != "account" && ch.Kind != "stream" || slices.Contains(ch.events, accountRenamed) {
			continue
		}
		e := effects[renamed]
		c.report.Changes[i].raw = append(ch.raw, e.impacts...)
		c.report.Changes[i].Why = append(ch.Why, e.why)
		c.report.Changes[i].Details = append(ch.Details, "beside it comes "+to)
	}
}

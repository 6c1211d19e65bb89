package diff

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"jsc/emit"
	"jsc/schema/diag"
)

// reloadable are settings of a server that a reload takes up (server/reload.go);
// nearly any other makes it refuse the whole reload, with all that is new in it.
var reloadable = map[string]func(old, new string) bool{
	"jetstream.max_mem":  rises,
	"jetstream.max_file": rises,
	"max_control_line":   always,
	"tls.cert_file":      always,
	"tls.key_file":       always,
	"tls.ca_file":        always,
	"tls.verify":         always,
	"cluster.routes":     always,
}

func always(_, _ string) bool { return true }

// rises: a server takes a greater limit of JetStream's storage, but neither
// another that had none, nor none.
func rises(old, new string) bool { return old != "" && new != "" && less(old, new) }

// losing are settings whose change loses streams; of a server alone, its name is
// none.
var losing = map[string]event{"server_name": peerRenamed, "jetstream.store_dir": storeMoved}

// settingEvent is what the change of a server's setting is.
func settingEvent(conf, key, old, new string) event {
	if e, loses := losing[key]; loses && (e != peerRenamed || conf != aloneConf) {
		return e
	}
	if takes := reloadable[key]; takes != nil && takes(old, new) {
		return settingReloads
	}
	return settingRestarts
}

// aloneConf is the configuration of a server that is in no cluster.
const aloneConf = "server.conf"

// turns reports that one server becomes a cluster, or the other way round.
func (c *comparison) turns() bool {
	_, wasAlone := c.old.settings[aloneConf]
	_, isAlone := c.new.settings[aloneConf]
	return wasAlone != isAlone && len(c.old.settings) > 0 && len(c.new.settings) > 0
}

// servers compares the servers' configurations.
func (c *comparison) servers() {
	for path, is := range c.new.settings {
		was, had := c.old.settings[path]
		if !had {
			if len(c.old.settings) > 0 {
				c.add(Change{Kind: "server", Name: path, Action: Add}, serverNew)
			}
			continue
		}
		var lines []string
		var events []event
		for _, key := range slices.Sorted(maps.Keys(union(was, is))) {
			old, new := was[key], is[key]
			if old == new {
				continue
			}
			lines = append(lines, Field{Path: key, Old: inUnits(key, old), New: inUnits(key, new)}.String())
			events = append(events, settingEvent(path, key, old, new))
		}
		if len(lines) > 0 {
			c.add(Change{Kind: "server", Name: path, Action: Alter, Details: lines}, events...)
		}
	}
	goes := []event{serverGone}
	switch {
	case c.turns():
		goes = []event{serverAlone}
	case len(c.new.settings) == 0: // they are somebody else's matter from now on
		goes = nil
	}
	for path := range c.old.settings {
		if _, has := c.new.settings[path]; !has {
			c.add(Change{Kind: "server", Name: path, Action: Remove}, goes...)
		}
	}
}

// serverNames are what the former servers of those configurations are called.
func (c *comparison) serverNames(confs []string) []string {
	var names []string
	for _, conf := range confs {
		if name, err := strconv.Unquote(c.old.settings[conf]["server_name"]); err == nil {
			names = append(names, name)
		}
	}
	return names
}

func union[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return all
}

// steps say how to bring the changes to what runs, in their order.
func (c *comparison) steps() []Step {
	steps := []Step{}
	add := func(text string, names ...string) { steps = append(steps, Step{text, diag.OrEmpty(names)}) }
	if len(c.report.NewKeys) > 0 {
		add(fmt.Sprintf("Make %s: jsc keys generate.", diag.Plural(len(c.report.NewKeys), "new key")))
	}
	if c.first() {
		add("Nothing was built before: start the servers with what a build writes, and hand out credentials.")
		return steps
	}
	if c.report.OutputMissing {
		add("What was built before is not here, so that only tokens are compared, by the lock. For streams, shares and servers write it first, from the topology as it was, by jsc build --locked, or name that by --against.")
	}
	if names := c.named(dataAtRisk); len(names) > 0 {
		add("Before anything else, look at what loses data:", names...)
	}
	falls := c.roomFalls()
	assets := func(first bool) {
		for _, s := range assetSteps {
			names := c.hit(s.of, s.events, func(ch Change) bool { return first == (falls && slices.Contains(ch.events, assetFrees)) })
			switch {
			case len(names) == 0:
			case first && s.text == goneStep:
				add(goneFirst, names...)
			default:
				add(s.text, names...)
			}
		}
	}
	assets(true)
	order := c.order()
	pushed, restarts := c.resolver == push && len(order) > 0, c.asksFor(restart, operatorToken)
	reloads := c.asksFor(reload) || c.resolver == reload && c.asksFor(deploy)
	switch {
	case c.turns():
		add("Back up every account's streams, as by nats stream backup; then stop the servers of:", c.withEvent(serverAlone)...)
		pushed, restarts, reloads = false, false, false
	case len(c.withEvent(operatorOther)) > 0:
		add("Restart the servers, one after the other, with all of the new output at once: they refuse accounts that a key signed which the operator has no more.")
		pushed, restarts, reloads = false, false, false
	case len(c.withEvent(operatorToken)) > 0:
		add("In a deployment of its own, restart the servers, one after the other, with the new operator.conf: until then no reload works, nor what it would revoke.")
	}
	if names := c.withEvent(serverNew); len(names) > 0 {
		add("Start the new servers:", names...)
	}
	if c.turns() {
		add("Restore the streams, as by nats stream restore.")
	}
	// Before the accounts: a server without room for their limits refuses them.
	switch {
	case restarts:
		add("Restart the servers, one after the other.")
	case reloads:
		add("Reload the servers: nats-server --signal reload.")
	}
	if names := c.serverNames(c.withEvent(serverGone)); len(names) > 0 {
		add("Stop the servers that go, and remove each from the cluster, as by nats server cluster peer-remove:", names...)
	}
	former := c.formerPushers()
	if pushed && len(former) > 0 {
		system := func(name string) bool { return name == c.plan.Topology.Operator.SystemAccount.Name }
		order = append(slices.DeleteFunc(order, system), c.plan.Topology.Operator.SystemAccount.Name)
		add("Push with the former credentials, of which to keep a copy before a build with --creds replaces them: the new ones connect only after the system account is pushed, which ends the former ones before it is answered:", former...)
	}
	if c.resolver == handOver && len(order) > 0 {
		add("Hand the tokens of accounts to whom the operator is, who signs them and brings them to the servers:", order...)
	}
	if pushed {
		add("Push the accounts, as by nats req '$SYS.REQ.CLAIMS.UPDATE', and read each answer, in this order:", order...)
	}
	if names := c.atLeaves(); len(names) > 0 {
		add("Put the new tokens into leaf nodes that have these accounts in a resolver.conf of their own, and reload them: what is revoked connects there until then:", names...)
	}
	if names := append(c.withEvent(accountStays), c.formerOf(c.withEvent(accountOtherStays))...); len(names) > 0 {
		add("Delete from the servers' resolver, which keeps them, over restarts too, and lets their users in until then: where it has allow_delete, by a request that the operator signs, as nsc push --account-removal makes it; else take their files out of its folder while all servers are stopped:", names...)
	}
	if names := c.withEvent(importsReplaced); len(names) > 0 {
		add("Then let clients reconnect:", names...)
	}
	if len(c.plan.Waiting) > 0 {
		add("Then build and deploy again: from that build on these sign:", c.plan.Waiting...)
	}
	if names := c.named(handOver, "user"); len(names) > 0 {
		add("Hand out new credentials:", names...)
	}
	for _, ch := range c.report.Changes {
		if slices.Contains(ch.events, bundleChanged) {
			add("Hand over the bundle:", "activations/"+emit.FileName(ch.Name)+".json", ch.Name)
		}
		if slices.Contains(ch.events, bundleGone) {
			add("Tell the owner, whose imports have ended:", ch.Name)
		}
		if slices.Contains(ch.events, answersOtherwise) {
			add("Ask the owner to issue the account's token anew:", ch.Name)
		}
	}
	assets(false)
	return steps
}

// asksFor reports that something else than those events asks for i.
func (c *comparison) asksFor(i Impact, but ...event) bool {
	return slices.ContainsFunc(c.report.Changes, func(ch Change) bool {
		return slices.ContainsFunc(ch.events, func(e event) bool {
			return !slices.Contains(but, e) && slices.Contains(effects[e].impacts, i)
		})
	})
}

// named are the names of what has an impact and stays, of some kinds or all.
func (c *comparison) named(i Impact, kinds ...string) []string {
	var names []string
	for _, ch := range c.report.Changes {
		if slices.Contains(ch.raw, i) && (len(kinds) == 0 || slices.Contains(kinds, ch.Kind) && ch.Action != Remove) {
			names = append(names, ch.Name)
		}
	}
	return names
}

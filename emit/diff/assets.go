package diff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"jsc/compiler"
)

// outcomes say what an update of an existing stream or consumer comes to, by the
// words of compiler.StreamFields and ConsumerFields. Values are as shown to
// people, "" where there is none; now is in Unix seconds.
var outcomes = map[compiler.Update]func(old, new string, now int64) event{
	compiler.Mutable:              updated,
	compiler.Immutable:            recreated,
	compiler.Identity:             recreated,
	compiler.Ignored:              recreated,
	compiler.Paused:               pauseAt,
	compiler.OneWay:               func(_, new string, _ int64) event { return when(new == "true") },
	"between limits and interest": retention,
	"may only be removed":         func(_, new string, _ int64) event { return when(new == "") },
	"to another subject, while nobody listens on the old one": func(old, new string, _ int64) event { return when(old != "" && new != "") },
	"in a cluster, not during a move":                         updated,
	"yes: the stream moves":                                   updated,
	"yes: for new blocks":                                     updated,
	"yes, unless a consumer exceeds it":                       updated,
}

func updated(_, _ string, _ int64) event   { return assetUpdated }
func recreated(_, _ string, _ int64) event { return assetRecreated }

func when(allowed bool) event {
	if allowed {
		return assetUpdated
	}
	return assetRecreated
}

// retention: what turns to interest drops what no consumer waits for.
func retention(old, new string, _ int64) event {
	if old == "limits" && new == "interest" {
		return assetDrops
	}
	return when(old == "interest" && new == "limits")
}

// updates are what the tables say of each field.
func updates[C any](fields []compiler.Field[C]) map[string]compiler.Update {
	m := map[string]compiler.Update{}
	for _, f := range fields {
		if f.Value == "" {
			m[f.Name] = f.Update
		}
	}
	return m
}

// assets compares streams and consumers.
func (c *comparison) assets() {
	c.assetsOf("stream", c.old.streams, c.new.streams, updates(compiler.StreamFields))
	c.assetsOf("consumer", c.old.consumers, c.new.consumers, updates(compiler.ConsumerFields))
}

func (c *comparison) assetsOf(kind string, old, new map[asset][]byte, fields map[string]compiler.Update) {
	for key, is := range new {
		was, had := old[key]
		if had && bytes.Equal(was, is) {
			continue
		}
		ch := Change{Kind: kind, Name: c.name(key, is), Action: Alter}
		if !had {
			ch.Action = Add
			c.add(ch, assetNew)
			continue
		}
		var events []event
		ch.Details, events = assetDetails(was, is, fields, c.plan.Now)
		if frees(was, is) {
			events = append(events, assetFrees)
		}
		c.add(ch, events...)
	}
	for key, was := range old {
		if _, has := new[key]; !has {
			events := []event{assetGone}
			if frees(was, nil) {
				events = append(events, assetFrees)
			}
			c.add(Change{Kind: kind, Name: c.name(key, was), Action: Remove}, events...)
		}
	}
}

// name is an asset's NATS name after its account's. Files' names may be encoded;
// the configuration has the name, and the accounts theirs.
func (c *comparison) name(key asset, config []byte) string {
	var named struct{ Name string }
	if json.Unmarshal(config, &named) != nil || named.Name == "" {
		named.Name = key.stream + key.consumer
	}
	account := c.accountOf(key.account)
	if key.consumer == "" {
		return account + "/" + named.Name
	}
	return account + "/" + key.stream + "/" + named.Name
}

// assetDetails are the lines of what changes, and what that comes to at a time.
func assetDetails(old, new []byte, fields map[string]compiler.Update, now int64) (details []string, events []event) {
	changed, err := JSON(old, new)
	var was, is map[string]any
	if err != nil || json.Unmarshal(old, &was) != nil || json.Unmarshal(new, &is) != nil {
		return []string{"what was written is no configuration"}, []event{assetUpdated}
	}
	remarks := map[string]string{}
	updates := false // by what is no pause
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		a, b := shown(was[name]), shown(is[name])
		if a == b || name == "first_seq" && cmp.Or(a, first) == cmp.Or(b, first) {
			continue
		}
		e := outcomes[fields[name]](a, b, now)
		updates = updates || !slices.Contains(pauseEvents, e)
		if e == assetUpdated && drops(name, a, b, is) {
			e = assetShrinks
		}
		if !slices.Contains(events, e) && e != assetUpdated {
			events = append(events, e)
		}
		switch {
		case e != assetUpdated:
			remarks[name] = effects[e].why
		case fields[name] != compiler.Mutable:
			remarks[name] = string(fields[name])
		}
	}
	for _, f := range changed {
		f.Old, f.New = inUnits(f.Path, f.Old), inUnits(f.Path, f.New)
		field, _, _ := strings.Cut(f.Path, ".")
		field, _, _ = strings.Cut(field, "[")
		line := f.String()
		if said := remarks[field]; said != "" && (len(events) != 1 || said != effects[events[0]].why) {
			line += " (" + remarks[field] + ")"
		}
		details = append(details, line)
	}
	pauses := len(events) == 1 && slices.Contains(pauseEvents, events[0])
	if len(events) == 0 || pauses && updates {
		events = append(events, assetUpdated)
	}
	return details, events
}

// first is the first message's number where a stream names none.
const first = "1"

// pauseEvents are what a changed pause_until comes to.
var pauseEvents = []event{consumerPaused, consumerResumed, pauseOver}

// pauseAt is what another pause_until comes to at a time: only a request of its
// own pauses a consumer that exists, or resumes it (TestPauses in emit/verify).
func pauseAt(old, new string, now int64) event {
	lasts := func(until string) bool {
		at, err := time.Parse(time.RFC3339Nano, until)
		return err == nil && at.After(time.Unix(now, 0))
	}
	switch {
	case lasts(new):
		return consumerPaused
	case lasts(old):
		return consumerResumed
	}
	return pauseOver
}

// drops reports that a limit is lower, so that a stream drops what is over it at
// once (server/filestore.go, UpdateConfig): by age and of a subject always, else
// unless it refuses new messages instead (TestDrops in emit/verify).
func drops(field, old, new string, is map[string]any) bool {
	switch field {
	case "max_age":
		return new != "" && (old == "" || less(new, old))
	case "max_msgs_per_subject": // as the history of a bucket
		return less(new, old)
	case "max_bytes", "max_msgs":
		return is["discard"] != "new" && less(new, old)
	}
	return false
}

// frees reports that a stream reserves less of its storage than it did; new is nil
// where it goes.
func frees(old, new []byte) bool {
	type reserves struct {
		Storage  string
		MaxBytes int64 `json:"max_bytes"`
	}
	var was, is reserves
	if json.Unmarshal(old, &was) != nil || was.MaxBytes <= 0 {
		return false
	}
	if new == nil {
		return true
	}
	return json.Unmarshal(new, &is) == nil && is.Storage == was.Storage && is.MaxBytes < was.MaxBytes
}

// assetSteps say how streams and consumers come to be as they are configured, a
// stream before its consumers.
var assetSteps = []struct {
	text   string
	of     []string // as commandOf has it; nil: of all
	events []event
}{
	{"Give another subject that nobody uses, as by nats stream edit --subjects, so that others may have theirs; what they store stays in them:", nil, []event{subjectsLeft, subjectsSwapped}},
	{"Update on the servers, as by nats stream edit --config, before others that get their subjects:", []string{"stream"}, []event{subjectsGo}},
	{"Delete on the servers and make anew:", nil, []event{assetRecreated}},
	{"Make on the servers, as by nats stream add --config:", []string{"stream", "kv"}, []event{assetNew}},
	{"Update on the servers, as by nats stream edit --config:", []string{"stream"}, assetUpdates},
	{"Update on the servers, as by nats kv edit:", []string{"kv"}, assetUpdates},
	{"Make on the servers, as by nats consumer add --config:", []string{"consumer"}, []event{assetNew}},
	{"Update on the servers, as by nats consumer edit --config:", []string{"consumer"}, assetUpdates},
	{"Pause on the servers until then, as by nats consumer pause:", nil, []event{consumerPaused}},
	{"Resume on the servers, as by nats consumer resume:", nil, []event{consumerResumed}},
	{goneStep, nil, []event{assetGone}},
}

// goneStep is for what only has to go some day; goneFirst, where what follows has
// no room beside it.
const (
	goneStep  = "Delete on the servers when nobody needs them any more:"
	goneFirst = "Delete on the servers before what follows, which has no room beside them:"
)

// assetUpdates are what an update does.
var assetUpdates = []event{assetUpdated, assetDrops, assetShrinks}

// commandOf is the command of nats that edits what changes. It refuses to edit
// key-value buckets as streams.
func commandOf(ch Change) string {
	if ch.Kind == "stream" && strings.HasPrefix(ch.Name[strings.LastIndexByte(ch.Name, '/')+1:], "KV_") {
		return "kv"
	}
	return ch.Kind
}

// hit are the names of what one of the events happens to, among what commands
// edit. What is made anew needs no update besides.
func (c *comparison) hit(commands []string, events []event, of func(Change) bool) []string {
	var names []string
	for _, ch := range c.report.Changes {
		e := ch.events
		if !of(ch) {
			continue
		}
		switch {
		case slices.Contains(e, assetRecreated):
			e = []event{assetRecreated}
		case slices.Contains(e, subjectsGo): // the update that gives them up is the only one
			e = slices.DeleteFunc(slices.Clone(e), func(e event) bool { return slices.Contains(assetUpdates, e) })
		}
		if (commands == nil || slices.Contains(commands, commandOf(ch))) && slices.ContainsFunc(e, func(e event) bool { return slices.Contains(events, e) }) {
			names = append(names, ch.Name)
		}
	}
	if slices.Contains(events, subjectsGo) {
		slices.SortFunc(names, func(a, b string) int { return c.inTurn[a].at - c.inTurn[b].at })
	}
	return names
}

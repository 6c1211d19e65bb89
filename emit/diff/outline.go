package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"jsc/emit/lock"
	"jsc/schema/diag"
)

// titles are the kinds as sections of a report.
var titles = map[string]string{
	"operator": "Operator", "server": "Servers", "account": "Accounts", "user": "Users",
	"stream": "Streams", "consumer": "Consumers", "share": "Shares",
}

// most is how many lines of one sort a report for people has; json has all.
const most = 12

// outline is a report as sections of lines, which each format writes its way.
type outline struct {
	title string
	items []item
	more  int // how many are left out
}

// item is a line of a section, with lines below it. What stands in a topology
// is in code, tail and below; sign and text are jsc's own words.
type item struct {
	sign, code, text, tail string
	below                  []string
	impact                 Impact // the gravest
}

// outline puts the report into sections. A section shows so many items at most;
// those with a grave impact come first.
func (r *Report) outline() []outline {
	var out []outline
	add := func(title string, items []item) {
		if len(items) == 0 {
			return
		}
		o := outline{title: title, items: items}
		if len(items) > 4*most {
			slices.SortStableFunc(items, func(a, b item) int {
				return cmp.Compare(slices.Index(allImpacts, b.impact), slices.Index(allImpacts, a.impact))
			})
			o.items, o.more = items[:4*most], len(items)-4*most
		}
		out = append(out, o)
	}
	var breaks []item
	for _, b := range r.Breaks {
		breaks = append(breaks, item{code: b})
	}
	add("Breaks", breaks)
	shares := map[string]bool{}
	for _, ch := range r.Changes {
		shares[ch.share] = ch.Kind == "share"
	}
	for _, kind := range kindOrder {
		var items []item
		for _, ch := range r.Changes {
			if ch.Kind == kind {
				items = append(items, ch.item(shares))
			}
		}
		add(titles[kind], items)
	}
	var subjects []item
	for _, s := range r.LocalSubjects {
		verb := "answered by"
		if s.Type == "stream" {
			verb = "sent by"
		}
		subjects = append(subjects, item{code: s.Account + "  " + s.Subject, text: verb, tail: s.From})
	}
	add("New local subjects", subjects)
	add("Revoked", r.revoked())
	var tokens []item
	for _, state := range []string{"made", "changed", "renewed", "reissued", "gone"} {
		n := 0
		for _, t := range r.Tokens {
			if t.State == state {
				n++
			}
		}
		if n > 0 {
			tokens = append(tokens, item{text: diag.Count(n) + " " + state})
		}
	}
	add("Tokens", tokens)
	var waiting []item
	for _, id := range r.Waiting {
		waiting = append(waiting, item{code: id, text: "signs from the next build on: servers must know it first"})
	}
	add("Operator signing keys that wait", waiting)
	return out
}

// item is a change. Exports and imports of shares that change are told with them.
func (ch Change) item(shares map[string]bool) item {
	below := ch.detailsBeside(shares)
	if len(below) > most {
		below = append(slices.Clone(below[:most]), fmt.Sprintf("… and %d more", len(below)-most))
	}
	it := item{sign: signs[ch.Action], code: ch.Name, below: below, impact: ch.gravest()}
	var words []string
	for _, i := range ch.Impacts {
		if i != none {
			words = append(words, string(i))
		}
	}
	it.text = strings.Join(words, ", ")
	if len(ch.Why) > 0 {
		if it.text != "" {
			it.text += ": "
		}
		it.text += strings.Join(ch.Why, "; ")
	}
	return it
}

func (ch Change) gravest() Impact {
	if len(ch.Impacts) == 0 {
		return none
	}
	return ch.Impacts[0]
}

// detailsBeside are an account's lines beside the shares that have changes of
// their own: one line stands for all of their exports and imports.
func (ch Change) detailsBeside(changed map[string]bool) []string {
	var rest, shares []string
	for i, line := range ch.Details {
		name := ""
		if i < len(ch.shares) {
			name = ch.shares[i]
		}
		switch {
		case !changed[name]:
			rest = append(rest, line)
		case !slices.Contains(shares, name):
			shares = append(shares, name)
		}
	}
	if len(shares) == 0 {
		return rest
	}
	slices.Sort(shares)
	return append([]string{"exports and imports of shares: " + strings.Join(shares, ", ")}, rest...)
}

// revoked are the revocations, those of one importer as one.
func (r *Report) revoked() []item {
	type entry struct {
		code, reason string
		activations  bool
	}
	var order []entry
	counts := map[entry]int{}
	for _, x := range r.Revoked {
		it := entry{code: cmp.Or(x.Token, x.ID), reason: x.Reason}
		if parts, _ := lock.Parts(x.Token); len(parts) == 5 {
			it.code, it.activations = "what "+parts[1]+" gives "+parts[4], true
		}
		if counts[it]++; counts[it] == 1 {
			order = append(order, it)
		}
	}
	var items []item
	for _, it := range order {
		text := ""
		if it.activations {
			text = diag.Plural(counts[it], "token") + ":"
		}
		items = append(items, item{code: it.code, text: text, tail: it.reason})
	}
	return items
}

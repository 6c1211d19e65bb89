// Package diff owns how two states of a topology differ: what changes, what that
// does to a running system, and whom it breaks. It decides nothing and writes
// nothing but its own report.
package diff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Field is one value that differs between two JSON texts.
type Field struct {
	// Path leads to it: names and, for an element of a list, what it is called,
	// as in nats.imports[order-events.ack].local_subject.
	Path string
	// Old and New are the values as people read them; "" where there is none.
	Old, New string

	old, new any
	crossing string // the name of the export or import that it is of; "" of anything else
}

// String is the field in one line.
func (f Field) String() string {
	switch {
	case f.Old == "":
		return f.Path + ": " + f.New + " is new"
	case f.New == "":
		return f.Path + ": " + f.Old + " is gone"
	}
	return f.Path + ": " + f.Old + " → " + f.New
}

// JSON are the values that differ between two JSON texts, sorted by path. Lists
// are compared without their order: objects by what they are called, other
// values as sets. A path of ignored, and what lies below, is passed over; in it,
// [] stands for any element. The error is that a text is not JSON.
func JSON(old, new []byte, ignored ...string) ([]Field, error) {
	d := &differ{ignored: ignored}
	var a, b any
	for _, side := range []struct {
		text []byte
		into *any
	}{{old, &a}, {new, &b}} {
		from := json.NewDecoder(bytes.NewReader(side.text))
		from.UseNumber() // a float would lose digits
		if err := from.Decode(side.into); err != nil {
			return nil, fmt.Errorf("compare JSON: %w", err)
		}
	}
	d.compare(place{}, a, b)
	slices.SortFunc(d.fields, func(a, b Field) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return d.fields, nil
}

type differ struct {
	ignored []string
	fields  []Field
}

// place is where in a text a value stands.
type place struct {
	path     string
	form     string // the path with [] for elements
	crossing string // the export or import that it is in
}

func (p place) member(name string) place {
	if p.path == "" {
		return place{path: name, form: name}
	}
	p.path, p.form = p.path+"."+name, p.form+"."+name
	return p
}

// crossings are the lists in an account's claims of what it gives and gets.
var crossings = []string{"nats.exports", "nats.imports"}

func (p place) element(name string, e any) place {
	if slices.Contains(crossings, p.form) {
		p.crossing = name
	}
	if _, isObject := e.(map[string]any); isObject { // a plain value says itself what it is
		p.path += "[" + name + "]"
	}
	p.form += "[]"
	return p
}

// compare compares two values at a place.
func (d *differ) compare(at place, old, new any) {
	if slices.Contains(d.ignored, at.form) {
		return
	}
	a, isObject := old.(map[string]any)
	b, both := new.(map[string]any)
	if isObject && both {
		d.members(at, a, b)
		return
	}
	x, isList := old.([]any)
	y, both := new.([]any)
	if (isList || old == nil) && (both || new == nil) && (isList || both) {
		d.elements(at, x, y)
		return
	}
	if was, is := shown(old), shown(new); was != is {
		d.fields = append(d.fields, Field{Path: at.path, Old: was, New: is, old: old, new: new, crossing: at.crossing})
	}
}

func (d *differ) members(at place, old, new map[string]any) {
	for name, was := range old {
		d.compare(at.member(name), was, new[name])
	}
	for name, is := range new {
		if _, had := old[name]; !had {
			d.compare(at.member(name), nil, is)
		}
	}
}

func (d *differ) elements(at place, old, new []any) {
	a, b := named(old), named(new)
	for name, was := range a {
		d.compare(at.element(name, was), was, b[name])
	}
	for name, is := range b {
		if _, had := a[name]; !had {
			d.compare(at.element(name, is), nil, is)
		}
	}
}

// callings are the members that say what an element is called, the best first.
var callings = []string{"name", "role", "subject", "key"}

// named are the elements of a list by what they are called; of two with one
// name, the second is called so too, with a number.
func named(list []any) map[string]any {
	out := make(map[string]any, len(list))
	for _, e := range list {
		name := shown(e)
		if object, ok := e.(map[string]any); ok {
			name = cmp.Or(called(object), name)
		}
		unique := name
		for n := 2; out[unique] != nil; n++ {
			unique = fmt.Sprintf("%s (%d)", name, n)
		}
		out[unique] = e
	}
	return out
}

// called is what an object is called; a bundle by the account that it is from.
func called(object map[string]any) string {
	for _, c := range callings {
		if said, ok := object[c].(string); ok && said != "" {
			return said
		}
	}
	from, _ := object["from"].(map[string]any)
	account, _ := from["account"].(string)
	return account
}

// longest is how many bytes of a value are shown.
const longest = 120

// shown is a value as people read it: a text as it is, anything else as JSON.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "" {
			return `""`
		}
		return short(v)
	case json.Number:
		return v.String()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return short(strings.TrimSuffix(b.String(), "\n"))
}

func short(s string) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

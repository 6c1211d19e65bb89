package compiler

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// rule is one of nats-server's rules for a stream or a consumer, C.
type rule[C any] struct {
	name string // of the diagnostic
	// fields are the attributes that it is about, by their names in a stream or
	// a consumer. The diagnostic points at the first that was written; when the
	// loader has refused one of them, the rule says nothing.
	fields []string
	// broken returns the arguments of the diagnostic, or nil where the rule holds.
	broken func(C) []any
}

// sentence makes the one argument of a rule whose wording is "%s".
func sentence(format string, args ...any) []any { return []any{fmt.Sprintf(format, args...)} }

// checkRules reports each rule of a table that c breaks; w is where it was
// written.
func checkRules[C any](p *pass, rules []rule[C], c C, w site) {
	for _, r := range rules {
		args := r.broken(c)
		if args == nil {
			continue
		}
		if at, ok := w.at(r.fields...); ok {
			p.add(diag.New(r.name, at, args...))
		}
	}
}

// site is the block that a stream or a consumer was made of. It finds
// attributes by their names; a bucket's under the names of the stream's fields
// that they set.
type site struct {
	block schema.Entity
	names map[string]string // nil: its attributes have the fields' names
}

// siteOf is the block of a stream, a bucket or a consumer.
func siteOf(e schema.Entity) site {
	if _, ok := e.(*schema.Bucket); ok {
		return site{e, bucketAttributes}
	}
	return site{e, nil}
}

// attribute is the name of the attribute that sets a field.
func (w site) attribute(field string) string {
	if name, ok := w.names[field]; ok {
		return name
	}
	return field
}

// at is the place of the first of the fields that was written, or else of the
// block's name; false when the loader has refused one of them.
func (w site) at(fields ...string) (hcl.Range, bool) {
	at, found := w.block.Header().LabelOrNameRange(), false
	for _, field := range fields {
		r, state := place(reflect.ValueOf(w.block).Elem(), w.attribute(field))
		if state == refused {
			return hcl.Range{}, false
		}
		if state == there && !found {
			at, found = r, true
		}
	}
	return at, true
}

// valued is an attribute of any type.
type valued interface {
	IsSet() bool
	Invalid() bool
	Range() hcl.Range
}

type blocked interface{ Def() hcl.Range }

type presence int

const (
	absent presence = iota
	refused
	there
)

// place finds an attribute or a block by the path of its names, as in
// "placement.preferred". Only what is wrong is looked for, so that reflection
// costs nothing where all is well.
func place(block reflect.Value, path string) (hcl.Range, presence) {
	name, rest, deeper := strings.Cut(path, ".")
	v := member(block, name)
	if !v.IsValid() {
		return hcl.Range{}, absent
	}
	if v.Kind() == reflect.Slice {
		if v.Len() == 0 {
			return hcl.Range{}, absent
		}
		v = v.Index(0)
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return hcl.Range{}, absent
		}
		if deeper {
			return place(v.Elem(), rest)
		}
		return v.Interface().(blocked).Def(), there
	}
	a := v.Interface().(valued)
	switch {
	case a.Invalid():
		return hcl.Range{}, refused
	case a.IsSet():
		return a.Range(), there
	}
	return hcl.Range{}, absent
}

// member is the field of a block's struct with that hcl name, embedded structs
// included; the zero Value when there is none.
func member(block reflect.Value, name string) reflect.Value {
	for i := range block.NumField() {
		f := block.Type().Field(i)
		if f.Anonymous {
			if v := member(reflect.Indirect(block.Field(i)), name); v.IsValid() {
				return v
			}
		} else if tag, _, _ := strings.Cut(f.Tag.Get("hcl"), ","); tag == name {
			return block.Field(i)
		}
	}
	return reflect.Value{}
}

// assetName returns why the server refuses a name for a stream or a consumer
// (server/jetstream.go isValidAssetName, JSMaxNameLen), or "".
func assetName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > maxNameLen:
		return fmt.Sprintf("has %d bytes, more than %d", len(name), maxNameLen)
	case strings.ContainsAny(name, " \t\r\n\f"):
		return "holds white space"
	}
	if i := strings.IndexAny(name, `.*>\/`); i >= 0 {
		return fmt.Sprintf("holds %q", name[i])
	}
	return ""
}

// hiddenName refuses characters in a name that cannot be seen: the server takes
// them (docs/security.md D3).
func hiddenName(name string) []any {
	if why := hiddenIn(name); why != "" {
		return []any{name, why}
	}
	return nil
}

// Limits of server/jetstream_api.go, in bytes. Before it measures metadata the
// server adds the API level that it needs, of one digit.
const (
	maxNameLen        = 255
	maxDescriptionLen = 4 * 1024
	maxMetadataLen    = 128*1024 - len(neededLevel) - 1
)

// neededLevel is the server's key in metadata (server/jetstream_versioning.go,
// JSRequiredLevelMetadataKey).
const neededLevel = "_nats.req.level"

func badDescription(text string) []any {
	if len(text) > maxDescriptionLen {
		return []any{"description", fmt.Sprintf("at most %d bytes long", maxDescriptionLen), fmt.Sprint(len(text))}
	}
	return nil
}

func badMetadata(m map[string]string) []any {
	size := 0
	for k, v := range m {
		size += len(k) + len(v)
	}
	if size > maxMetadataLen {
		return []any{"metadata", fmt.Sprintf("at most %d bytes in all", maxMetadataLen), fmt.Sprint(size)}
	}
	return nil
}

// badLimit: a limit is unlimited or more than nothing; the server would take a
// number below -1 for unlimited without a word.
func badLimit(name string, v, most int64) []any {
	switch {
	case v < -1:
		return []any{name, `"unlimited" or 0 or more`, strconv.FormatInt(v, 10)}
	case v > most:
		return []any{name, fmt.Sprintf("at most %d", most), strconv.FormatInt(v, 10)}
	}
	return nil
}

// badPeriod: a period is none or at least as long as the server can keep.
func badPeriod(name string, d, least time.Duration) []any {
	switch {
	case d < 0:
		return []any{name, "0 or longer", schema.FormatDuration(d)}
	case d > 0 && d < least:
		return []any{name, "0 or at least " + schema.FormatDuration(least), schema.FormatDuration(d)}
	}
	return nil
}

// reservedMetadata: the server writes these keys itself and drops what else
// was there (server/jetstream_versioning.go).
func reservedMetadata(m map[string]string) []any {
	for _, key := range []string{"_nats.level", neededLevel, "_nats.ver"} {
		if _, ok := m[key]; ok {
			return []any{"metadata", "without the server's own keys", fmt.Sprintf("with %q", key)}
		}
	}
	return nil
}

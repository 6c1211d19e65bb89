package lint

import (
	"jsc/schema"
	"jsc/schema/diag"
)

func unusedLocal(f *finder) {
	for _, u := range f.config.Unused {
		if u.Rule == "unused-local" {
			f.add(diag.New("unused-local", u.At, u.Name))
		}
	}
}

func unusedVariable(f *finder) {
	for _, u := range f.config.Unused {
		if u.Rule == "unused-variable" {
			f.add(diag.New("unused-variable", u.At, u.Name))
		}
	}
}

// naming holds names against the patterns that the settings have for their
// kinds.
func naming(f *finder) {
	if f.Settings == nil || len(f.Settings.naming) == 0 {
		return
	}
	for e := range f.entities {
		h := e.Header()
		if p, ok := f.Settings.naming[h.Kind]; ok && !p.MatchString(h.Name) {
			f.add(diag.New("naming", h.LabelOrNameRange(), string(h.Kind), h.Name, p.text))
		}
	}
}

// named are the kinds whose names the settings may have patterns for: all that
// have names of their own.
var named = []schema.Kind{
	schema.KindAccount, schema.KindUser, schema.KindStream, schema.KindConsumer, schema.KindKeyValue,
	schema.KindObjectStore, schema.KindShare, schema.KindExport, schema.KindImport, schema.KindSigningKey,
}

// entities are what has a name, as written.
func (f *finder) entities(yield func(schema.Entity) bool) {
	c := f.config
	for _, o := range c.Operators {
		if !all(o.SigningKeys, yield) {
			return
		}
	}
	for _, a := range c.Accounts {
		ok := yield(a) && all(a.SigningKeys, yield) && all(a.Users, yield) && all(a.Streams, yield) &&
			all(a.KeyValues, yield) && all(a.ObjectStores, yield) && all(a.Exports, yield) && all(a.Imports, yield)
		if !ok {
			return
		}
		for _, s := range a.Streams {
			if !all(s.Consumers, yield) {
				return
			}
		}
	}
	all(c.Shares, yield)
}

func all[E schema.Entity](list []E, yield func(schema.Entity) bool) bool {
	for _, e := range list {
		if !yield(e) {
			return false
		}
	}
	return true
}

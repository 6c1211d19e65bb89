package compiler

import (
	"jsc/schema"
	"jsc/schema/diag"
)

// expiry makes one Expiry of expires and renew_before, and reports where they
// do not go together. Whether anything is over is not judged here: the
// compiler has no clock.
func (p *pass) expiry(expires schema.Attr[schema.Expiry], renew schema.Attr[schema.Duration]) Expiry {
	if !expires.IsSet() {
		if renew.IsSet() && !expires.Invalid() {
			p.add(diag.New("field-requires", renew.NameRange(), "renew_before", "expires"))
		}
		return Expiry{}
	}
	e := Expiry{At: expires.Value.At, After: expires.Value.After, RenewBefore: renew.Or(0)}
	if e.At.IsZero() && e.After <= 0 {
		p.add(diag.New("bad-value", expires.Range(), "expires", "a time, or a duration above 0", schema.FormatDuration(e.After)))
		return Expiry{}
	}
	if e.After > 0 && e.RenewBefore >= e.After {
		p.add(diag.New("bad-value", renew.Range(), "renew_before", "shorter than expires", schema.FormatDuration(e.RenewBefore)))
		e.RenewBefore = 0
	}
	return e
}

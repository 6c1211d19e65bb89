package lock

// Revocation says that tokens issued at Before or earlier are refused. Times
// are Unix seconds.
type Revocation struct {
	Before  int64
	Expires int64 // exp of the last token that it kills, 0 when that one never expires
}

// Join ends what either of two revocations ends, for as long as either.
func (r Revocation) Join(o Revocation) Revocation {
	if o.EndsSooner(r) {
		o.Expires = r.Expires
	}
	return Revocation{Before: max(r.Before, o.Before), Expires: o.Expires}
}

// Covers reports that r ends all that o ends, for as long.
func (r Revocation) Covers(o Revocation) bool { return r.Before >= o.Before && !r.EndsSooner(o) }

// EndsSooner reports that r is of no use any more before o is.
func (r Revocation) EndsSooner(o Revocation) bool {
	return r.Expires != 0 && (o.Expires == 0 || r.Expires < o.Expires)
}

// Revoke adds to what is revoked under an ID, and returns what that is then.
func (l *Lock) Revoke(id string, r Revocation) Revocation {
	if was, had := l.Revoked[id]; had {
		r = r.Join(was)
	}
	l.Revoked[id] = r
	return r
}

package diff

import (
	"encoding/json"
	"regexp"
)

// zeros are the paths of limits that a token leaves out where they are 0, which
// lets nothing through: an account's, and those that a user has of its own.
var (
	zeros     = regexp.MustCompile(`^nats\.limits\.((conn|leaf|imports|exports|subs|data|payload)|(tiered_limits\..*\.)?(mem|disk)_storage)$`)
	userZeros = regexp.MustCompile(`^nats\.(subs|data|payload)$`)
)

// withZeros writes limits of 0 into the fields of a token's claims.
func withZeros(fields []Field, old, new []byte) []Field {
	users := ownLimits(old) && ownLimits(new)
	for i := range fields {
		f := &fields[i]
		if !zeros.MatchString(f.Path) && !(users && userZeros.MatchString(f.Path)) {
			continue
		}
		for _, v := range []*string{&f.Old, &f.New} {
			if *v == "" {
				*v = "0"
			}
		}
	}
	return fields
}

// ownLimits reports that claims have limits of the user's own; a scoped user has
// those of its role.
func ownLimits(claims []byte) bool {
	var c struct {
		NATS struct{ Subs, Data, Payload int64 }
	}
	return json.Unmarshal(claims, &c) == nil && c.NATS != struct{ Subs, Data, Payload int64 }{}
}

package diff

import (
	"time"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
)

// expiry is how a token's declared expiry differs from its former one's, in lines:
// one or none. A lifetime that begins anew with the token is the same expiry.
func expiry(t *emit.Token) []string {
	was, is := t.Former(), lock.Token{IssuedAt: t.IssuedAt, Expires: t.Expires}
	switch {
	case was == lock.Token{} || was.Expires == is.Expires:
		return nil
	case was.Expires != 0 && is.Expires != 0 && lifetime(was) == lifetime(is):
		return nil
	}
	return []string{Field{Path: "expires", Old: ends(was), New: ends(is)}.String()}
}

func lifetime(t lock.Token) time.Duration {
	return time.Duration(t.Expires-t.IssuedAt) * time.Second
}

// ends is when a token ends, as somebody has most likely written it: a time of
// whole hours after its issue, or a moment; "" for never.
func ends(t lock.Token) string {
	switch {
	case t.Expires == 0:
		return ""
	case t.Expires > t.IssuedAt && lifetime(t)%time.Hour == 0:
		return schema.FormatDuration(lifetime(t))
	}
	return schema.FormatUnix(t.Expires)
}

// expiries are the lines of expiry of activations, by what they are for.
func (c *comparison) expiries() map[shareKey][]string {
	lines := map[shareKey][]string{}
	for _, t := range c.plan.Tokens {
		if t.Activation == nil || t.State == emit.Kept {
			continue
		}
		line := expiry(t)
		for _, g := range t.Activation.Grants {
			if g.Share != nil && line != nil { // a share's are alike, save new ones
				lines[shareKey{g.Share.Name, t.Activation.From.Name, t.Activation.To.Name}] = line
			}
		}
	}
	return lines
}

package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// judgeUnsigned judges the base's tokens, which are the tree's: that they verify,
// and what leads to them. It reports whether they do up to a root of trust.
func (c *checker) judgeUnsigned() (trusted bool) {
	c.readTokens()
	c.verifyChain()
	c.judgeEntries()
	c.judgeWritten()
	trusted = c.judgeTrust()
	return trusted && len(c.diags) == 0
}

// judgeWritten tells of keys that the topology writes and that are not the base's:
// the next build takes them, and nothing in the lock shows it yet (docs/security.md C4).
func (c *checker) judgeWritten() {
	written := emit.WrittenKeys(c.Topology)
	for _, id := range slices.Sorted(maps.Keys(written)) {
		was, is := c.Base.Keys[id], written[id]
		if was != "" && is != was && c.Accept[id] != is {
			c.tell(diag.New("lock-rollback", c.plan.KeyPlace(id), fmt.Sprintf("the topology says that the key of %s is %s, and the base's is %s", id, is, was)), "base keys "+id)
		}
	}
}

// judgeBaseOperator reports that the base's operator is the one that is trusted,
// whichever the topology has for the next build. Where nothing is built, or accounts
// sign themselves, there is no token of it.
func (c *checker) judgeBaseOperator() bool {
	if c.operator != nil {
		from := "the base pins"
		if c.Trust != "" {
			from = "the trusted one is"
		}
		return c.judgeOperatorToken(cmp.Or(c.Trust, c.Base.Keys[c.operator.id]), from)
	}
	for id := range c.Base.Tokens {
		if kindOfID(id) == jwt.OperatorClaim {
			return c.distrust("there is no operator token that verifies", hintBuilt)
		}
	}
	for id, key := range c.Base.Keys {
		if parts, _ := lock.Parts(id); len(parts) == 2 && parts[0] == "operator" && c.Trust != "" && c.Trust != key {
			return c.unproven("the base pins "+key+", and the trusted one is "+c.Trust, hintAnother)
		}
	}
	return true
}

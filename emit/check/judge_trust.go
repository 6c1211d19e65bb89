package check

import (
	"fmt"
	"strings"

	"jsc/emit/lock"
	"jsc/schema/diag"
)

// judgeTrust reports that the tokens verify up to an operator that somebody
// outside the tree named (docs/security.md C1). With an external operator, or none, no
// token of the tree leads to it: then a base must pin the accounts, and a base
// whose operator signed them says that this one should.
func (c *checker) judgeTrust() bool {
	o := c.Topology.Operator
	switch {
	case o == nil && c.Base == nil:
		return c.unpinned()
	case o == nil && (c.Trust != "" || pinsOperator(c.Base)):
		return c.unproven("there is no operator any more, and accounts sign themselves", "Give the topology its operator back.")
	case o == nil:
		return true
	}
	id := lock.OperatorID(o.Name)
	root, from := c.root(id)
	switch {
	case root == "" && c.Base != nil && pinsOperator(c.Base):
		return c.unproven("the base pins another operator", accepting(id, o.PublicKey))
	case o.External && root != "" && o.PublicKey != root:
		return c.unproven(from+" "+root, c.another(id, o.PublicKey))
	case o.External && c.Base == nil:
		return c.unpinned()
	case root == "":
		return c.distrust("neither --trust nor --base says which operator to believe", hintTrust)
	case o.External && c.Base.Tokens[id] != (lock.Token{}) && c.Accept[id] != root:
		return c.unproven("the base's operator signs the accounts, and here they sign themselves", accepting(id, root))
	case c.Unsigned != nil:
		return c.judgeBaseOperator()
	case o.External:
		return true
	case c.operator == nil:
		return c.distrust("there is no operator token that verifies", hintBuilt)
	}
	return c.judgeOperatorToken(root, from)
}

// judgeOperatorToken reports that the operator's token is that of a key.
func (c *checker) judgeOperatorToken(root, from string) bool {
	key := c.operator.claims.Claims().Subject
	if key == root {
		return true
	}
	d := diag.New("artifact-tampered", c.file("operator.jwt"), fmt.Sprintf("operator.jwt is the token of %s, and %s %s", key, from, root))
	if root == c.Trust {
		diag.WithHint(d, hintAnother)
	}
	c.tell(d, "operator.jwt")
	return false
}

// another is what is to be done about an operator's key that is not the root of trust.
func (c *checker) another(id, key string) string {
	if c.Trust != "" {
		return hintAnother
	}
	return accepting(id, key)
}

// root is the key of an operator, by ID, that somebody outside the tree said,
// and who that was; "" where nobody did.
func (c *checker) root(id string) (key, from string) {
	switch {
	case c.Unsigned != nil && c.Accept[id] != "": // of the next build; the trusted one is the base's
		return c.Accept[id], "the accepted one is"
	case c.Trust != "":
		return c.Trust, "the trusted one is"
	case c.Base == nil:
		return "", ""
	case c.Accept[id] != "":
		return c.Accept[id], "the accepted one is"
	}
	return c.Base.Keys[id], "the base pins"
}

// pinsOperator reports that a lock pins an operator.
func pinsOperator(l *lock.Lock) bool {
	for id := range l.Keys {
		if strings.HasPrefix(id, "operator/") {
			return true
		}
	}
	return false
}

// unpinned is distrust of accounts that sign themselves.
func (c *checker) unpinned() bool {
	return c.distrust("no --base pins the accounts, which sign themselves",
		"Compare with --base REV, whose lock pins them: no token leads from these accounts to an operator, so that --trust says nothing of them.")
}

// distrust keeps why there is no root of trust, and tells it where one is
// required.
func (c *checker) distrust(why, hint string) bool {
	c.why = why
	if c.Require {
		return c.unproven(why, hint)
	}
	return false
}

// What is to be done about the root of trust.
const (
	hintTrust   = "Name the operator's public key with --trust or JSC_TRUST, from outside the tree, or compare with --base REV."
	hintAnother = "--trust, or JSC_TRUST, names another operator: is it the right key, and the right folder?"
	hintBuilt   = "Restore operator.jwt from git, or run jsc build, which makes it."
)

// accepting is how a key is allowed to be another than the base's.
func accepting(id, key string) string {
	return fmt.Sprintf("Where that is meant, accept it from outside the tree: --accept-key %s.", diag.ShellWord(id+"="+key))
}

// unproven tells that nothing outside the tree bears out the operator. Where the
// base has one, or somebody named it, that is wrong in any case: who may change
// the topology would choose whom to believe.
func (c *checker) unproven(why, hint string) bool {
	id, key := "the operator", "no key"
	if o := c.Topology.Operator; o != nil {
		id, key = lock.OperatorID(o.Name), o.PublicKey
	}
	d := diag.New("key-unproven", c.entry("keys", id), key, id)
	d.Summary += ": " + why
	c.diags = append(c.diags, diag.WithHint(d, "%s", hint))
	return false
}

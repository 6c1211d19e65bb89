package compiler

import (
	"regexp"

	"github.com/nats-io/nkeys"

	"jsc/schema"
	"jsc/schema/diag"
)

// keyShape is what public keys look like: a role and 55 more base32 characters.
var keyShape = regexp.MustCompile(`^[OAUNCX][A-Z2-7]{55}$`)

// keyOf names whose key a prefix says it is.
var keyOf = map[nkeys.PrefixByte]string{
	nkeys.PrefixByteOperator: "an operator",
	nkeys.PrefixByteAccount:  "an account",
	nkeys.PrefixByteUser:     "a user",
	nkeys.PrefixByteServer:   "a server",
	nkeys.PrefixByteCluster:  "a cluster",
	nkeys.PrefixByteCurve:    "a curve",
}

// key is the public key of e: the one that public_key pins, else the one of
// its ID. It reports a public_key of another role.
func (p *pass) key(e schema.Entity, attr schema.Attr[string], role nkeys.PrefixByte, id string) string {
	if !attr.IsSet() || !p.isKey("public_key", attr, role) {
		return p.publicKey(id)
	}
	if _, taken := p.pinned[attr.Value]; !taken {
		p.pinned[attr.Value] = pinning{e, attr, id}
	}
	return attr.Value
}

// pinning is what public_key gives a key to.
type pinning struct {
	e    schema.Entity
	attr schema.Attr[string]
	id   string
}

// isKey reports whether an attribute holds a public key of that role; if not,
// it says so. The value is not repeated: it may be a seed by mistake.
func (p *pass) isKey(name string, attr schema.Attr[string], role nkeys.PrefixByte) bool {
	if schema.IsPublicKey(attr.Value, role) {
		return true
	}
	if other, ok := kindOfKey(attr.Value); ok {
		p.add(diag.New("key-wrong-type", attr.Range(), name, keyOf[role], other))
	} else {
		p.add(diag.New("bad-value", attr.Range(), name, "the public key of "+keyOf[role], "something else"))
	}
	return false
}

// kindOfKey says whose public key a text is; ok is false for what is none.
func kindOfKey(text string) (whose string, ok bool) {
	role := nkeys.Prefix(text)
	if !schema.IsPublicKey(text, role) {
		return "", false
	}
	whose, ok = keyOf[role]
	return whose, ok
}

package lock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"

	"jsc/schema"
	"jsc/schema/diag"
)

// latestTime is the last second of the year 9999, beyond which RFC 3339 cannot
// write a time: a greater number is milliseconds, or a mistake.
const latestTime = 253402300799

// How many bytes a lock has for a token, and for a key, with the tokens that come
// with it: about.
const (
	tokenLength = 256
	keyLength   = 1024
)

// Parse reads a lock. Each mistake is a diagnostic of lock-invalid, or
// lock-unknown-format for what a later jsc wrote, at its line of filename; the
// lock is nil then. Order and white space are free: see Canonical.
func Parse(filename string, data []byte) (*Lock, hcl.Diagnostics) {
	// The lock's texts are parts of one, which is less than a copy of each.
	keys := len(data) / keyLength
	p := &parser{scanner: scanner{filename: filename, src: string(data)}, lock: New(), known: make(map[string]known, keys)}
	p.lock.Keys = make(map[string]string, keys)
	if !p.findConflict() {
		p.file()
	}
	if p.diags.HasErrors() {
		return nil, p.diags
	}
	return p.lock, nil
}

type parser struct {
	scanner
	lock  *Lock
	known map[string]known // public keys that are right
	seen  []string         // room for the names of an entry's fields
}

// known is what is known of a public key: what it is of, and which ID has it; ""
// is none so far.
type known struct {
	role nkeys.PrefixByte
	id   string
}

// findConflict reports the first conflict marker of a git merge. No line of
// JSON begins with one: strings hold no line break.
func (p *parser) findConflict() bool {
	for _, marker := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		at := strings.Index(p.src, "\n"+marker) + 1
		if at == 0 && !strings.HasPrefix(p.src, marker) {
			continue
		}
		d := invalid(p.place(at, at+len(marker)), "the lock has merge conflict markers")
		hint := "Merge the three versions with `jsc lock merge BASE OURS THEIRS`; `jsc init` shows how git does so by itself."
		if isMarked(p.src) {
			hint = hintMarked
		}
		p.diags = append(p.diags, diag.WithHint(d, "%s", hint))
		return true
	}
	return false
}

func (p *parser) file() {
	if strings.TrimSpace(p.src) == "" {
		p.fail("the lock is empty")
		return
	}
	sections := map[string]func(section string){
		"keys":    p.keys,
		"tokens":  p.tokens,
		"revoked": p.revocations,
		"retired": p.retired,
	}
	var seen []string
	p.object(phrase{name: "the lock"}, func(name text) {
		section, known := sections[name.value]
		switch {
		case len(seen) == 0 && name.value != "format":
			p.failAt(name.start, name.end, `the lock must begin with "format"`)
		case slices.Contains(seen, name.value):
			p.failAt(name.start, name.end, "%q stands twice in the lock", name.value)
		case name.value == "format":
			p.format()
		case !known:
			p.failAt(name.start, name.end, "the lock has no section %q", name.value)
		default:
			section(name.value)
		}
		seen = append(seen, name.value)
	})
	p.space()
	switch {
	case p.broken:
	case len(seen) == 0:
		p.failAt(0, p.pos, `the lock must begin with "format"`)
	case p.pos < len(p.src):
		p.fail("there is something after the end of the lock")
	}
}

func (p *parser) format() {
	n, start, end := p.integer(phrase{name: "the format"})
	if p.broken || n == format {
		return
	}
	p.diags = append(p.diags, diag.New("lock-unknown-format", p.place(start, end),
		fmt.Sprintf("this jsc reads locks of format %d, not %d", format, n)))
	p.broken = true
}

func (p *parser) keys(section string) {
	p.object(phrase{name: section}, func(id text) {
		role := p.id(keyForms, id, "key")
		key := p.text(phrase{before: "the key of ", name: id.value})
		if _, twice := p.lock.Keys[id.value]; twice {
			p.twice(id)
		}
		p.pin(id, role, key)
		p.lock.Keys[id.value] = key.value
	})
}

func (p *parser) tokens(section string) {
	p.lock.Tokens = make(map[string]Token, len(p.src)/tokenLength)
	var (
		t    Token
		role nkeys.PrefixByte
	)
	field := func(field string) bool {
		switch field {
		case "iat":
			t.IssuedAt = p.time(field)
		case "sub":
			sub := p.text(phrase{name: field})
			p.publicKey(role, sub)
			t.Subject = sub.value
		case "exp":
			t.Expires = p.time(field)
		case "claims":
			t.Claims = p.digest(field)
		default:
			return false
		}
		return true
	}
	last := ""
	p.object(phrase{name: section}, func(id text) {
		t, role = Token{}, p.id(tokenForms, id, "token")
		// What stands in its order stands there once.
		if id.value <= last {
			if _, twice := p.lock.Tokens[id.value]; twice {
				p.twice(id)
			}
		}
		last = max(last, id.value)
		p.fields(id, []string{"iat", "sub", "claims"}, field)
		p.lock.Tokens[id.value] = t
	})
}

func (p *parser) revocations(section string) {
	p.object(phrase{name: section}, func(id text) {
		p.id(revocationForms, id, "revocation")
		if _, twice := p.lock.Revoked[id.value]; twice {
			p.twice(id)
		}
		var r Revocation
		p.fields(id, []string{"before"}, func(field string) bool {
			switch field {
			case "before":
				r.Before = p.time(field)
			case "exp":
				r.Expires = p.time(field)
			default:
				return false
			}
			return true
		})
		p.lock.Revoked[id.value] = r
	})
}

func (p *parser) retired(section string) {
	p.object(phrase{name: section}, func(id text) {
		role := p.id(keyForms, id, "key")
		if _, twice := p.lock.Retired[id.value]; twice {
			p.twice(id)
		}
		var keys []string
		p.texts(phrase{before: "the retired keys of ", name: id.value}, func(key text) {
			p.publicKey(role, key)
			if slices.Contains(keys, key.value) {
				p.twice(key)
			}
			keys = append(keys, key.value)
		})
		if len(keys) == 0 {
			p.report(id.start, id.end, "%s lists no retired key", id.value)
		}
		slices.Sort(keys)
		p.lock.Retired[id.value] = keys
	})
}

// fields reads the object of an entry: read takes the value of the named field,
// or returns false for what is none; each may come once, those of required must.
func (p *parser) fields(id text, required []string, read func(field string) bool) {
	seen := p.seen[:0]
	p.object(phrase{before: "the entry ", name: id.value}, func(name text) {
		switch {
		case slices.Contains(seen, name.value):
			p.failAt(name.start, name.end, "%q stands twice in the entry %s", name.value, id.value)
		case !read(name.value):
			p.failAt(name.start, name.end, "the entry %s has no field %q", id.value, name.value)
		}
		seen = append(seen, name.value)
	})
	for _, name := range required {
		if !slices.Contains(seen, name) {
			p.report(id.start, id.end, "the entry %s needs %q", id.value, name)
		}
	}
	p.seen = seen
}

func (p *parser) time(field string) int64 {
	n, start, end := p.integer(phrase{name: field})
	if n < 1 || n > latestTime {
		p.report(start, end, "%s must be a time in Unix seconds, not %d", field, n)
	}
	return n
}

func (p *parser) digest(field string) string {
	t := p.text(phrase{name: field})
	digits, ok := strings.CutPrefix(t.value, "sha256:")
	if !ok || len(digits) != 64 || !isHex(digits) {
		p.report(t.start, t.end, `%s must be "sha256:" and 64 lower-case hex digits`, field)
	}
	return t.value
}

func isHex(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

// id checks an ID and returns the role of the key that its entry holds; noRole
// for a bad one, which it reports.
func (p *parser) id(forms []form, id text, what string) nkeys.PrefixByte {
	role, ok := match(forms, id.value)
	if !ok {
		p.report(id.start, id.end, "%q is not the ID of a %s", id.value, what)
		return noRole
	}
	return role
}

// noRole is of an entry whose ID tells nothing of its key.
const noRole = nkeys.PrefixByteUnknown

// pin checks the key of an ID. Two IDs of one key would sign for each other:
// whoever adds the second would become the first (docs/security.md D9).
func (p *parser) pin(id text, role nkeys.PrefixByte, key text) {
	p.publicKey(role, key)
	switch k, right := p.known[key.value]; {
	case !right:
	case k.id == "":
		p.known[key.value] = known{k.role, id.value}
	case k.id != id.value:
		p.report(key.start, key.end, "%s and %s have one key", k.id, id.value)
	}
}

// publicKey checks key against the role that its entry's ID asks for. Most keys
// stand in a lock many times: as one's own, and as what tokens are for.
func (p *parser) publicKey(role nkeys.PrefixByte, key text) {
	k, seen := p.known[key.value]
	if role == noRole || p.broken || seen && k.role == role {
		return
	}
	if !schema.IsPublicKey(key.value, role) {
		p.report(key.start, key.end, "%q is not the public key of %s", key.value, roleNames[role])
		return
	}
	p.known[key.value] = known{role, k.id}
}

var roleNames = map[nkeys.PrefixByte]string{
	nkeys.PrefixByteOperator: "an operator",
	nkeys.PrefixByteAccount:  "an account",
	nkeys.PrefixByteUser:     "a user",
}

func (p *parser) twice(t text) { p.report(t.start, t.end, "%s stands twice", t.value) }

func invalid(at hcl.Range, format string, args ...any) *hcl.Diagnostic {
	return diag.New("lock-invalid", at, fmt.Sprintf(format, args...))
}

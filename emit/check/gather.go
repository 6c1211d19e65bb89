package check

import (
	"bytes"
	"path"
	"slices"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/schema/diag"
)

// holders are the forms of files that hold copies of tokens, or activations:
// these have no file of their own.
var holders = []string{
	"activations/*.json",  // an importer's bundle
	"activations/*/*.jwt", // one for an external importer
	"operator.conf",
	"resolver.conf",
	"resolver-dir/*.jwt", // a full resolver's folder
}

func is(form, name string) bool {
	ok, _ := path.Match(form, name) // the forms are well formed
	return ok
}

// held is what one file holds.
type held struct {
	digest string   // of all of it
	text   string   // all of it but a newline at its end, of a file that is for one token
	jwts   []string // what looks like a token in others
	gone   bool
}

// gather takes the tokens that files hold.
func (c *checker) gather() error {
	for _, t := range c.plan.Tokens {
		if _, locked := c.Lock.Tokens[t.ID]; !locked {
			c.byPath[emit.TokenPath(t.ID)] = t.ID
		}
	}
	delete(c.byPath, "") // activations
	names := c.holding
	c.digests = make(map[string]string, len(names))
	c.byText = make(map[string]*token, len(c.plan.Tokens))
	// The server's files hold copies of tokens from files that come before.
	copies, _ := slices.BinarySearch(names, "resolver")
	for _, names := range [][]string{names[:copies], names[copies:]} {
		if err := c.gatherFrom(names); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) gatherFrom(names []string) error {
	found := make([]held, len(names))
	err := folder.ReadEach(c.Folder, names, ownNothing, func(_ struct{}, i int, data []byte, err error) error {
		if isGone(err) {
			found[i].gone = true
			return nil
		}
		if err == nil {
			found[i] = c.holds(names[i], data)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, name := range names {
		if !found[i].gone {
			if !c.plain {
				c.digests[name] = found[i].digest
			}
			c.take(name, found[i])
		}
	}
	return nil
}

// ownNothing is what visiting a file needs for itself.
func ownNothing() (none struct{}) { return none }

// holds is what a file holds.
func (c *checker) holds(name string, data []byte) held {
	h := held{digest: folder.Digest(data)}
	if _, known := c.byPath[name]; known {
		h.text = string(bytes.TrimSuffix(data, []byte("\n")))
	} else if isHolder(name) {
		for _, text := range textsIn(data) {
			h.jwts = append(h.jwts, c.kept(text))
		}
	}
	return h
}

// kept is a text that stays; that of a token that is there already, if there is
// one.
func (c *checker) kept(text []byte) string {
	if t := c.byText[string(text)]; t != nil {
		return t.text
	}
	return string(text)
}

func isHolder(name string) bool {
	return slices.ContainsFunc(holders, func(form string) bool { return is(form, name) })
}

// take takes the tokens that one file holds. A .jwt file in a place where no
// build puts one is foreign.
func (c *checker) take(name string, h held) {
	id, known := c.byPath[name]
	isJWT := path.Ext(name) == ".jwt"
	switch {
	case known:
		t := c.add(h.text, name)
		if t.id != "" {
			c.tampered(name, "%s holds the same token as %s", name, t.paths[0])
		} else {
			t.id = id
		}
	case !isHolder(name), isJWT && len(h.jwts) != 1:
		c.tell(diag.New("artifact-foreign", c.file(name), name), name)
	default:
		for _, text := range h.jwts {
			c.add(text, name)
		}
	}
}

// add is the token with a text, once.
func (c *checker) add(text, path string) *token {
	t := c.byText[text]
	if t == nil {
		t = &token{text: text}
		c.byText[text] = t
		c.tokens = append(c.tokens, t)
	}
	if path != "" {
		t.paths = append(t.paths, path)
	}
	return t
}

package check

import (
	"bytes"
	"path"
	"slices"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/schema/diag"
	"jsc/schema/parallel"
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
	digest string // of all of it
	// parts are, of a file that is for one token, all of it but a newline at its
	// end; of others, what looks like a token.
	parts emit.Parts
	gone  bool
	odd   *oddity // in its place
}

// gather takes the tokens that files hold, and does something else meanwhile.
func (c *checker) gather(meanwhile func()) error {
	for _, t := range c.plan.Tokens {
		if _, locked := c.Lock.Tokens[t.ID]; !locked {
			c.byPath[emit.TokenPath(t.ID)] = t.ID
		}
	}
	delete(c.byPath, "") // activations
	c.judgeFolders()
	c.held = make([]held, len(c.holding))
	c.byText = make(map[string]*token, len(c.plan.Tokens))
	copies := c.copies()
	if err := c.hold(0, copies); err != nil {
		return err
	}
	parallel.Do(2, func(i int) {
		if i == 0 {
			c.take(0, copies)
		} else {
			meanwhile()
		}
	})
	return nil
}

// gatherCopies is gather for the server's files, which hold copies of tokens from
// files that come before. They are large: they are read while recognize, if any,
// is at work.
func (c *checker) gatherCopies(recognize func()) (err error) {
	copies := c.copies()
	parallel.Do(2, func(i int) {
		if i == 0 {
			err = c.hold(copies, len(c.holding))
		} else {
			recognize()
		}
	})
	c.take(copies, len(c.holding))
	return err
}

// copies is from which on the holding files are the server's.
func (c *checker) copies() int {
	i, _ := slices.BinarySearch(c.holding, "resolver")
	return i
}

// hold reads what some of the holding files hold.
func (c *checker) hold(begin, end int) error {
	names, found := c.holding[begin:end], c.held[begin:end]
	return folder.ReadEach(c.Folder, names, ownNothing, func(_ struct{}, i int, data []byte, err error) error {
		switch odd := c.oddity(names[i], err); {
		case odd != nil:
			found[i].odd = odd
		case isGone(err):
			found[i].gone = true
		case err != nil:
			return err
		default:
			found[i] = c.holds(names[i], data)
		}
		return nil
	})
}

// take takes the tokens of some of the holding files.
func (c *checker) take(begin, end int) {
	for i := begin; i < end; i++ {
		switch h := &c.held[i]; {
		case h.odd != nil:
			c.tellHolder(c.holding[i], h.odd)
		case !h.gone:
			c.takeFrom(c.holding[i], h.parts.Texts)
		}
	}
}

// ownNothing is what visiting a file needs for itself.
func ownNothing() (none struct{}) { return none }

// holds is what a file holds.
func (c *checker) holds(name string, data []byte) held {
	h := held{digest: folder.Digest(data)}
	if _, known := c.byPath[name]; known {
		text := bytes.TrimSuffix(data, []byte("\n"))
		h.parts = emit.NewParts(1, len(data)-len(text))
		h.parts.Add(nil, string(text))
		h.parts.End(data[len(text):])
	} else if isHolder(name) {
		h.parts = c.cut(data)
	}
	return h
}

// cut cuts what looks like a token out of a file.
func (c *checker) cut(data []byte) emit.Parts {
	texts := textsIn(data)
	rest := len(data)
	for _, t := range texts {
		rest -= t.end - t.begin
	}
	parts := emit.NewParts(len(texts), rest)
	at := 0
	for _, t := range texts {
		parts.Add(data[at:t.begin], c.kept(data[t.begin:t.end]))
		at = t.end
	}
	parts.End(data[at:])
	return parts
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

// takeFrom takes the tokens that one file holds. A .jwt file in a place where no
// build puts one is foreign.
func (c *checker) takeFrom(name string, texts []string) {
	id, known := c.byPath[name]
	isJWT := path.Ext(name) == ".jwt"
	switch {
	case known:
		t := c.add(texts[0], name)
		if t.id != "" {
			c.tampered(name, "%s holds the same token as %s", name, t.paths[0])
		} else {
			t.id = id
		}
	case !isHolder(name), isJWT && len(texts) != 1:
		c.tell(diag.New("artifact-foreign", c.file(name), name), name)
	default:
		for _, text := range texts {
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

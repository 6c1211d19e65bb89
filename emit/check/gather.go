package check

import (
	"bytes"
	"path"
	"slices"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/lock"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// tokenForms are the forms of files that hold copies of tokens, or activations:
// these have no file of their own.
var tokenForms = []tokenForm{
	{"activations/*.json", false},  // an importer's bundle
	{"activations/*/*.jwt", false}, // one for an external importer
	{"operator.conf", false},
	{"resolver.conf", true},
	{"resolver-dir/*.jwt", true}, // a full resolver's folder
}

type tokenForm struct {
	form   string
	copies bool // of the accounts' tokens, which are as large as these
}

func is(form, name string) bool {
	ok, _ := path.Match(form, name) // the forms are well formed
	return ok
}

// tokenFile is what one file holds.
type tokenFile struct {
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
		if c.Unsigned == nil && t.Former() == (lock.Token{}) { // else a later build makes them
			c.byPath[emit.TokenPath(t.ID)] = t.ID
		}
	}
	delete(c.byPath, "") // activations
	c.followMoves()
	c.judgeFolders()
	c.tokenFiles = make([]tokenFile, len(c.tokenPaths))
	c.byText = make(map[string]*token, len(c.plan.Tokens))
	own := c.those(false)
	if err := c.readTokenFiles(own); err != nil {
		return err
	}
	parallel.Do(2, func(i int) {
		if i == 0 {
			c.collect(own)
		} else {
			meanwhile()
		}
	})
	return nil
}

// gatherCopies is gather for files that hold copies of tokens from the others. They
// are read while recognize is at work.
func (c *checker) gatherCopies(recognize func()) (err error) {
	copies := c.those(true)
	parallel.Do(2, func(i int) {
		if i == 0 {
			err = c.readTokenFiles(copies)
		} else {
			recognize()
		}
	})
	c.collect(copies)
	return err
}

// those are the files, by index, that hold copies, or those that do not.
func (c *checker) those(copies bool) (which []int) {
	for i, name := range c.tokenPaths {
		if slices.ContainsFunc(tokenForms, func(f tokenForm) bool { return f.copies && is(f.form, name) }) == copies {
			which = append(which, i)
		}
	}
	return which
}

// readTokenFiles reads some of the files.
func (c *checker) readTokenFiles(which []int) error {
	names := make([]string, len(which))
	for at, i := range which {
		names[at] = c.tokenPaths[i]
	}
	return folder.ReadEach(c.Folder, names, ownNothing, func(_ struct{}, at int, data []byte, err error) error {
		found := &c.tokenFiles[which[at]]
		switch odd := c.oddity(names[at], err); {
		case odd != nil:
			found.odd = odd
		case isGone(err):
			found.gone = true
		case err != nil:
			return err
		default:
			*found = c.cutFile(names[at], data)
		}
		return nil
	})
}

// collect takes the tokens of some of the files.
func (c *checker) collect(which []int) {
	for _, i := range which {
		switch f := &c.tokenFiles[i]; {
		case f.odd != nil:
			c.tellTokenFile(c.tokenPaths[i], f.odd)
		case !f.gone:
			c.stay(c.tokenPaths[i], f.digest)
			c.collectFrom(c.tokenPaths[i], f.parts.Texts)
		}
	}
}

// ownNothing is what visiting a file needs for itself.
func ownNothing() (none struct{}) { return none }

// cutFile cuts a file into tokens and what stands around them.
func (c *checker) cutFile(name string, data []byte) tokenFile {
	f := tokenFile{digest: folder.Digest(data)}
	if _, known := c.byPath[name]; known {
		text := bytes.TrimSuffix(data, []byte("\n"))
		f.parts = emit.NewParts(1, len(data)-len(text))
		f.parts.Add(nil, string(text))
		f.parts.End(data[len(text):])
	} else if mayHoldTokens(name) {
		f.parts = c.cut(data)
	}
	return f
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

func mayHoldTokens(name string) bool {
	return slices.ContainsFunc(tokenForms, func(f tokenForm) bool { return is(f.form, name) })
}

// collectFrom takes the tokens that one file holds. A .jwt file in a place where no
// build puts one is foreign.
func (c *checker) collectFrom(name string, texts []string) {
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
	case !mayHoldTokens(name), isJWT && len(texts) != 1:
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

package emit

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jsc/emit/folder"
	"jsc/schema/parallel"
)

// Artifact is one file of the output folder.
type Artifact struct {
	Path string // relative, with slashes
	Kind string // as the manifest has it; "" for the manifest itself
	Name string // the NATS name of what it is about
	Data []byte // nil until made
	// Tokens are those whose text the file is made with; the same may stand
	// there more than once.
	Tokens []*Token

	about   *Token // the token that the file is of, if any
	form    form
	decodes bool // the form needs more of a text than to write it
	// inPieces, if any, is the form of a large file. It returns what take has not
	// got.
	inPieces func(out []byte, text appendText, take taker) ([]byte, error)
	// config, if any, is a stream's or a consumer's: the file is its JSON.
	config config
}

// form appends a file's bytes, with text in the place of tokens.
type form func(a *Artifact, out []byte, text appendText) ([]byte, error)

// appendText appends a token's text, or what stands for it.
type appendText func(out []byte, t *Token) []byte

// config is a stream's or a consumer's configuration, which encoding/json encodes;
// AppendJSON appends the same for people to read.
type config interface{ AppendJSON(out []byte) []byte }

// Make returns the file's bytes. A token without its text is an error.
func (a *Artifact) Make() ([]byte, error) { return a.MakeIn(nil) }

// MakeIn is Make, in room if that is large enough.
func (a *Artifact) MakeIn(room []byte) ([]byte, error) {
	return a.madeBy(func() ([]byte, error) { return a.form(a, room[:0], appendSigned) })
}

// IsLarge reports that MakePieces is there to hand the file over in pieces.
func (a *Artifact) IsLarge() bool { return a.inPieces != nil }

// MakePieces hands over what Make makes, in pieces that are good until take
// returns; an error of take's ends it. It returns the room for the next file.
func (a *Artifact) MakePieces(room []byte, take func(piece []byte) error) ([]byte, error) {
	var refused error
	taken := func(piece []byte) error {
		refused = take(piece)
		return refused
	}
	left, err := a.madeBy(func() ([]byte, error) {
		rest, err := a.inPieces(room[:0], appendSigned, taken)
		if err == nil {
			err = taken(rest)
		}
		return rest, err
	})
	if refused != nil {
		return nil, refused
	}
	return left, err
}

// madeBy is what made makes, once every token has its text.
func (a *Artifact) madeBy(made func() ([]byte, error)) ([]byte, error) {
	for _, t := range a.Tokens {
		if t.Text == "" && t.taken == nil {
			return nil, fmt.Errorf("make %s: the token of %s is not signed", a.Path, t.ID)
		}
	}
	data, err := made()
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", a.Path, err)
	}
	return data, nil
}

func appendSigned(out []byte, t *Token) []byte {
	if t.Text == "" {
		return append(out, t.taken...)
	}
	return append(out, t.Text...)
}

// Takes reports that a former file holds tokens in a form in which Take finds
// them, and that kept is true for most.
func (a *Artifact) Takes(kept func(*Token) bool) bool {
	if a.Kind != resolverKind {
		return false
	}
	n := 0
	for _, t := range a.Tokens {
		if kept(t) {
			n++
		}
	}
	return 2*n > len(a.Tokens)
}

// Take takes the texts of tokens for which kept is true from what a former build
// made of a file that Takes, so that they need neither be signed nor read each
// from its own file for this one to be made. former must not be changed any more.
func (a *Artifact) Take(former []byte, kept func(*Token) bool) {
	lines := preloaded(former)
	for _, t := range a.Tokens {
		if text := lines.find(t.Account.PublicKey); text != nil && kept(t) {
			t.taken = text
		}
	}
}

// Missing are the tokens that must have a text for the file to be made, save for
// those whose text was taken.
func (a *Artifact) Missing() []*Token {
	if !slices.ContainsFunc(a.Tokens, (*Token).isTaken) {
		return a.Tokens
	}
	return slices.DeleteFunc(slices.Clone(a.Tokens), (*Token).isTaken)
}

func (t *Token) isTaken() bool { return t.taken != nil }

// Recipes are digests, by index of Artifacts, of all that each file is made of:
// as long as one jsc gives the same for a path, it makes the same bytes. They
// need no token's text. One is "" where it would cost what Make does.
func (l *Layout) Recipes() ([]string, error) {
	recipes := make([]string, len(l.Artifacts))
	rooms := func() *[]byte { return new([]byte) }
	err := parallel.TryWith(len(recipes), rooms, func(room *[]byte, i int) error {
		a := &l.Artifacts[i]
		var err error
		switch {
		case a.config != nil:
			*room, err = appendJSON((*room)[:0], a.config, false)
		case len(a.Tokens) > 0:
			*room, err = a.form(a, (*room)[:0], appendRecipe)
		default:
			return nil
		}
		if err != nil {
			return fmt.Errorf("make %s: %w", a.Path, err)
		}
		sum := sha256.Sum256(*room)
		recipes[i] = string(sum[:])
		return nil
	})
	return recipes, err
}

// appendRecipe appends what stands for the token's text: it is the same where
// that is.
func appendRecipe(out []byte, t *Token) []byte {
	out = append(append(out, t.Digest...), '@')
	out = append(strconv.AppendInt(out, t.IssuedAt, 10), '@')
	return strconv.AppendInt(out, t.Expires, 10)
}

// Layout is the output folder of a plan before its files are made.
type Layout struct {
	Artifacts []Artifact // sorted by path; all but the manifest

	handovers []*handover
	lockName  string
}

// NewLayout lists every file that a plan's output folder has. lockName is the
// lock's file name, which the manifest records; extra are names of Targets, of
// which an unknown one is an error. Nothing of it needs a token's text.
func NewLayout(p *Plan, lockName string, extra ...string) (*Layout, error) {
	rows := slices.Clone(artifactKinds)
	for _, name := range extra {
		i := slices.IndexFunc(targets, func(t target) bool { return t.name == name })
		if i < 0 {
			return nil, fmt.Errorf("render %s: there is no such target", name)
		}
		rows = append(rows, targets[i].artifactKind)
	}
	shared := newRendering(p)
	all := make([][]Artifact, len(rows))
	err := parallel.Try(len(rows), func(i int) error {
		r := *shared
		r.kind, r.out = rows[i].kind, make([]Artifact, 0, len(r.t.Accounts))
		if err := rows[i].render(&r); err != nil {
			return fmt.Errorf("render %s: %w", r.kind, err)
		}
		slices.SortFunc(r.out, byPath)
		all[i] = r.out
		return nil
	})
	if err != nil {
		return nil, err
	}
	l := &Layout{Artifacts: merged(all), handovers: shared.handovers(), lockName: lockName}
	for i := 1; i < len(l.Artifacts); i++ {
		if l.Artifacts[i].Path == l.Artifacts[i-1].Path {
			return nil, fmt.Errorf("render %s: two files would be written there", l.Artifacts[i].Path)
		}
	}
	return l, nil
}

func byPath(a, b Artifact) int { return strings.Compare(a.Path, b.Path) }

// merged is one sorted list of several.
func merged(lists [][]Artifact) []Artifact {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	all := make([]Artifact, 0, n)
	for len(all) < n {
		// The list with the least path gives all that come before the others'.
		var least, next *[]Artifact
		for i := range lists {
			list := &lists[i]
			switch {
			case len(*list) == 0:
			case least == nil || (*list)[0].Path < (*least)[0].Path:
				least, next = list, least
			case next == nil || (*list)[0].Path < (*next)[0].Path:
				next = list
			}
		}
		end := len(*least)
		if next != nil {
			for end = 1; end < len(*least) && (*least)[end].Path < (*next)[0].Path; end++ {
			}
		}
		all, *least = append(all, (*least)[:end]...), (*least)[end:]
	}
	return all
}

// Find returns which of Artifacts has a path; -1 for none.
func (l *Layout) Find(path string) int {
	i, found := slices.BinarySearchFunc(l.Artifacts, path, func(a Artifact, path string) int { return strings.Compare(a.Path, path) })
	if !found {
		return -1
	}
	return i
}

// Render makes every file of the output folder from a signed plan, sorted by
// path, the manifest among them; see NewLayout.
func Render(p *Plan, lockName string, extra ...string) ([]Artifact, error) {
	l, err := NewLayout(p, lockName, extra...)
	if err != nil {
		return nil, err
	}
	digests := make([]string, len(l.Artifacts))
	err = parallel.Try(len(l.Artifacts), func(i int) (err error) {
		a := &l.Artifacts[i]
		a.Data, err = a.Make()
		digests[i] = folder.Digest(a.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	at, _ := slices.BinarySearchFunc(l.Artifacts, ManifestPath, func(a Artifact, path string) int { return strings.Compare(a.Path, path) })
	return slices.Insert(l.Artifacts, at, Artifact{Path: ManifestPath, Data: l.Manifest(digests)}), nil
}

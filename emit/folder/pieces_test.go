package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// streaming is a build in which one file comes in pieces.
type streaming struct {
	recipe, text string
	fails        error // after all pieces
	summary      Summary
	digest       string
	made         []string // how: "whole", "pieces"
}

func (s *streaming) build(t *testing.T, place Place, all map[string]string) error {
	t.Helper()
	const name = "resolver.conf"
	s.made, s.digest = nil, ""
	files := []File{{
		Path: name, Recipe: s.recipe, Digest: &s.digest,
		Make: func([]byte) ([]byte, error) {
			s.made = append(s.made, "whole")
			return []byte(s.text), nil
		},
		Pieces: func(room []byte, take func([]byte) error) ([]byte, error) {
			s.made = append(s.made, "pieces")
			room, err := byBytes(s.text)(room, take)
			return room, errors.Join(err, s.fails)
		},
	}}
	plain := []File{{Path: name, Data: []byte(s.text)}}
	for name, recipe := range all {
		file := File{Path: name, Recipe: recipe, Data: []byte(name + " of " + recipe + "\n")}
		files, plain = append(files, file), append(plain, file)
	}
	slices.SortFunc(plain, byPath)
	manifest := withManifest(plain, filepath.Base(place.Lock))
	files = append(files, manifest[len(manifest)-1])
	f := mustOpen(t, place)
	defer f.Close()
	var err error
	s.summary, err = f.Commit(t.Context(), files, []byte("lock\n"))
	if err != nil {
		return err
	}
	if data, err := os.ReadFile(filepath.Join(place.Out, name)); string(data) != s.text || s.digest != Digest(data) {
		t.Errorf("it holds %q, %v; its digest was told as %q", data, err, s.digest)
	}
	return nil
}

// TestPieces makes a file in pieces where it is to be written, and whole where
// that is to be found out.
func TestPieces(t *testing.T) {
	place, all := remembered(t)
	s := &streaming{}
	for _, c := range []struct {
		recipe, text, made, written string
		forget                      bool
	}{
		{recipe: "1", text: "there was none\n", made: "[pieces]", written: "[manifest.json resolver.conf]"},
		{recipe: "1", text: "there was none\n", made: "[]", written: "[]"},
		{recipe: "2", text: "other bytes\n", made: "[pieces]", written: "[manifest.json resolver.conf]"},
		{recipe: "3", text: "other bytes\n", made: "[pieces]", written: "[]"},
		{recipe: "3", text: "other bytes\n", made: "[whole]", written: "[]", forget: true},
		{recipe: "3", text: "OTHER bytes\n", made: "[whole]", written: "[manifest.json resolver.conf]", forget: true},
	} {
		t.Run(c.recipe+" "+c.text, func(t *testing.T) {
			if c.forget {
				if err := os.RemoveAll(place.Cache); err != nil {
					t.Fatal(err)
				}
			}
			before := tree(t, place.Out)
			s.recipe, s.text = c.recipe, c.text
			if err := s.build(t, place, all); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(s.made) != c.made || fmt.Sprint(s.summary.Written) != c.written {
				t.Errorf("it was made %v, and written are %v", s.made, s.summary.Written)
			}
			if c.written == "[]" && tree(t, place.Out) != before {
				t.Error("something was left behind")
			}
			settle(t, place)
			if err := s.build(t, place, all); err != nil { // reads what was too young to be sure of
				t.Fatal(err)
			}
			settle(t, place)
		})
	}
}

// TestPiecesEnd holds that a file which fails on the way, or grows too large to be
// read again, leaves all as it was.
func TestPiecesEnd(t *testing.T) {
	place, all := remembered(t)
	before := tree(t, filepath.Dir(place.Out))
	cause := errors.New("the disk burns")
	s := &streaming{recipe: "1", text: "some\n", fails: cause}
	if err := s.build(t, place, all); !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
	unchanged(t, place, before)
	f := mustOpen(t, place)
	defer f.Close()
	piece, n := make([]byte, 1<<20), 0
	files := withManifest([]File{{Path: "resolver.conf", Make: func([]byte) ([]byte, error) { return nil, nil },
		Pieces: func(room []byte, take func([]byte) error) ([]byte, error) {
			for {
				if err := take(piece[:min(len(piece), MaxFile+1-n)]); err != nil {
					return room, err
				}
				n += len(piece)
			}
		}}}, filepath.Base(place.Lock))
	_, err := f.Commit(t.Context(), files, []byte("lock\n"))
	wantError(t, err, "resolver.conf would be larger than the 512 MiB that are read; divide the topology")
	f.Close()
	unchanged(t, place, before)
}

package folder

import (
	"os"
	"path/filepath"
	"testing"
)

// knownAfter is what is known of a file in a state that was looked at before.
func knownAfter(t *testing.T, place Place, ahead Ahead) Known {
	t.Helper()
	f, err := OpenAfter(t.Context(), ahead, place, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return f.Known([]string{"accounts/A1.jwt"})[0]
}

// TestLookAhead: what was found out ahead is not looked for again. Else nothing would
// be known here, for want of a cache.
func TestLookAhead(t *testing.T) {
	place, _ := remembered(t)
	ahead := LookAhead(place)
	if err := os.RemoveAll(place.Cache); err != nil {
		t.Fatal(err)
	}
	if k := knownAfter(t, place, ahead); k.Recipe != "a" {
		t.Errorf("%+v is known", k)
	}
	if k := knownAfter(t, place, LookAhead(place)); k != (Known{}) {
		t.Errorf("%+v is known without a cache", k)
	}
}

// TestLookAheadOfABuild: another build came between.
func TestLookAheadOfABuild(t *testing.T) {
	place, all := remembered(t)
	ahead := LookAhead(place)
	all["accounts/A1.jwt"] = "b"
	var m making
	m.build(t, place, all)
	settle(t, place)
	m.build(t, place, all)
	if k := knownAfter(t, place, ahead); k.Recipe != "b" {
		t.Errorf("%+v is known", k)
	}
}

// TestLookAheadOverALink looks nowhere that Open refuses.
func TestLookAheadOverALink(t *testing.T) {
	place, _ := remembered(t)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(place.Out, elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, place.Out); err != nil {
		t.Fatal(err)
	}
	if ahead := LookAhead(place); ahead.survey != nil {
		t.Error("it was looked at")
	}
}

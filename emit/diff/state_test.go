package diff

import (
	"slices"
	"testing"

	"jsc/emit"
	"jsc/emit/lock"
)

// beside is a folder with more in it than its manifest lists.
type beside struct {
	Planned
	more map[string]string
}

func (b beside) Paths() ([]string, error) {
	paths, err := b.Planned.Paths()
	for path := range b.more {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths, err
}

func (b beside) ReadFile(name string) ([]byte, error) {
	if text, has := b.more[name]; has {
		return []byte(text), nil
	}
	return b.Planned.ReadFile(name)
}

// What a merge left in the output folder, and no manifest lists, is nothing that a
// build would take away, nor of any server.
func TestFilesThatNoManifestLists(t *testing.T) {
	built := plan(t, compile(t, topology), lock.New(), start)
	p := plan(t, compile(t, topology), built.Lock, start+100)
	layout, err := emit.NewLayout(built, "t.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	old, err := Read(beside{Planned{Layout: layout}, map[string]string{
		"jetstream/A/OLD.json":   `{"name": "OLD"}`,
		"jetstream/A/S/OLD.json": `{"name": "OLD"}`,
		"server-old.conf":        "server_name: old\n",
	}}, p)
	if err != nil {
		t.Fatal(err)
	}
	if r := Compare(old, state(t, p, p, true), p, "the last build"); !r.Empty() {
		t.Error(text(t, r))
	}
}

package folder

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// cachedPlace is a new place with a cache.
func cachedPlace(t testing.TB) Place {
	place := newPlace(t)
	place.Cache = filepath.Join(filepath.Dir(place.Out), ".jsc", "cache")
	return place
}

// recipes are what many files are made of: a recipe by path.
func recipes(n int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprintf("accounts/A%d.jwt", i)] = "a"
		all[fmt.Sprintf("jetstream/A%d/S.json", i)] = "a"
	}
	return all
}

// making is a build of files by their recipes. It counts which were made.
type making struct {
	mu   sync.Mutex
	made map[string]bool
	step step // of its steps, if any
	// listed says that the manifest was made; end is what stands at its end.
	listed bool
	end    string
}

func (m *making) build(t testing.TB, place Place, recipes map[string]string) Summary {
	t.Helper()
	m.made, m.listed = map[string]bool{}, false
	var files, plain []File
	digests := map[string]*string{}
	for name, recipe := range recipes {
		data := []byte(name + " of " + recipe + "\n")
		plain = append(plain, File{Path: name, Data: data})
		digests[name] = new(string)
		files = append(files, File{Path: name, Recipe: recipe, Digest: digests[name],
			Make: func([]byte) ([]byte, error) {
				m.mu.Lock()
				defer m.mu.Unlock()
				m.made[name] = true
				return data, nil
			}})
	}
	slices.SortFunc(plain, byPath)
	plain = withManifest(plain, filepath.Base(place.Lock))
	manifest := append(plain[len(plain)-1].Data, m.end...)
	plain[len(plain)-1].Data = manifest
	files = append(files, File{Path: manifestPath, Make: func([]byte) ([]byte, error) {
		for _, f := range plain[:len(plain)-1] {
			if *digests[f.Path] != Digest(f.Data) {
				t.Errorf("the digest of %s was told as %q", f.Path, *digests[f.Path])
			}
		}
		m.listed = true
		return manifest, nil
	}, Sum: func() string { return Digest(manifest) }})
	f, err := open(t.Context(), place, nil, m.step)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := f.Commit(t.Context(), files, []byte("lock\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m.step != nil {
		return s // it may have changed what was made
	}
	for _, file := range plain {
		if data, err := os.ReadFile(filepath.Join(place.Out, file.Path)); err != nil || !bytes.Equal(data, file.Data) {
			t.Fatalf("%s is %q, %v", file.Path, data, err)
		}
	}
	return s
}

// settle waits until what was written is older than what will be, so that the
// cache can tell them apart.
func settle(t testing.TB, place Place) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x")
	newest := int64(0)
	d, err := openDisk(place.Out, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	seen, err := d.survey()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range seen.files {
		newest = max(newest, file.print.CTime)
	}
	for {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.ModTime().UnixNano() > newest {
			return
		}
	}
}

// remembered is a place where many files lie that the cache knows.
func remembered(t testing.TB) (Place, map[string]string) {
	t.Helper()
	place, all := cachedPlace(t), recipes(cacheFrom)
	var m making
	m.build(t, place, all)
	cacheFile(t, place) // is there as soon as files are
	settle(t, place)
	m.build(t, place, all) // reads what was too young to be sure of
	settle(t, place)
	if m.build(t, place, all); len(m.made) > 0 {
		t.Fatalf("%d files of known recipes are made", len(m.made))
	}
	return place, all
}

func cacheFile(t testing.TB, place Place) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(place.Cache, "????????????????"))
	if err != nil || len(names) != 1 {
		t.Fatalf("caches are %v, %v", names, err)
	}
	return names[0]
}

// TestAKnownManifestIsNotMade holds that it is where it says something else, though
// every file is the same.
func TestAKnownManifestIsNotMade(t *testing.T) {
	place, all := remembered(t)
	var m making
	if s := m.build(t, place, all); m.listed || len(s.Written) > 0 {
		t.Errorf("made %v, written are %v", m.listed, s.Written)
	}
	m.end = "\n"
	if s := m.build(t, place, all); !m.listed || fmt.Sprint(s.Written) != "[manifest.json]" {
		t.Errorf("made %v, written are %v", m.listed, s.Written)
	}
}

func TestKnownFilesAreNotMade(t *testing.T) {
	place, all := remembered(t)
	var m making
	all["accounts/A7.jwt"] = "another"
	s := m.build(t, place, all)
	if want := "[accounts/A7.jwt manifest.json]"; fmt.Sprint(s.Written) != want || len(s.Kept) != 2*cacheFrom-1 {
		t.Errorf("written are %v, kept %d", s.Written, len(s.Kept))
	}
	if len(m.made) != 1 {
		t.Errorf("made are %v", m.made)
	}
	delete(all, "jetstream/A3/S.json")
	if s := m.build(t, place, all); fmt.Sprint(s.Removed) != "[jetstream/A3/S.json]" {
		t.Errorf("removed are %v", s.Removed)
	}
	if data, err := os.ReadFile(filepath.Join(place.Cache, ".gitignore")); string(data) != "*\n" {
		t.Errorf("the cache's .gitignore is %q, %v", data, err)
	}
}

// TestTouchedFilesAreNotKnown changes a file as far as a program can without
// being seen, and the cache as a git branch or a crash could.
func TestTouchedFilesAreNotKnown(t *testing.T) {
	const name = "accounts/A9.jwt"
	rewrite := func(t *testing.T, place Place, change func([]byte) []byte) {
		file := filepath.Join(place.Out, name)
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, string(change(data)))
		if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
	for what, touch := range map[string]func(*testing.T, Place){
		"other bytes, same length and mtime": func(t *testing.T, p Place) {
			rewrite(t, p, func(data []byte) []byte { return bytes.ToUpper(data) })
		},
		"longer": func(t *testing.T, p Place) { rewrite(t, p, func(data []byte) []byte { return append(data, 'x') }) },
		"gone": func(t *testing.T, p Place) {
			if err := os.Remove(filepath.Join(p.Out, name)); err != nil {
				t.Fatal(err)
			}
		},
		"another file of the same bytes": func(t *testing.T, p Place) {
			data, err := os.ReadFile(filepath.Join(p.Out, name))
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(p.Out, "new"), string(data))
			move(t, filepath.Join(p.Out, "new"), filepath.Join(p.Out, name))
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			place, all := remembered(t)
			touch(t, place)
			f := mustOpen(t, place)
			known := f.Known([]string{"accounts/A8.jwt", name})
			if known[0] == (Known{}) {
				t.Error("another file is not known")
			}
			if known[1] != (Known{}) {
				t.Errorf("known as %+v", known[1])
			}
			f.Close()
			var m making
			m.build(t, place, all)
		})
	}
	for what, spoil := range map[string]func(*testing.T, Place){
		"copied, as by git": func(t *testing.T, p Place) {
			file := cacheFile(t, p)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, file+"2", string(data))
			move(t, file+"2", file)
		},
		"a byte flipped": func(t *testing.T, p Place) {
			file := cacheFile(t, p)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 1
			writeFile(t, file, string(data))
		},
		"cut":   func(t *testing.T, p Place) { truncate(t, cacheFile(t, p), 1000) },
		"empty": func(t *testing.T, p Place) { truncate(t, cacheFile(t, p), 0) },
		"as old as what it tells of": func(t *testing.T, p Place) {
			old := time.Unix(1_000_000_000, 0)
			if err := os.Chtimes(cacheFile(t, p), old, old); err != nil {
				t.Fatal(err)
			}
		},
		"a folder": func(t *testing.T, p Place) {
			file := cacheFile(t, p)
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(file, "x"), "")
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			place, all := remembered(t)
			spoil(t, place)
			f := mustOpen(t, place)
			if k := f.Known([]string{name}); k[0] != (Known{}) {
				t.Errorf("known as %+v", k)
			}
			f.Close()
			var m making
			if s := m.build(t, place, all); len(s.Written) > 0 {
				t.Errorf("written are %v", s.Written)
			}
		})
	}
}

func truncate(t *testing.T, name string, size int64) {
	t.Helper()
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
}

// TestACacheOfAnotherProgram holds that what another jsc left is made anew: it
// may have made other bytes of the same recipe.
func TestACacheOfAnotherProgram(t *testing.T) {
	place, _ := remembered(t)
	data, err := os.ReadFile(cacheFile(t, place))
	if err != nil {
		t.Fatal(err)
	}
	encoded := encodeCache([]entry{{path: "operator.jwt"}}, 7)
	mine := string(encoded[:len(encoded)-sha256.Size])
	if _, ok := decodeCache(mine, 7); !ok {
		t.Fatal("what was encoded is not decoded")
	}
	if _, ok := decodeCache(mine, 8); ok {
		t.Error("decoded though it lies elsewhere")
	}
	if !bytes.Contains(data, []byte(program())) {
		t.Error("the cache does not say whose it is")
	}
	if p := program(); p == "" || !strings.Contains(p, "Inode") {
		t.Errorf("a program is told from another by %q only", p)
	}
}

// TestTheCacheStaysInside holds that a branch that brings a link for the cache's
// folder makes no build write elsewhere.
func TestTheCacheStaysInside(t *testing.T) {
	elsewhere := t.TempDir()
	place := cachedPlace(t)
	symlink(t, elsewhere, filepath.Dir(place.Cache))
	var m making
	m.build(t, place, recipes(cacheFrom))
	if entries, err := os.ReadDir(elsewhere); err != nil || len(entries) > 0 {
		t.Errorf("elsewhere is %v, %v", entries, err)
	}
}

func TestSmallFoldersHaveNoCache(t *testing.T) {
	place := cachedPlace(t)
	var m making
	m.build(t, place, recipes(3))
	if _, err := os.Stat(place.Cache); !os.IsNotExist(err) {
		t.Errorf("the cache's folder: %v", err)
	}
}

// TestCachedBuildsAreBuilds makes random changes, of the topology and of what lies
// in the folder: with a cache each build leaves what one without leaves.
func TestCachedBuildsAreBuilds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	place, all := cachedPlace(t), recipes(cacheFrom)
	var m making
	for range 25 {
		for range random.IntN(4) {
			n := random.IntN(cacheFrom + 20)
			name := fmt.Sprintf("accounts/A%d.jwt", n)
			file := filepath.Join(place.Out, name)
			switch random.IntN(5) {
			case 0:
				all[name] = fmt.Sprint(random.Int())
			case 1:
				delete(all, fmt.Sprintf("jetstream/A%d/S.json", n))
			case 2:
				all[fmt.Sprintf("users/A%d/u.jwt", n)] = "new"
			case 3:
				_ = os.Remove(file)
			case 4:
				if _, err := os.Stat(file); err == nil {
					writeFile(t, file, "edited")
				}
			}
		}
		m.build(t, place, all)
	}
}

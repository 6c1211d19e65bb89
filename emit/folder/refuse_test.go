package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refused builds generation 2 and checks that it is refused with an error that
// has the part, and that nothing changed.
func refused(t *testing.T, place Place, part string) {
	t.Helper()
	before := tree(t, filepath.Dir(place.Lock))
	err := tryBuild(t, place, 2, nil)
	wantError(t, err, part)
	after := strings.ReplaceAll(tree(t, filepath.Dir(place.Lock)), "\n"+filepath.Base(place.Lock)+".lck \"\"", "")
	if after != strings.ReplaceAll(before, "\n"+filepath.Base(place.Lock)+".lck \"\"", "") {
		t.Errorf("on disk is\n%s\nwas\n%s", after, before)
	}
}

func symlink(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestOddFoldersAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(t *testing.T, place *Place)
	}{
		{"output folder is a link", "generated is a symbolic link, and jsc writes only into a real folder", func(t *testing.T, p *Place) {
			move(t, p.Out, p.Out+"-real")
			symlink(t, "generated-real", p.Out)
		}},
		{"output folder is a dangling link", "generated is a symbolic link", func(t *testing.T, p *Place) {
			move(t, p.Out, p.Out+"-real")
			symlink(t, "nowhere", p.Out)
		}},
		{"folder above it is a link", "generated is a symbolic link", func(t *testing.T, p *Place) {
			move(t, p.Out, p.Out+"-real")
			symlink(t, "generated-real", p.Out)
			p.Out = filepath.Join(p.Out, "prod")
		}},
		{"output folder is a link elsewhere", "out is a symbolic link", func(t *testing.T, p *Place) {
			out := filepath.Join(t.TempDir(), "out")
			symlink(t, p.Out, out)
			p.Out = out
		}},
		{"output folder is a file", "generated is a file, and jsc writes only into a real folder", func(t *testing.T, p *Place) {
			move(t, p.Out, p.Out+"-real")
			writeFile(t, p.Out, "")
		}},
		{"a folder in it is a link", "generated/accounts is a symbolic link, not a folder", func(t *testing.T, p *Place) {
			move(t, filepath.Join(p.Out, "accounts"), filepath.Join(p.Out, "real"))
			symlink(t, "real", filepath.Join(p.Out, "accounts"))
		}},
		{"a folder in it is a link out", "generated/jetstream is a symbolic link, not a folder", func(t *testing.T, p *Place) {
			move(t, filepath.Join(p.Out, "jetstream"), p.Out+"-elsewhere")
			symlink(t, "../generated-elsewhere", filepath.Join(p.Out, "jetstream"))
		}},
		{"a folder in it is a file", "generated/accounts is a file, not a folder", func(t *testing.T, p *Place) {
			move(t, filepath.Join(p.Out, "accounts"), p.Out+"-elsewhere")
			writeFile(t, filepath.Join(p.Out, "accounts"), "")
		}},
		{"a file in it is a link", "generated/operator.jwt is a symbolic link, not a regular file", func(t *testing.T, p *Place) {
			move(t, filepath.Join(p.Out, "operator.jwt"), filepath.Join(p.Out, "real"))
			symlink(t, "real", filepath.Join(p.Out, "operator.jwt"))
		}},
		{"a file in it is a folder", "generated/accounts/G2.json is a folder, not a regular file", func(t *testing.T, p *Place) {
			writeFile(t, filepath.Join(p.Out, "accounts/G2.json/x"), "")
		}},
		{"the manifest is a link", "generated/manifest.json is a symbolic link, not a regular file", func(t *testing.T, p *Place) {
			move(t, filepath.Join(p.Out, "manifest.json"), filepath.Join(p.Out, "real"))
			symlink(t, "real", filepath.Join(p.Out, "manifest.json"))
		}},
		{"the lock is a link", "x.lock.json is a symbolic link, not a regular file", func(t *testing.T, p *Place) {
			move(t, p.Lock, p.Lock+"-real")
			symlink(t, "x.lock.json-real", p.Lock)
		}},
		{"the lock is a folder", "x.lock.json is a folder, not a regular file", func(t *testing.T, p *Place) {
			move(t, p.Lock, p.Lock+"-real")
			writeFile(t, filepath.Join(p.Lock, "x"), "")
		}},
		{"the file that keeps builds apart is a link", "x.lock.json.lck is a symbolic link, not a regular file", func(t *testing.T, p *Place) {
			move(t, p.Lock+".lck", p.Lock+"-real")
			symlink(t, "x.lock.json-real", p.Lock+".lck")
		}},
		{"the file that keeps builds apart is a folder", "x.lock.json.lck is a folder, not a regular file", func(t *testing.T, p *Place) {
			move(t, p.Lock+".lck", p.Lock+"-real")
			writeFile(t, filepath.Join(p.Lock+".lck", "x"), "")
		}},
		{"the lock's next one is a folder", ".x.lock.json.jsc-new is a folder, not a regular file", func(t *testing.T, p *Place) {
			writeFile(t, filepath.Join(filepath.Dir(p.Lock), ".x.lock.json.jsc-new", "x"), "")
		}},
		{"another lock's folder", `is made from the lock "x.lock.json", not "y.lock.json"`, func(t *testing.T, p *Place) {
			p.Lock = filepath.Join(filepath.Dir(p.Lock), "y.lock.json")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := newPlace(t)
			build(t, place, 1)
			c.change(t, &place)
			refused(t, place, c.want)
		})
	}
}

// TestReadersRefuse holds that nobody reads on past what no build goes on from: a
// check that passes would have the build fail that comes after it.
func TestReadersRefuse(t *testing.T) {
	for _, name := range []string{"x.lock.json", "x.lock.json.lck", ".x.lock.json.jsc-new", "generated"} {
		for how, put := range map[string]func(path string){
			"a symbolic link": func(path string) { symlink(t, "nowhere", path) },
			"a folder":        func(path string) { writeFile(t, filepath.Join(path, "x"), "") },
		} {
			if name == "generated" && how == "a folder" {
				continue
			}
			place := newPlace(t)
			build(t, place, 1)
			path := filepath.Join(filepath.Dir(place.Lock), name)
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			put(path)
			_, read := Read(t.Context(), place, nil)
			wantError(t, read, name+" is "+how)
			_, opened := Open(t.Context(), place, nil)
			wantError(t, opened, read.Error())
		}
	}
}

// TestLinksAboveAreFollowed holds that only what is below the lock's folder is
// judged: a home folder behind a link is nobody's attack.
func TestLinksAboveAreFollowed(t *testing.T) {
	place := newPlace(t)
	link := filepath.Join(t.TempDir(), "link")
	symlink(t, filepath.Dir(place.Out), link)
	behind := Place{Out: filepath.Join(link, "generated"), Lock: filepath.Join(link, "x.lock.json")}
	build(t, behind, 1)
	mended(t, place, 2)

	// An interrupted build is finished whichever way one comes.
	s, _ := dieAfter("rename", journalPath)
	if err := tryBuild(t, behind, 3, s); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	if got := readGeneration(t, place); got != 3 {
		t.Errorf("generation %d, want 3", got)
	}
	mended(t, place, 4)
}

func TestMissingFolderOfTheLock(t *testing.T) {
	place := newPlace(t)
	place.Lock = filepath.Join(filepath.Dir(place.Out), "nowhere", "x.lock.json")
	_, err := Open(t.Context(), place, nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v", err)
	}
	wantError(t, err, "open the lock's folder")
	_, err = Read(t.Context(), place, nil)
	wantError(t, err, "open the lock's folder")
}

func TestBadManifestsAreRefused(t *testing.T) {
	entry := func(path string) string {
		return fmt.Sprintf(`{"format": 1, "lock": "x.lock.json", "artifacts": [{"path": %q, "sha256": %q}]}`, path, Digest(nil))
	}
	for _, c := range []struct{ name, data, want string }{
		{"parent folder", entry("../x.lock.json"), `it lists "../x.lock.json", which is no file that jsc makes`},
		{"parent folder inside", entry("accounts/../../x.jwt"), "no file that jsc makes"},
		{"absolute", entry("/etc/passwd"), `"/etc/passwd"`},
		{"git's folder", entry(".git/config"), "no file that jsc makes"},
		{"hidden", entry("accounts/.jwt"), "no file that jsc makes"},
		{"stage", entry(".jsc-stage/lock"), "no file that jsc makes"},
		{"backslash", entry(`accounts\..\x.jwt`), "no file that jsc makes"},
		{"foreign file", entry("notes.txt"), "no file that jsc makes"},
		{"itself", entry("manifest.json"), "no file that jsc makes"},
		{"format character", entry("accounts/a\u2028.jwt"), "no file that jsc makes"},
		{"no digest", `{"format": 1, "artifacts": [{"path": "operator.jwt", "sha256": "abc"}]}`, `operator.jwt with "abc", which is no SHA-256`},
		{"twice", fmt.Sprintf(`{"format": 1, "artifacts": [{"path": "operator.jwt", "sha256": %q}, {"path": "operator.jwt", "sha256": %q}]}`, Digest(nil), Digest(nil)), "it lists operator.jwt twice"},
		{"later format", `{"format": 2}`, "its format is 2, this jsc knows 1"},
		{"conflict", "{\n<<<<<<< HEAD\n=======\n>>>>>>> x\n}", "manifest.json has merge conflict markers; take either side"},
		{"empty", "", "restore the output folder from git, or remove it and build again"},
		{"cut off", `{"format": 1, "artifacts": [`, "manifest.json cannot be used: it is not JSON: it ends too early"},
		{"two values", entry("operator.jwt") + "{}", "manifest.json cannot be used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := newPlace(t)
			build(t, place, 1)
			writeFile(t, filepath.Join(place.Out, "manifest.json"), c.data)
			refused(t, place, c.want)
		})
	}
}

func TestMade(t *testing.T) {
	for _, name := range []string{
		"manifest.json", "operator.jwt", "operator.conf", "resolver.conf", "server.conf", "server-1.conf",
		"accounts/ACCTA.jwt", "accounts/odd%20name-0a1b2c3d.json", "users/ACCTA/order-service.jwt", "activations/ACCTB.json",
		"activations/ACCTB/order-events.deliver.2.jwt", "activations/ACCTB/README.md",
		"jetstream/ACCTA/ORDEREVENTS.json", "jetstream/ACCTA/ORDEREVENTS/ORDEREVENTS-C1.json", "resolver-dir/AB.jwt",
	} {
		if !Made(name) {
			t.Errorf("%s is not made", name)
		}
	}
	for _, name := range []string{
		"", ".", "..", "/", "operator.jwt/", "/operator.jwt", "./operator.jwt", "accounts", "accounts/", "accounts//x.jwt", "accounts/x.txt",
		"accounts/x/y.jwt", "users/x.jwt", "README.md", "x.lock.json", "accounts/a b.jwt", "accounts/é.jwt", "accounts/" + strings.Repeat("x", 255) + ".jwt",
	} {
		if Made(name) {
			t.Errorf("%q is made", name)
		}
	}
}

// FuzzManifest holds that no manifest makes parseManifest panic or list a path
// that leaves the folder.
func FuzzManifest(f *testing.F) {
	files, _ := generation(1)
	f.Add(files[len(files)-1].Data)
	f.Add([]byte(`{"format": 1, "artifacts": [{"path": "../x", "sha256": ""}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		for _, e := range m.files {
			name := e.path
			if !fs.ValidPath(name) || !filepath.IsLocal(name) || strings.HasPrefix(name, ".") {
				t.Fatalf("%q", name)
			}
		}
	})
}

// A branch may hold files of any size: what nobody builds is not read.
func TestHugeFilesAreRefused(t *testing.T) {
	place := newPlace(t)
	if err := tryBuild(t, place, 1, nil); err != nil {
		t.Fatal(err)
	}
	huge := filepath.Join(place.Out, "accounts", "A.jwt")
	if err := os.Truncate(huge, MaxFile+1); err != nil {
		t.Fatal(err)
	}
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = v.ReadFile("accounts/A.jwt")
	wantError(t, err, "A.jwt is larger than 512 MiB")
	v.Close()
	if err := os.Truncate(place.Lock, MaxFile+1); err != nil {
		t.Fatal(err)
	}
	_, err = Read(t.Context(), place, nil)
	wantError(t, err, "x.lock.json is larger than 512 MiB")
}

// A manifest hides what is in a folder of an environment, not in one that jsc
// writes into: an account may be called manifest, and a branch may hold any file.
func TestPathsBesideManifests(t *testing.T) {
	place := newPlace(t)
	if err := tryBuild(t, place, 1, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"accounts/manifest.json", "accounts/old.jwt", "jetstream/A1/manifest.json", "users/x/y/manifest.json", "users/x/y/old.jwt", "test/manifest.json", "test/accounts/A.jwt"} {
		writeFile(t, filepath.Join(place.Out, name), "{}")
	}
	v, err := Read(t.Context(), place, nil)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := v.Paths()
	v.Close()
	got := strings.Join(paths, " ")
	const want = "accounts/A.jwt accounts/G1.json accounts/manifest.json accounts/old.jwt jetstream/A1/S.json jetstream/A1/S/C.json" +
		" jetstream/A1/manifest.json manifest.json operator.conf operator.jwt users/x/y/manifest.json users/x/y/old.jwt"
	if err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if err := tryBuild(t, place, 2, nil); err != nil {
		t.Error(err)
	}
}

// TestLinksOnTheWay: from the lock's folder down each folder is looked at; what is
// elsewhere is looked at alone.
func TestLinksOnTheWay(t *testing.T) {
	top := t.TempDir()
	base := filepath.Join(top, "base")
	if err := os.MkdirAll(filepath.Join(base, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{filepath.Join(top, "link"), filepath.Join(base, "link"), filepath.Join(base, "a", "link")} {
		if err := os.Symlink(filepath.Join(base, "a"), link); err != nil {
			t.Fatal(err)
		}
	}
	for folder, refused := range map[string]bool{
		"base": false, "base/a/b": false, "base/a/new/c": false,
		"base/link": true, "base/link/b": true, "base/a/link": true, "base/a/link/b": true,
		"link": true, "link/b": false,
	} {
		if err := refuseLinks(filepath.Join(top, folder), base); (err != nil) != refused {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

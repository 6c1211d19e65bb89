package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jsc/emit/folder"
)

// onDisk is the tree's output folder in the file system.
func onDisk(t *testing.T, tr *tree) (out string) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "generated")
	for name, text := range tr.folder {
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// What is no file where one belongs is one finding, and no failure to check:
// also where what is behind a link is what a build wrote.
func TestOddFiles(t *testing.T) {
	clean := built(t)
	const tampered, foreign = "[artifact-tampered]", "[artifact-foreign]"
	link := func(name, to string) func(out string) error {
		return func(out string) error {
			file := filepath.Join(out, filepath.FromSlash(name))
			if err := os.RemoveAll(file); err != nil {
				return err
			}
			return os.Symlink(to, file)
		}
	}
	moved := func(name, to string) func(out string) error {
		return func(out string) error {
			file := filepath.Join(out, name)
			if err := os.Rename(file, filepath.Join(out, to)); err != nil {
				return err
			}
			return os.Symlink(to, file)
		}
	}
	for _, c := range []struct {
		name string
		odd  func(out string) error
		at   string // where the finding is; "": there is none
		rule string
	}{
		{"a token", link("accounts/A.jwt", "B.jwt"), "accounts/A.jwt", tampered},
		{"a server's file", link("resolver.conf", "nowhere"), "resolver.conf", tampered},
		{"another file", link("accounts/A.json", "B.json"), "accounts/A.json", tampered},
		{"the manifest", link("manifest.json", "nowhere"), "manifest.json", tampered},
		{"a folder, moved inside", moved("jetstream", ".jetstream"), "jetstream", tampered},
		{"a folder, moved outside", moved("users", "../users"), "users", tampered},
		{"the accounts' folder", moved("accounts", "../accounts"), "accounts", tampered},
		{"a folder of a folder", moved("jetstream/A", "../A"), "jetstream/A", tampered},
		{"a foreign token", link("accounts/MINE.jwt", "A.jwt"), "accounts/MINE.jwt", foreign},
		{"a foreign file", link("README", "nowhere"), "", ""},
		{"a folder in a file's place", func(out string) error {
			file := filepath.Join(out, "server.conf")
			if err := os.Remove(file); err != nil {
				return err
			}
			return os.Mkdir(file, 0o755)
		}, "server.conf", tampered},
		{"a file in a folder's place", func(out string) error {
			file := filepath.Join(out, "users")
			if err := os.RemoveAll(file); err != nil {
				return err
			}
			return os.WriteFile(file, []byte("mine"), 0o644)
		}, "users", tampered},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := onDisk(t, clean)
			if err := c.odd(out); err != nil {
				t.Fatal(err)
			}
			place := folder.Place{Out: out, Lock: filepath.Join(filepath.Dir(out), "t.lock.json")}
			view, err := folder.Read(t.Context(), place, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer view.Close()
			in := clean.input()
			in.Folder = view
			untouched, err := Untouched(State{clean.lock, view}, State{clean.lock, clean.folder}, "t.lock.json", "generated")
			if err != nil {
				t.Fatal(err)
			}
			for how, found := range map[string][]string{"alone": summaries(run(t, in).Diagnostics), "untouched": summaries(untouched)} {
				if c.at == "" {
					if len(found) > 0 {
						t.Errorf("%s: %q", how, found)
					}
					continue
				}
				if len(found) != 1 || !strings.HasPrefix(found[0], "generated/"+c.at+":") || !strings.Contains(found[0], c.rule) {
					t.Errorf("%s: %q", how, found)
				}
			}
		})
	}
}

package keys

import (
	"os"
	"path/filepath"
	"testing"
)

// Seeds go nowhere whence they would be published: where links lead counts, and
// what a .gitignore of jsc's covers is known without git.
func TestStoreRefusesWhatIsPublished(t *testing.T) {
	for _, c := range []struct {
		name, source, out string
		link, ignore      string // the path of a link to the folder there; of a .gitignore, and its text
		text              string
		gitless           bool
		refused           string // "" is stored
	}{
		{name: "a part of the output", source: "dir:out/keys", out: "out", refused: "is part of the output folder"},
		{name: "a link into the output", source: "dir:link/keys", link: "link", out: "there", refused: "is part of the output folder"},
		{name: "beside the output", source: "dir:out-keys", out: "out"},
		{name: "the topology in the output", source: "dir:.jsc/keys", out: "."},
		{name: "new", source: "dir:new"},
		{name: "new, without git", source: "dir:new", gitless: true},
		{name: "below .jsc, without git", source: "dir:.jsc/keys", gitless: true},
		{name: "there already", source: "dir:there", refused: "git does not ignore"},
		{name: "there already, without git", source: "dir:there", gitless: true, refused: "without git jsc cannot tell"},
		{name: "with its own .gitignore", source: "dir:there", ignore: "there/.gitignore", text: everything, gitless: true},
		{name: "with one above", source: "dir:there", ignore: ".gitignore", text: "/there/\n"},
		{name: "with one that ignores seeds", source: "dir:there", ignore: ".gitignore", text: "*.nk\n"},
		{name: "with one that ignores some", source: "dir:there", ignore: ".gitignore", text: "O/\n", refused: "git does not ignore"},
		{name: "a link out of .jsc", source: "dir:.jsc/keys", link: ".jsc/keys", refused: "git does not ignore"},
		{name: "a link out of a key folder", source: "dir:.jsc/keys", link: ".jsc/keys/A", refused: "/there/"},
		{name: "a link out of a key folder into the output", source: "dir:.jsc/keys", link: ".jsc/keys/A", out: "there", refused: "is part of the output folder"},
		{name: "a link out of a key folder to what is ignored", source: "dir:.jsc/keys", link: ".jsc/keys/A", ignore: ".gitignore", text: "/there/\n"},
		{name: "a link to what is ignored", source: "dir:link", link: "link", ignore: "there/.gitignore", text: everything},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := repository(t, map[string]string{"there/file": ""})
			if c.link != "" {
				link := filepath.Join(top, c.link)
				if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(filepath.Join(top, "there"), link); err != nil {
					t.Fatal(err)
				}
			}
			if c.ignore != "" {
				write(t, filepath.Join(top, c.ignore), c.text)
			}
			if c.gitless {
				t.Setenv("PATH", t.TempDir())
			}
			o := Options{Sources: []string{c.source}, Dir: top, Root: top}
			if c.out != "" {
				o.Out = filepath.Join(top, c.out)
			}
			k := Generate(Account)
			switch err := open(t, o).Add(k); {
			case c.refused != "":
				refused(t, err, "key-in-tree", c.refused, "Choose a folder")
			case err != nil:
				t.Error(err)
			}
			path, err := storeSeed(open(t, o), k)
			switch {
			case c.refused != "":
				refused(t, err, "key-in-tree", c.refused)
			case err != nil:
				t.Error(err)
			case !c.gitless:
				real, err := filepath.EvalSymlinks(path)
				if err != nil {
					t.Fatal(err)
				}
				runGit(t, top, "check-ignore", "-q", real)
			}
		})
	}
}

// What a branch can bring about one seed's place is looked at before it is made,
// and none of the others is.
func TestStoreJudgesEverySeed(t *testing.T) {
	first, k := Generate(Account), Generate(User)
	link := func(top, at, to string) error {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(top, at)), 0o700); err != nil {
			return err
		}
		return os.Symlink(filepath.Join(top, to), filepath.Join(top, at))
	}
	for _, c := range []struct {
		name, source string
		bring        func(top string) error
		refused      string
	}{
		{"a link for some keys", "dir:.jsc/keys", func(top string) error {
			return link(top, filepath.Dir(filepath.Join(".jsc/keys", nested(k.public))), "there")
		}, "there, which git does not ignore"},
		{"a .gitignore for some keys", "dir:seeds", func(top string) error {
			write(t, filepath.Join(top, ".gitignore"), "*.nk\n")
			write(t, filepath.Join(top, filepath.Dir(filepath.Join("seeds", nested(k.public))), ".gitignore"), "!*.nk\n")
			return nil
		}, "seeds, which git does not ignore"},
		{"a .gitignore for long names", "dir:seeds", func(top string) error {
			write(t, filepath.Join(top, ".gitignore"), "*.nk\n!U?????????*.nk\n")
			return os.Mkdir(filepath.Join(top, "seeds"), 0o700)
		}, "seeds, which git does not ignore"},
		{"a .gitignore that is a link", "dir:.jsc/keys", func(top string) error {
			write(t, filepath.Join(top, "there", "all"), everything)
			return link(top, ".jsc/.gitignore", "there/all")
		}, "keys, which git does not ignore"},
		{"nothing", "dir:.jsc/keys", func(string) error { return nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := repository(t, map[string]string{"there/file": ""})
			if err := c.bring(top); err != nil {
				t.Fatal(err)
			}
			r := open(t, Options{Sources: []string{c.source}, Dir: top, Root: top})
			paths, err := r.storeSeeds([]*Key{first, k})
			if c.refused == "" {
				if err != nil || len(paths) != 2 {
					t.Errorf("stored %v: %v", paths, err)
				}
				return
			}
			refused(t, err, "key-in-tree", c.refused)
			if held, err := r.Held(); err != nil || len(held) > 0 {
				t.Errorf("stored %v: %v", held, err)
			}
		})
	}
}

// Where a place cannot be found out, nothing is stored in any.
func TestStoreRefusesWhereAPlaceIsUnknown(t *testing.T) {
	top := repository(t, map[string]string{"there/file": ""})
	if err := os.Symlink("A", filepath.Join(top, "there", "A")); err != nil { // which leads to itself
		t.Fatal(err)
	}
	r := open(t, Options{Sources: []string{"dir:there"}, Dir: top, Root: top})
	if paths, err := r.storeSeeds([]*Key{Generate(Operator), Generate(Account)}); err == nil {
		t.Errorf("stored %v", paths)
	}
	if _, err := os.Lstat(filepath.Join(top, "there", "O")); err == nil {
		t.Error("a seed is stored where git does not ignore it")
	}
}

package keys

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// userToken is a user's JWT, signed by a new account.
func userToken(t *testing.T, user *Key, name string) string {
	t.Helper()
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.NewUserClaims(user.public)
	claims.Name = name
	token, err := claims.Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// users is a Ring with two users' seeds, and their creds.
func users(t *testing.T) (*Ring, []Creds) {
	t.Helper()
	a, b := Generate(User), Generate(User)
	seeds := seedOf(t, a) + " " + seedOf(t, b)
	r := open(t, Options{Sources: []string{"env:SEEDS"}, Getenv: func(string) string { return seeds }})
	return r, []Creds{
		{Path: "ACCTA/a.creds", ID: "account/ACCTA/user/a", PublicKey: a.public, Token: userToken(t, a, "a")},
		{Path: "ACCTA/b.creds", ID: "account/ACCTA/user/b", PublicKey: b.public, Token: userToken(t, b, "b")},
	}
}

func TestWriteCreds(t *testing.T) {
	for _, umask := range []int{0, 0o077, 0o277} {
		old := syscall.Umask(umask)
		root := t.TempDir()
		os.Chmod(root, 0o755)
		r, creds := users(t)
		dir := filepath.Join(root, "creds")
		changed, err := r.WriteCreds(dir, filepath.Join(root, "generated"), creds)
		syscall.Umask(old)
		if err != nil || len(changed) != 2 {
			t.Fatalf("umask %03o: changed %v: %v", umask, changed, err)
		}
		for i, c := range creds {
			path := filepath.Join(dir, c.Path)
			if changed[i] != path {
				t.Errorf("changed %s, want %s", changed[i], path)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			// As clients read it.
			token, err := nkeys.ParseDecoratedJWT(text)
			if err != nil || token != c.Token {
				t.Errorf("the token is %q: %v", token, err)
			}
			pair, err := nkeys.ParseDecoratedUserNKey(text)
			if err != nil {
				t.Fatal(err)
			}
			if public, _ := pair.PublicKey(); public != c.PublicKey {
				t.Errorf("the seed is of %s, want %s", public, c.PublicKey)
			}
			if got := mode(t, path); got != 0o600 {
				t.Errorf("umask %03o: the file's mode is %03o", umask, got)
			}
		}
		for _, folder := range []string{dir, filepath.Join(dir, "ACCTA")} {
			if got := mode(t, folder); got != 0o700 {
				t.Errorf("umask %03o: the mode of %s is %03o", umask, folder, got)
			}
		}
		if entries, _ := os.ReadDir(filepath.Join(dir, "ACCTA")); len(entries) != 2 {
			t.Errorf("the folder has %d files", len(entries))
		}
	}
}

func TestWriteCredsAgain(t *testing.T) {
	root := t.TempDir()
	r, creds := users(t)
	write := func() ([]string, error) { return r.WriteCreds(root, filepath.Join(root, "generated"), creds) }
	paths, err := write()
	if err != nil {
		t.Fatal(err)
	}
	// Unchanged.
	if changed, err := write(); err != nil || len(changed) != 0 {
		t.Errorf("changed %v: %v", changed, err)
	}
	// A mode that somebody widened.
	os.Chmod(paths[0], 0o644)
	if changed, err := write(); err != nil || !slices.Equal(changed, paths[:1]) || mode(t, paths[0]) != 0o600 {
		t.Errorf("changed %v: %v", changed, err)
	}
	// A new token of the same user.
	before, _ := os.ReadFile(paths[1])
	first, err := parseSeeds([]byte(seedLine(t, paths[0])))
	if err != nil {
		t.Fatal(err)
	}
	creds[0].Token = userToken(t, first[0], "a, changed")
	if changed, err := write(); err != nil || !slices.Equal(changed, paths[:1]) {
		t.Errorf("changed %v: %v", changed, err)
	}
	if text, _ := os.ReadFile(paths[0]); !bytes.Contains(text, []byte(creds[0].Token)) {
		t.Error("the new token is not there")
	}
	// Another user's creds stay, and nothing else is written.
	other, otherCreds := users(t)
	otherCreds[0].Path = "ACCTA/new.creds"
	_, err = other.WriteCreds(root, filepath.Join(root, "generated"), otherCreds)
	failed(t, err, "account/ACCTA/user/b", paths[1], creds[1].PublicKey, otherCreds[1].PublicKey)
	if after, _ := os.ReadFile(paths[1]); !bytes.Equal(after, before) {
		t.Error("another user's creds were replaced")
	}
	if _, err := os.Stat(filepath.Join(root, "ACCTA", "new.creds")); err == nil {
		t.Error("half of the creds were written")
	}
	// A rotated user's are replaced, but no other ones that ended, nor what ended
	// as another user's.
	ended := ""
	for i := range otherCreds {
		otherCreds[i].Ended = func(public string) bool { return public == ended }
	}
	ended = creds[0].PublicKey
	_, err = other.WriteCreds(root, filepath.Join(root, "generated"), otherCreds)
	failed(t, err, paths[1], creds[1].PublicKey)
	ended = creds[1].PublicKey
	if err := other.CheckCreds(root, filepath.Join(root, "generated"), otherCreds); err != nil {
		t.Error(err)
	}
	if changed, err := other.WriteCreds(root, filepath.Join(root, "generated"), otherCreds); err != nil || !slices.Contains(changed, paths[1]) {
		t.Errorf("changed %v: %v", changed, err)
	}
	if first, err := parseSeeds([]byte(seedLine(t, paths[1]))); err != nil || first[0].public != otherCreds[1].PublicKey {
		t.Errorf("the rotated user's creds are not its own: %v", err)
	}
	// Nor is a file replaced that holds none.
	os.WriteFile(paths[1], []byte("notes"), 0o600)
	_, err = write()
	failed(t, err, paths[1], "holds no creds")
}

// seedLine is the line of a .creds file that is its seed.
func seedLine(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	return lines[slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "SU") })]
}

func TestWriteCredsFailures(t *testing.T) {
	root := t.TempDir()
	r, creds := users(t)
	out := filepath.Join(root, "generated")
	for _, bad := range []string{"../a.creds", "/a.creds", "x/../../a.creds"} {
		_, err := r.WriteCreds(root, out, []Creds{{Path: bad, ID: "account/ACCTA/user/a"}})
		failed(t, err, "account/ACCTA/user/a", "leads out of the folder")
	}
	swapped := []Creds{creds[0]}
	swapped[0].Token = creds[1].Token
	_, err := r.WriteCreds(root, out, swapped)
	failed(t, err, "account/ACCTA/user/a", "does not match")

	lacking := Generate(User)
	_, err = r.WriteCreds(root, out, []Creds{creds[0], {Path: "x.creds", ID: "account/ACCTA/user/x", PublicKey: lacking.public}})
	refused(t, err, "key-missing", "account/ACCTA/user/x", lacking.public, "env:SEEDS (2 seeds)")
	if entries, _ := os.ReadDir(root); len(entries) != 0 {
		t.Errorf("the failures wrote %v", entries)
	}

	write(t, filepath.Join(root, "ACCTA"), "a file in the way")
	_, err = r.WriteCreds(root, out, creds)
	failed(t, err, "account/ACCTA/user/a")
}

// CheckCreds says what WriteCreds would say, before there is a token, and
// writes nothing.
func TestCheckCreds(t *testing.T) {
	root := t.TempDir()
	out := filepath.Join(root, "generated")
	r, creds := users(t)
	tokens := []string{creds[0].Token, creds[1].Token}
	creds[0].Token, creds[1].Token = "", ""
	if err := r.CheckCreds(root, out, creds); err != nil {
		t.Error(err)
	}
	refused(t, r.CheckCreds(out, out, creds), "creds-in-tree", out)
	lacking := Generate(User)
	refused(t, r.CheckCreds(root, out, []Creds{{Path: "x.creds", ID: "account/ACCTA/user/x", PublicKey: lacking.public}}),
		"key-missing", lacking.public)
	unmade := []Creds{{Path: "ACCTA/a.creds", ID: "account/ACCTA/user/a"}}
	if err := r.CheckCreds(root, out, unmade); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(root); len(entries) != 0 {
		t.Errorf("it wrote %v", entries)
	}
	creds[0].Token, creds[1].Token = tokens[0], tokens[1]
	paths, err := r.WriteCreds(root, out, creds)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckCreds(root, out, creds); err != nil {
		t.Error(err)
	}
	failed(t, r.CheckCreds(root, out, unmade), paths[0], creds[0].PublicKey, "to be made")
	other, others := users(t)
	failed(t, other.CheckCreds(root, out, others), paths[0], creds[0].PublicKey, others[0].PublicKey)
	os.WriteFile(paths[1], []byte("notes"), 0o600)
	failed(t, r.CheckCreds(root, out, creds), paths[1], "holds no creds")
}

// A signer outside does not give the seed away.
func TestCredsNeedTheSeedHere(t *testing.T) {
	user := Generate(User)
	r := open(t, Options{Sources: []string{signer(t, "good", user)}})
	defer r.Close()
	signs(t, r, user)
	_, err := r.WriteCreds(t.TempDir(), t.TempDir(), []Creds{{Path: "u.creds", ID: "account/ACCTA/user/u", PublicKey: user.public, Token: userToken(t, user, "u")}})
	refused(t, err, "key-missing", "account/ACCTA/user/u", user.public)
}

func TestCredsInTree(t *testing.T) {
	for name, test := range map[string]struct {
		ignore, dir string
		tracked     string
		ok          bool
	}{
		"folder ignored":      {"/creds/\n", "creds", "", true},
		"files ignored":       {"*.creds\n", "creds", "", true},
		"below .jsc":          {".jsc/\n", ".jsc/creds", "", true},
		"not ignored":         {"", "creds", "", false},
		"others ignored":      {"/keys/\n", "creds", "", false},
		"one not ignored":     {"*.creds\n!b.creds\n", "creds", "", false},
		"ignored but tracked": {"*.creds\n", "creds", "creds/ACCTA/a.creds", false},
		"the top itself":      {"", ".", "", false},
		"the output folder":   {"*\n", "generated", "", false},
		"below it":            {"*\n", "generated/creds", "", false},
	} {
		r, creds := users(t)
		files := map[string]string{".gitignore": test.ignore}
		var added []string
		if test.tracked != "" {
			files[test.tracked] = "x"
			added = []string{test.tracked}
		}
		top := repository(t, files, added...)
		changed, err := r.WriteCreds(filepath.Join(top, test.dir), filepath.Join(top, "generated"), creds)
		if test.ok {
			if err != nil || len(changed) != 2 {
				t.Errorf("%s: changed %v: %v", name, changed, err)
			}
			continue
		}
		refused(t, err, "creds-in-tree", top)
		for _, c := range creds {
			path := filepath.Join(top, test.dir, c.Path)
			if text, err := os.ReadFile(path); err == nil && string(text) != "x" {
				t.Errorf("%s: %s was written", name, path)
			}
		}
	}
}

func TestCredsInTreeByOtherWays(t *testing.T) {
	top := repository(t, map[string]string{"sub/x": ""})
	refuse := func(dir string) {
		t.Helper()
		r, creds := users(t)
		_, err := r.WriteCreds(dir, filepath.Join(top, "generated"), creds)
		refused(t, err, "creds-in-tree", top)
	}
	// A link from outside.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(top, "sub"), link); err != nil {
		t.Fatal(err)
	}
	refuse(link)
	// A link in the place of an account's folder.
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(top, "sub"), filepath.Join(dir, "ACCTA")); err != nil {
		t.Fatal(err)
	}
	refuse(dir)
	// A linked work tree, where .git is a file.
	runGit(t, top, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "--allow-empty", "-m", "x")
	linked := filepath.Join(t.TempDir(), "linked")
	runGit(t, top, "worktree", "add", "-q", linked)
	r, creds := users(t)
	_, err := r.WriteCreds(linked, filepath.Join(top, "generated"), creds)
	refused(t, err, "creds-in-tree", linked)
	// Without git, nothing tells that the files are ignored.
	write(t, filepath.Join(top, ".gitignore"), "*\n")
	t.Setenv("PATH", t.TempDir())
	r, creds = users(t)
	_, err = r.WriteCreds(filepath.Join(top, "creds"), filepath.Join(top, "generated"), creds)
	refused(t, err, "creds-in-tree", "without git")
	// Outside of a work tree none is needed.
	if _, err := r.WriteCreds(t.TempDir(), filepath.Join(top, "generated"), creds); err != nil {
		t.Error(err)
	}
}

func TestCredsErrorsAreTyped(t *testing.T) {
	top := repository(t, nil)
	r, creds := users(t)
	_, err := r.WriteCreds(top, filepath.Join(top, "generated"), creds)
	var e *Error
	if !errors.As(err, &e) || e.Error() != e.Diagnostic().Summary {
		t.Errorf("error %v", err)
	}
}

// What could not be put in its place is not left beside it.
func TestWriteCredsLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "u.creds")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeCreds(path, []byte("a seed")); err == nil {
		t.Error("a folder was replaced")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

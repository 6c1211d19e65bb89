package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/nats-io/jwt/v2"
)

// Creds is one .creds file: a user's JWT and seed in the clients' format.
type Creds struct {
	Path      string // relative to the folder of creds, slash-separated
	ID        string // the user, as in "account/ACCTA/user/order-service"
	PublicKey string // the user's pinned key
	Token     string // the user's JWT
	// Ended, if any, reports that a public key is revoked: it was the user's, as
	// before a rotation, and its creds, which connect no more, may be replaced.
	Ended func(publicKey string) bool
}

// CheckCreds returns the error that would keep WriteCreds from writing, so that
// a build can say so before it writes anything else. It looks at no Token. A
// user whose key is still to be made has no PublicKey: nothing may stand in its
// file's place.
func (r *Ring) CheckCreds(dir, out string, creds []Creds) error {
	paths, err := r.placeCreds(dir, out, creds)
	if err != nil {
		return err
	}
	for i, c := range creds {
		var key *Key
		if c.PublicKey != "" {
			if key, err = r.key(c.ID, c.PublicKey); err != nil {
				return err
			}
		}
		old, err := presentCreds(c, paths[i])
		if err == nil {
			err = old.admit(c, paths[i], key)
			old.wipe()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteCreds writes .creds files below folder dir and returns the paths of
// those that changed, in the order given. Files have mode 0600 and the folders
// it makes 0700, whatever the umask.
//
// It writes nothing, and returns an *Error of rule creds-in-tree, when a file
// would lie in the output folder out, or in a git work tree and git does not
// ignore it. An existing file is replaced only when it holds the same user's
// seed, or one that ended; otherwise nothing is written and that is an error. A seed that is
// lacking is the same *Error as from Signer.
func (r *Ring) WriteCreds(dir, out string, creds []Creds) (changed []string, err error) {
	paths, err := r.placeCreds(dir, out, creds)
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, len(creds))
	defer func() {
		for _, content := range contents {
			clear(content)
		}
	}()
	for i, c := range creds {
		if contents[i], err = r.formatCreds(c, paths[i]); err != nil {
			return nil, err
		}
	}
	for i, c := range creds {
		if contents[i] == nil {
			continue
		}
		if err := writeCreds(paths[i], contents[i]); err != nil {
			return changed, fmt.Errorf("write creds of %s: %w", c.ID, err)
		}
		changed = append(changed, paths[i])
	}
	return changed, nil
}

// placeCreds are the absolute paths of .creds files, none of which would be
// published.
func (r *Ring) placeCreds(dir, out string, creds []Creds) ([]string, error) {
	paths := make([]string, len(creds))
	for i, c := range creds {
		if !filepath.IsLocal(filepath.FromSlash(c.Path)) {
			return nil, fmt.Errorf("write creds of %s: the path %q leads out of the folder", c.ID, c.Path)
		}
		var err error
		if paths[i], err = resolve(filepath.Join(dir, filepath.FromSlash(c.Path))); err != nil {
			return nil, fmt.Errorf("write creds of %s: %w", c.ID, err)
		}
	}
	return paths, checkCredsPlaces(r.o.ctx, out, paths)
}

// checkCredsPlaces refuses files that would be published.
func checkCredsPlaces(ctx context.Context, out string, paths []string) error {
	out, err := resolve(out)
	if err != nil {
		return fmt.Errorf("find the output folder: %w", err)
	}
	refuse := func(path, why string) error {
		return &Error{Rule: "creds-in-tree", args: []any{path, why}}
	}
	for _, path := range paths {
		if inside(out, path) {
			return refuse(filepath.Dir(path), "is part of the output folder")
		}
	}
	file, why, err := notIgnored(ctx, paths)
	if err == nil && file != "" {
		err = refuse(filepath.Dir(file), why)
	}
	return err
}

// present is what stands in the place of a .creds file.
type present struct {
	exists  bool
	mode    fs.FileMode
	content []byte
}

func (f *present) wipe() { clear(f.content) }

func presentCreds(c Creds, path string) (*present, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &present{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("write creds of %s: %w", c.ID, err)
	}
	content, err := readAtMost(path, maxSeeds)
	if err != nil {
		return nil, fmt.Errorf("read the creds of %s that are there: %w", c.ID, err)
	}
	return &present{true, info.Mode().Perm(), content}, nil
}

// admit refuses to replace what is not the same user's. A nil key is one that
// is still to be made.
func (f *present) admit(c Creds, path string, key *Key) error {
	if !f.exists {
		return nil
	}
	pair, err := jwt.ParseDecoratedUserNKey(f.content)
	if err != nil {
		return fmt.Errorf("write creds of %s: %s is there and holds no creds; remove it first", c.ID, path)
	}
	defer pair.Wipe()
	public, err := pair.PublicKey()
	switch {
	case key == nil:
		return fmt.Errorf("write creds of %s: %s is there and holds the seed of %s, not of the key that is to be made; remove it first", c.ID, path, public)
	case err == nil && public != key.public && c.Ended != nil && c.Ended(public):
		return nil
	case err != nil || public != key.public:
		return fmt.Errorf("write creds of %s: %s is there and holds the seed of %s, not of %s; remove it first", c.ID, path, public, key.public)
	}
	return nil
}

// formatCreds returns the content of a .creds file, or nil when it is there
// already.
func (r *Ring) formatCreds(c Creds, path string) ([]byte, error) {
	key, err := r.key(c.ID, c.PublicKey)
	if err != nil {
		return nil, err
	}
	old, err := presentCreds(c, path)
	if err != nil {
		return nil, err
	}
	defer old.wipe()
	if err := old.admit(c, path, key); err != nil {
		return nil, err
	}
	seed, err := key.seed()
	if err != nil {
		return nil, fmt.Errorf("write creds of %s: %w", c.ID, err)
	}
	defer clear(seed)
	content, err := jwt.FormatUserConfig(c.Token, seed)
	if err != nil {
		return nil, fmt.Errorf("write creds of %s: %w", c.ID, err)
	}
	if old.exists && bytes.Equal(old.content, content) && old.mode == 0o600 {
		clear(content)
		return nil, nil
	}
	return content, nil
}

func writeCreds(path string, content []byte) error {
	folder := filepath.Dir(path)
	if err := makeFolders(folder); err != nil {
		return err
	}
	// renameio.WriteFile would keep the mode of the file that is replaced.
	f, err := renameio.NewPendingFile(path, renameio.WithStaticPermissions(0o600), renameio.WithTempDir(folder))
	if err != nil {
		return err
	}
	defer f.Cleanup()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return err
	}
	return syncFolder(folder)
}

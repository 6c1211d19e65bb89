package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Store writes the seed of a new key into the first dir: source, in nsc's
// layout, and makes the key the Ring's, which wipes it in the end. It returns the file's path. The
// file has mode 0600 and the folders it makes 0700, whatever the umask; it is
// on disk when Store returns. An existing file is never overwritten: that is an
// error that wraps fs.ErrExist. Without a dir: source it is an error, too.
//
// Where the folder is below one named .jsc, that gets a .gitignore of "*";
// another folder gets its own when Store makes it.
func (r *Ring) Store(k *Key) (string, error) {
	path, err := r.storeSeed(k)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added[k.public] = k
	r.o.hoard.add(k)
	return path, nil
}

func (r *Ring) storeSeed(k *Key) (string, error) {
	for _, s := range r.sources {
		if d, ok := s.(*dir); ok {
			defer r.relist()
			path, err := d.store(k)
			if err != nil {
				return "", fmt.Errorf("store the seed of %s in %s: %w", k.public, d, err)
			}
			return path, nil
		}
	}
	return "", fmt.Errorf("store the seed of %s: no source of keys is a folder, dir:PATH; they are %s", k.public, r)
}

func (d *dir) store(k *Key) (string, error) {
	if err := d.ignore(); err != nil {
		return "", err
	}
	path := filepath.Join(d.bases()[0], nested(k.public))
	if err := makeFolders(filepath.Dir(path)); err != nil {
		return "", err
	}
	seed, err := k.seed()
	if err != nil {
		return "", err
	}
	defer clear(seed)
	if err := writeNew(path, seed, 0o600); err != nil {
		return "", err
	}
	return path, nil
}

// ignore keeps git from adding the folder's seeds. A .gitignore that is there
// already is left alone.
func (d *dir) ignore() error {
	folder := d.path
	if _, err := os.Stat(folder); err == nil {
		folder = ""
	}
	for at := d.path; at != filepath.Dir(at); at = filepath.Dir(at) {
		if filepath.Base(at) == ".jsc" {
			folder = at
		}
	}
	if folder == "" {
		return nil
	}
	if err := makeFolders(folder); err != nil {
		return err
	}
	err := writeNew(filepath.Join(folder, ".gitignore"), []byte("*\n"), 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// makeFolders makes a folder and what lacks above it, each with mode 0700;
// existing ones keep their modes.
func makeFolders(path string) error {
	err := os.Mkdir(path, 0o700)
	switch {
	case err == nil:
		if err := os.Chmod(path, 0o700); err != nil {
			return err
		}
		return syncFolder(filepath.Dir(path))
	case errors.Is(err, fs.ErrExist):
		return nil // a file in its place fails what is made below it
	case errors.Is(err, fs.ErrNotExist):
		if err := makeFolders(filepath.Dir(path)); err != nil {
			return err
		}
		return makeFolders(path)
	}
	return err
}

// writeNew makes a file that must not exist yet. A file that could not be
// written whole is removed.
func writeNew(path string, data []byte, mode fs.FileMode) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			os.Remove(path)
			return
		}
		err = syncFolder(filepath.Dir(path))
	}()
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes new names in a folder survive a crash.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

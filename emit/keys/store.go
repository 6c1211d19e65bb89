package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Add makes a new key the Ring's, which signs with it and wipes it in the end.
// Its seed is in memory alone until Store. Without a dir: source to store it in
// that is an error.
func (r *Ring) Add(k *Key) error {
	if _, err := r.folder(k); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added[k.public] = k
	r.pending = append(r.pending, k)
	r.o.hoard.add(k)
	return nil
}

// Store writes the seeds of the keys that were added, each into a file of its
// own in the first dir: source, in nsc's layout. A file has mode 0600 and the
// folders it makes 0700, whatever the umask; all are on disk when Store returns.
// An existing file is never overwritten: that is an error that wraps fs.ErrExist.
//
// It is for the moment before a lock pins the keys: a seed of nothing is
// clutter, and a pin without its seed is worse.
//
// Where the folder is below one named .jsc, that gets a .gitignore of "*";
// another folder gets its own when Store makes it. A folder in which seeds would
// be published is an *Error of rule key-in-tree, as soon as by Add.
func (r *Ring) Store() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	stored, err := r.storeSeeds(r.pending)
	r.pending = r.pending[len(stored):]
	return err
}

// folder is where a key's seed would be stored, if it may.
func (r *Ring) folder(k *Key) (*dir, error) {
	for _, s := range r.sources {
		if d, ok := s.(*dir); ok {
			if err := d.mayStore(); err != nil {
				return nil, fmt.Errorf("store the seed of %s in %s: %w", k.public, d, err)
			}
			return d, nil
		}
	}
	return nil, fmt.Errorf("store the seed of %s: no source of keys is a folder, dir:PATH; they are %s", k.public, r)
}

// storeSeeds returns the paths of the seeds' files, as many as it made. None is
// made where one would be published.
func (r *Ring) storeSeeds(seeds []*Key) (paths []string, err error) {
	if len(seeds) == 0 {
		return nil, nil
	}
	d, err := r.folder(seeds[0])
	if err != nil {
		return nil, err
	}
	places := make([]string, len(seeds))
	for i, k := range seeds {
		places[i] = d.place(k.public)
	}
	if err := d.publishes(places); err != nil {
		return nil, fmt.Errorf("store seeds in %s: %w", d, err)
	}
	defer r.relist()
	for i, k := range seeds {
		if err := d.store(k, places[i]); err != nil {
			return places[:i], fmt.Errorf("store the seed of %s in %s: %w", k.public, d, err)
		}
	}
	return places, nil
}

// place is where the seed of a public key is stored.
func (d *dir) place(public string) string { return filepath.Join(d.bases()[0], nested(public)) }

func (d *dir) store(k *Key, path string) error {
	if err := d.ignore(); err != nil {
		return err
	}
	if err := makeFolders(filepath.Dir(path)); err != nil {
		return err
	}
	seed, err := k.seed()
	if err != nil {
		return err
	}
	defer clear(seed)
	if err := WriteNew(path, seed, 0o600); err != nil {
		return err
	}
	return os.Chmod(path, 0o600) // whatever the umask
}

// everything is a .gitignore under which git adds nothing.
const everything = "*\n"

// ignoring is the folder whose .gitignore keeps git from adding the seeds: that
// named .jsc which they are below, else their own.
func (d *dir) ignoring() string {
	folder := d.path
	for at := d.path; at != filepath.Dir(at); at = filepath.Dir(at) {
		if filepath.Base(at) == hiddenDir {
			folder = at
		}
	}
	return folder
}

// ignores reports that the folder has such a .gitignore, or (yet) that Store
// makes it: with a folder of its own, and below .jsc. One that is there is left
// alone. A link is none to git.
func (d *dir) ignores() (has, yet bool) {
	folder := d.ignoring()
	name := filepath.Join(folder, ".gitignore")
	if info, err := os.Lstat(name); err == nil {
		text, err := readAtMost(name, maxSeedFile)
		return err == nil && info.Mode().IsRegular() && string(text) == everything, false
	}
	_, err := os.Stat(folder)
	return false, filepath.Base(folder) == hiddenDir || errors.Is(err, fs.ErrNotExist)
}

func (d *dir) ignore() error {
	if _, yet := d.ignores(); !yet {
		return nil
	}
	if err := makeFolders(d.ignoring()); err != nil {
		return err
	}
	err := WriteNew(filepath.Join(d.ignoring(), ".gitignore"), []byte(everything), 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// publishesAny is publishes for seeds of every role: before there is one.
func (d *dir) publishesAny() error {
	var seeds []string
	for _, role := range []Role{Operator, Account, User} {
		seeds = append(seeds, d.place(string(role)+"AA"))
	}
	return d.publishes(seeds)
}

// publishes refuses files whence seeds would be published: of the output folder,
// or of a git work tree and not ignored. An output folder in which the topology
// itself lies holds what is beside it too. A branch may bring links below the
// folder, and .gitignores of some of its folders: each file is judged, where it is.
func (d *dir) publishes(seeds []string) error {
	real, err := resolveFolders(seeds)
	if err != nil {
		return err
	}
	folder, err := resolve(d.bases()[0])
	if err != nil {
		return err
	}
	refuse := func(file, why string) error {
		where := folder
		if !inside(folder, file) {
			where = filepath.Dir(file)
		}
		return &Error{Rule: "key-in-tree", args: []any{fmt.Sprintf("seeds would be stored in %s, which %s", where, why)},
			hint: "Choose a folder outside of the work tree and the output folder, or have git ignore it."}
	}
	if d.o.Out != "" {
		out, err := resolve(d.o.Out)
		if err != nil {
			return fmt.Errorf("find the output folder: %w", err)
		}
		root, err := resolve(d.o.Root)
		if err != nil {
			return fmt.Errorf("find the topology's folder: %w", err)
		}
		for _, file := range real {
			if inside(out, file) && !inside(out, root) {
				return refuse(file, "is part of the output folder")
			}
		}
	}
	ignoring, err := resolve(d.ignoring())
	if err != nil {
		return err
	}
	if has, yet := d.ignores(); has || yet {
		real = slices.DeleteFunc(real, func(file string) bool { return inside(ignoring, file) })
	}
	file, why, err := notIgnored(d.o.ctx, real)
	if err == nil && file != "" {
		err = refuse(file, why)
	}
	return err
}

// resolveFolders are some files with the folders that they lie in resolved.
func resolveFolders(files []string) ([]string, error) {
	known := map[string]string{}
	real := make([]string, len(files))
	for i, file := range files {
		folder, name := filepath.Split(file)
		if _, seen := known[folder]; !seen {
			var err error
			if known[folder], err = resolve(folder); err != nil {
				return nil, err
			}
		}
		real[i] = filepath.Join(known[folder], name)
	}
	return real, nil
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
		// A file in its place fails what is made below it; a link that leads
		// nowhere, as to what is not mounted, would have that tried for ever.
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is a link that leads nowhere", path)
		}
		return nil
	case errors.Is(err, fs.ErrNotExist):
		if err := makeFolders(filepath.Dir(path)); err != nil {
			return err
		}
		return makeFolders(path)
	}
	return err
}

// WriteNew makes a file that must not exist yet, in a folder that does, with the
// mode that the umask leaves. It is on the disk when WriteNew returns; one that
// could not be written whole is removed. The error of a file that is there is an
// fs.ErrExist.
func WriteNew(path string, data []byte, mode fs.FileMode) (err error) {
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

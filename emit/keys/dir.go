package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"jsc/schema/diag"
)

// maxSeedFile bounds a *.nk file, which holds one seed of 58 bytes.
const maxSeedFile = 4 << 10

const seedSuffix = ".nk"

// dir is a folder of seed files, one key each: nsc's layout, O/AB/OAB….nk below
// the folder or below its keys folder (nsc's store.KeyStore), or files *.nk in
// the folder itself.
type dir struct {
	o    *opening
	name string // as named by the user
	path string // absolute

	// bases are the folders that may hold nsc's layout, the one to store into
	// first: nsc's own folder has the seeds below keys/, beside creds/.
	bases func() []string
	// flat is the *.nk files in the folder that are not named by a public key;
	// only those must be read to know whose they are.
	flat func() (map[string]*Key, error)
	// mayStore is the error that keeps seeds from being stored here.
	mayStore func() error
	// real is path without links.
	real func() (string, error)
}

func openDir(o *opening, arg string) (source, error) {
	path, err := o.path(arg)
	if err != nil {
		return nil, err
	}
	d := &dir{o: o, name: "dir:" + arg, path: path}
	d.bases = sync.OnceValue(func() []string {
		below := filepath.Join(path, "keys")
		if info, err := os.Stat(below); err == nil && info.IsDir() {
			return []string{below, path}
		}
		return []string{path}
	})
	d.flat = sync.OnceValues(d.readFlat)
	d.mayStore = sync.OnceValue(d.publishesAny)
	d.real = sync.OnceValues(func() (string, error) { return resolve(path) })
	return d, nil
}

func (d *dir) String() string { return d.name }

// nested is where nsc's layout has a key, below a base.
func nested(public string) string {
	return filepath.Join(public[:1], public[1:3], public+seedSuffix)
}

func (d *dir) find(id, public string) (*Key, error) {
	var places []string
	for _, base := range d.bases() {
		places = append(places, filepath.Join(base, nested(public)))
	}
	places = append(places, filepath.Join(d.path, public+seedSuffix))
	for _, place := range places {
		key, err := d.read(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if key.public != public {
			return nil, mismatch(id, public, place, key.public)
		}
		return key, nil
	}
	flat, err := d.flat()
	return flat[public], err
}

// readFlat reads the seed files in the folder that no public key names.
func (d *dir) readFlat() (map[string]*Key, error) {
	entries, err := os.ReadDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read keys from %s: %w", d.name, err)
	}
	found := map[string]*Key{}
	for _, entry := range entries {
		stem, isSeed := strings.CutSuffix(entry.Name(), seedSuffix)
		if _, named := RoleOf(stem); !isSeed || named {
			continue
		}
		key, err := d.read(filepath.Join(d.path, entry.Name()))
		if errors.Is(err, errNotSigning) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[key.public] = key
	}
	return found, nil
}

// held believes the names of files: reading each is left to find.
func (d *dir) held() ([]string, error) {
	flat, err := d.flat()
	if err != nil {
		return nil, err
	}
	all := slices.Collect(maps.Keys(flat))
	files, err := fs.Glob(os.DirFS(d.path), "*"+seedSuffix)
	if err != nil {
		return nil, fmt.Errorf("list keys in %s: %w", d.name, err)
	}
	for _, base := range d.bases() {
		below, err := fs.Glob(os.DirFS(base), "?/??/*"+seedSuffix)
		if err != nil {
			return nil, fmt.Errorf("list keys in %s: %w", d.name, err)
		}
		files = append(files, below...)
	}
	for _, file := range files {
		public := strings.TrimSuffix(path.Base(file), seedSuffix)
		if _, ok := RoleOf(public); ok {
			all = append(all, public)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// read reads one of the folder's seed files, and refuses one that git tracks.
func (d *dir) read(path string) (*Key, error) {
	key, err := readSeedFile(path)
	if err != nil {
		return nil, err
	}
	d.o.hoard.add(key)
	folder, err := d.real()
	if err != nil {
		return nil, err
	}
	if err := d.o.refuseTracked(path, folder); err != nil {
		return nil, err
	}
	return key, nil
}

// readSeedFile reads a file that holds one seed. As ssh does with private keys,
// it refuses one that group or others may read or write. fs.ErrNotExist and
// errNotSigning come wrapped.
func readSeedFile(path string) (*Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read the seed file %s: not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("the seed file %s is open to other users of this machine (mode %04o); run: chmod 600 %s", path, mode, diag.ShellQuote(path))
	}
	data, err := readAtMost(path, maxSeedFile)
	if err != nil {
		return nil, fmt.Errorf("read the seed file: %w", err)
	}
	defer clear(data)
	found, err := parseSeeds(data)
	if err != nil {
		return nil, fmt.Errorf("read the seed file %s: %w", path, err)
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("the seed file %s must hold one seed, not %d", path, len(found))
	}
	return found[0], nil
}

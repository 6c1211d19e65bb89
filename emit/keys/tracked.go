package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"jsc/emit/git"
)

// CheckTracked returns an *Error of rule key-in-tree where git tracks a seed file
// of the default folder below a topology's root, or a link there: a branch could
// bring it, and seeds be stored where it leads.
func CheckTracked(ctx context.Context, root string) error {
	root, err := resolve(root)
	if err != nil {
		return err
	}
	printed, _, err := git.Run(ctx, root, nil, "ls-files", "-s", "-z", "--", hiddenDir)
	if err != nil {
		return fmt.Errorf("ask git what it tracks in %s: %w", filepath.Join(root, hiddenDir), err)
	}
	for _, entry := range slices.Sorted(maps.Keys(names(printed))) {
		about, name, _ := strings.Cut(entry, "\t")
		switch {
		case strings.HasPrefix(about, "120000 "):
			return &Error{Rule: "key-in-tree", args: []any{"git tracks the link " + name + ", which leads away from where seeds are stored"},
				hint: "Remove it from git."}
		case strings.HasSuffix(name, seedSuffix):
			return &Error{Rule: "key-in-tree", args: []any{"git tracks the seed file " + name}}
		}
	}
	return nil
}

// watch knows what git tracks. Thousands of seeds lie in few folders: each is
// looked at once.
type watch struct {
	real    once[string]          // folders without links
	tracked once[map[string]bool] // what git tracks below resolved folders
}

// refuseTracked refuses a plain seed file that git tracks, wherever links on the
// way lead; what is no regular file cannot be. Git is asked of the resolved folder
// at once, when the file is below it.
func (o *opening) refuseTracked(path, folder string) error {
	real, err := o.watch.resolve(path)
	if err != nil || real == "" {
		return err
	}
	name, below := strings.CutPrefix(real, folder+string(filepath.Separator))
	if folder == "" || !below {
		folder, name = filepath.Dir(real), filepath.Base(real)
	}
	names, err := o.watch.tracked.of(folder, func() (map[string]bool, error) { return tracked(o.ctx, folder) })
	if err != nil || !names[filepath.ToSlash(name)] {
		return err
	}
	said := "git tracks the seed file " + path
	if real != path {
		said += ", which is " + real
	}
	return &Error{Rule: "key-in-tree", args: []any{said}}
}

// resolve is a regular file's path without links; "" where it is none.
func (w *watch) resolve(path string) (string, error) {
	folder := filepath.Dir(path)
	real, err := w.real.of(folder, func() (string, error) { return filepath.EvalSymlinks(folder) })
	if err != nil {
		return "", err
	}
	path = filepath.Join(real, filepath.Base(path))
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		// What /dev/stdin leads to may have no name to look for: a pipe, or a file
		// that is deleted.
		if info, err = os.Stat(path); err == nil && info.Mode().IsRegular() {
			path, err = filepath.EvalSymlinks(path)
			if errors.Is(err, fs.ErrNotExist) {
				return "", nil
			}
		}
	}
	if err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	return path, nil
}

// once is what was found out about paths.
type once[V any] struct{ known sync.Map }

func (o *once[V]) of(path string, find func() (V, error)) (V, error) {
	known, ok := o.known.Load(path)
	if !ok {
		known, _ = o.known.LoadOrStore(path, sync.OnceValues(find))
	}
	return known.(func() (V, error))()
}

package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"

	"jsc/emit/git"
)

// resolve makes a path absolute and free of symbolic links; what of it does
// not exist yet is kept as it is.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
		return real, err
	}
	parent, err := resolve(filepath.Dir(path))
	return filepath.Join(parent, filepath.Base(path)), err
}

// names are the NUL-separated names that git prints.
func names(printed []byte) map[string]bool {
	all := map[string]bool{}
	for name := range strings.SplitSeq(string(printed), "\x00") {
		all[name] = true
	}
	return all
}

// tracked returns which files of a folder and below git tracks, by their paths
// relative to it; nothing outside of a work tree. A machine without git can
// have seeds in a work tree, as a container's build stage does: nothing is
// known then, and nothing refused.
//
// A repository that lies there as files, of another's commit, would track nothing:
// it is an error.
func tracked(ctx context.Context, folder string) (map[string]bool, error) {
	folder, err := resolve(folder)
	if err != nil {
		return nil, err
	}
	if _, ok := git.WorkTree(folder); !ok {
		return nil, nil
	}
	var printed []byte
	if _, err = git.Top(ctx, folder); err == nil {
		printed, _, err = git.Run(ctx, folder, nil, "ls-files", "-z")
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask git what it tracks in %s: %w", folder, err)
	}
	return names(printed), nil
}

// notIgnored returns the first of some resolved paths of files that lies in a
// git work tree and that git would add, and why; "" when there is none. Where
// git cannot tell, it would.
func notIgnored(ctx context.Context, files []string) (file, why string, err error) {
	byTree := map[string][]string{}
	var trees []string
	for _, file := range files {
		top, ok := git.WorkTree(filepath.Dir(file))
		if !ok {
			continue
		}
		if byTree[top] == nil {
			trees = append(trees, top)
		}
		// Begun with "./", no name has pathspec magic: check-ignore knows no other way.
		rel, err := filepath.Rel(top, file)
		if err != nil {
			return "", "", err
		}
		byTree[top] = append(byTree[top], "./"+filepath.ToSlash(rel))
	}
	for _, top := range trees {
		asked := strings.NewReader(strings.Join(byTree[top], "\x00"))
		printed, _, err := git.Run(ctx, top, asked, "check-ignore", "-z", "--stdin")
		var failed *exec.ExitError
		if errors.As(err, &failed) && failed.ExitCode() == 1 { // none is
			err = nil
		}
		if errors.Is(err, exec.ErrNotFound) {
			return filepath.Join(top, byTree[top][0]), "lies in a git work tree, and without git jsc cannot tell whether it is ignored", nil
		}
		if err != nil {
			return "", "", fmt.Errorf("ask git what it ignores in %s: %w", top, err)
		}
		ignored := names(printed)
		for _, name := range byTree[top] {
			if !ignored[name] {
				return filepath.Join(top, name), "git does not ignore", nil
			}
		}
	}
	return "", "", nil
}

// inside reports that a resolved path is a folder or lies below it.
func inside(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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

// workTree finds the git work tree that a resolved path lies in.
func workTree(path string) (top string, ok bool) {
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, true
		}
		if at == filepath.Dir(at) {
			return "", false
		}
	}
}

// located are git's variables that say which repository to work in; a git hook
// sets them for the one that it runs for.
var located = []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}

// git runs git in a folder and returns the NUL-separated names that it prints.
// Exit code 1 is "none" (check-ignore). Without git the error wraps
// exec.ErrNotFound.
func git(ctx context.Context, folder string, names []string, args ...string) (map[string]bool, error) {
	// A repository may name a command as fsmonitor; reading it must run nothing.
	args = append([]string{"-C", folder, "-c", "core.fsmonitor=false"}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(located, name)
	})
	cmd.Stdin = strings.NewReader(strings.Join(names, "\x00"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask git about %s: %w %s", folder, err, strings.TrimSpace(stderr.String()))
	}
	printed := map[string]bool{}
	for name := range strings.SplitSeq(string(out), "\x00") {
		printed[name] = true
	}
	return printed, nil
}

// tracked returns which files of a folder and below git tracks, by their paths
// relative to it; nothing outside of a work tree. A machine without git can
// have seeds in a work tree, as a container's build stage does: nothing is
// known then, and nothing refused.
func tracked(ctx context.Context, folder string) (map[string]bool, error) {
	folder, err := resolve(folder)
	if err != nil {
		return nil, err
	}
	if _, ok := workTree(folder); !ok {
		return nil, nil
	}
	names, err := git(ctx, folder, nil, "ls-files", "-z")
	if errors.Is(err, exec.ErrNotFound) {
		return nil, nil
	}
	return names, err
}

// notIgnored returns the first of some resolved paths of files that lies in a
// git work tree and that git would add, and why; "" when there is none. Where
// git cannot tell, it would.
func notIgnored(ctx context.Context, files []string) (file, why string, err error) {
	byTree := map[string][]string{}
	var trees []string
	for _, file := range files {
		top, ok := workTree(filepath.Dir(file))
		if !ok {
			continue
		}
		if byTree[top] == nil {
			trees = append(trees, top)
		}
		// Begun with "./", no name has pathspec magic.
		rel, err := filepath.Rel(top, file)
		if err != nil {
			return "", "", err
		}
		byTree[top] = append(byTree[top], "./"+filepath.ToSlash(rel))
	}
	for _, top := range trees {
		ignored, err := git(ctx, top, byTree[top], "check-ignore", "-z", "--stdin")
		if errors.Is(err, exec.ErrNotFound) {
			return filepath.Join(top, byTree[top][0]), "lies in a git work tree, and without git jsc cannot tell whether it is ignored", nil
		}
		if err != nil {
			return "", "", err
		}
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

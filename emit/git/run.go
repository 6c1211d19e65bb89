// Package git asks git: which files a work tree has tracked, what a revision
// holds. git is a program of the caller's choice; the repository is a stranger's
// as far as commits made it.
//
// It refuses to run what a repository names, to look into a repository that lies
// in another one as files, and to let variables of a hook say which repository
// is meant. It writes nothing.
package git

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// misleading are git's variables that say which repository to work in, or how to
// read names; git sets the former for the hooks that it runs. Those by which the
// caller configures git (GIT_CONFIG_COUNT) are not among them: safe.directory is
// often said so.
var misleading = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_INTERNAL_SUPER_PREFIX",
	"GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH",
	"GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE",
	"GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
}

// command is a run of git in a folder.
// A repository may name a command as fsmonitor; reading it must run nothing.
// Files of a commit can look like a bare repository; none is discovered.
func command(ctx context.Context, dir string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"-C", dir, "--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit",
	}, args...)...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(misleading, name)
	}), "LC_ALL=C")
	cmd.WaitDelay = farewell
	return cmd
}

// farewell is how long what git has started may keep git's outputs open when git
// has ended.
const farewell = 2 * time.Second

// Run runs git in a folder and returns what it writes and what it warns of, in
// English. The error wraps *exec.ExitError where git fails, and then there may be
// output too; exec.ErrNotFound where there is no git; ctx's own error where that
// ends git.
func Run(ctx context.Context, dir string, stdin io.Reader, args ...string) (out []byte, warned string, err error) {
	cmd := command(ctx, dir, args)
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err = cmd.Output()
	if err != nil {
		err = fmt.Errorf("git: %w: %s", cmp.Or(ctx.Err(), err), strings.TrimSpace(stderr.String()))
	}
	return out, stderr.String(), err
}

// Top is the top of the git work tree that a folder lies in. One is refused that a
// commit of another repository could have put there. (git before 2.38 knows no
// safe.bareRepository.)
func Top(ctx context.Context, dir string) (string, error) {
	out, _, err := Run(ctx, dir, nil, "rev-parse", "--is-inside-git-dir", "--show-toplevel")
	if err != nil {
		return "", err
	}
	inside, top, _ := strings.Cut(strings.TrimSuffix(string(out), "\n"), "\n")
	if inside != "false" {
		return "", fmt.Errorf("%s is the inside of a git repository, which anybody can commit as files", dir)
	}
	return top, nil
}

package git

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Revision is a commit of a git repository. Its files are read from git's
// objects: the work tree is neither looked at nor touched, and no filter, hook
// or attribute of it has a say.
type Revision struct {
	said   string // as the caller named it
	top    string // of the work tree
	commit string
}

// String is the revision as the caller named it.
func (r *Revision) String() string { return r.said }

// Open finds a revision in the repository that a folder lies in.
func Open(ctx context.Context, dir, said string) (*Revision, error) {
	r := &Revision{said: said, top: dir}
	top, err := r.repository(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the revision %s: %w", said, err)
	}
	r.top = top
	commit, warned, err := Run(ctx, r.top, nil, "rev-parse", "--verify", "--end-of-options", said+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("git has no revision %s; a shallow clone may have to fetch it first", said)
	}
	// A tag called origin/main would come before the branch: who may push a tag
	// would choose what their work is judged by.
	if strings.Contains(warned, "is ambiguous") {
		return nil, fmt.Errorf("the revision %s is ambiguous: a branch and a tag have that name, or a commit; say which, as in refs/remotes/origin/main", said)
	}
	r.commit = strings.TrimSpace(string(commit))
	return r, nil
}

// repository is the top of the work tree. A submodule's is refused: who made the
// commit around it has chosen its revisions.
func (r *Revision) repository(ctx context.Context) (string, error) {
	top, err := Top(ctx, r.top)
	if err != nil {
		return "", err
	}
	super, _, err := Run(ctx, r.top, nil, "rev-parse", "--show-superproject-working-tree")
	if err != nil || len(super) == 0 {
		return top, err
	}
	here, err := os.Getwd()
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(top, here); err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is a submodule, and a commit around it says of which repository; run jsc in the submodule", top)
	}
	return top, nil
}

// blob is a file of a revision.
type blob struct {
	path, hash string // path from the top of the work tree
	mode       fs.FileMode
}

// modes are those that git gives files; a submodule has none.
var modes = map[string]fs.FileMode{"100644": 0o644, "100755": 0o755, "120000": fs.ModeSymlink | 0o777}

// inTree is a path as git names it. Folders on the way to it must not be links
// of the work tree: those would say which other place of the revision is read.
func (r *Revision) inTree(name string) (string, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	top, err := filepath.EvalSymlinks(r.top)
	if err != nil {
		return "", err
	}
	at := filepath.VolumeName(absolute) + string(filepath.Separator)
	parts := strings.Split(strings.TrimPrefix(absolute, at), string(filepath.Separator))
	for i, part := range parts {
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if err != nil || info.Mode().Type() != fs.ModeSymlink {
			continue
		}
		if rel, err := filepath.Rel(top, at); err != nil || !filepath.IsLocal(rel) {
			if at, err = filepath.EvalSymlinks(at); err != nil {
				return "", err
			}
		} else if i < len(parts)-1 {
			return "", fmt.Errorf("%s is a symbolic link; name what it stands for", at)
		}
	}
	rel, err := filepath.Rel(top, at)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is not in the git work tree %s", name, r.top)
	}
	return filepath.ToSlash(rel), nil
}

// list are the files at a path and below, sorted.
func (r *Revision) list(ctx context.Context, path string) ([]blob, error) {
	args := []string{"--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", r.commit}
	if path != "." {
		args = append(args, "--", path)
	}
	out, _, err := Run(ctx, r.top, nil, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s of the revision %s: %w", path, r.said, err)
	}
	var blobs []blob
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		facts, name, ok := strings.Cut(line, "\t")
		words := strings.Fields(facts)
		if !ok || len(words) != 3 {
			continue
		}
		if mode, known := modes[words[0]]; known {
			blobs = append(blobs, blob{name, words[2], mode})
		}
	}
	return blobs, nil
}

// File is a file's bytes at the revision; nil when there is none.
func (r *Revision) File(ctx context.Context, name string) ([]byte, error) {
	path, err := r.inTree(name)
	if err != nil {
		return nil, err
	}
	blobs, err := r.list(ctx, path)
	if err != nil || len(blobs) != 1 || blobs[0].path != path || !blobs[0].mode.IsRegular() {
		return nil, err
	}
	contents, err := r.read(ctx, blobs)
	if err != nil {
		return nil, err
	}
	return contents[0], nil
}

// Tree is a folder at the revision, in memory; without what keep refuses by
// its path in the folder. A folder that was not there is empty.
func (r *Revision) Tree(ctx context.Context, dir string, keep func(path string) bool) (fs.FS, error) {
	path, err := r.inTree(dir)
	if err != nil {
		return nil, err
	}
	blobs, err := r.list(ctx, path)
	if err != nil {
		return nil, err
	}
	inside := func(b blob) string {
		if path == "." {
			return b.path
		}
		return strings.TrimPrefix(b.path, path+"/")
	}
	blobs = slices.DeleteFunc(blobs, func(b blob) bool { return b.path == path || !keep(inside(b)) })
	contents, err := r.read(ctx, blobs)
	if err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for i, b := range blobs {
		head := &zip.FileHeader{Name: inside(b), Method: zip.Store}
		head.SetMode(b.mode)
		f, err := w.CreateHeader(head)
		if err == nil {
			_, err = f.Write(contents[i])
		}
		if err != nil {
			return nil, fmt.Errorf("keep %s of the revision %s: %w", b.path, r.said, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
}

// read reads blobs from git's objects, in their order.
func (r *Revision) read(ctx context.Context, blobs []blob) ([][]byte, error) {
	if len(blobs) == 0 {
		return nil, nil
	}
	var asked bytes.Buffer
	for _, b := range blobs {
		asked.WriteString(b.hash + "\n")
	}
	out, _, err := Run(ctx, r.top, &asked, "cat-file", "--batch")
	if err != nil {
		return nil, fmt.Errorf("read the revision %s: %w", r.said, err)
	}
	contents := make([][]byte, len(blobs))
	for i, b := range blobs {
		// HASH SP TYPE SP SIZE LF CONTENT LF
		head, rest, ok := bytes.Cut(out, []byte("\n"))
		words := strings.Fields(string(head))
		if !ok || len(words) != 3 || words[1] != "blob" {
			return nil, fmt.Errorf("read %s of the revision %s: git answers %q", b.path, r.said, head)
		}
		size, err := strconv.Atoi(words[2])
		if err != nil || size < 0 || size >= len(rest) {
			return nil, fmt.Errorf("read %s of the revision %s: git breaks off", b.path, r.said)
		}
		contents[i], out = rest[:size], rest[size+1:]
	}
	return contents, nil
}

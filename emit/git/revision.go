package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Revision is a commit of a git repository. Its files are read from git's
// objects: the work tree is neither looked at nor touched, and no filter, hook
// or attribute of it has a say. Of a large repository no more is read than what
// is asked for and the folders that lead there. It is safe for concurrent use.
type Revision struct {
	said   string // as the caller named it
	top    string // of the work tree
	commit string

	heads, contents *batch
	dirs            sync.Map // of entries by name, by the folder's hash
}

// String is the revision as the caller named it.
func (r *Revision) String() string { return r.said }

// Open finds a revision in the repository that a folder lies in. It can be read until
// ctx ends, or Close.
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
	r.heads = newBatch(ctx, r.top, "--batch-check")
	r.contents = newBatch(ctx, r.top, "--batch")
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

// find is what stands at a path of the revision, from a folder of it; the error is
// fs.ErrNotExist where nothing does.
func (r *Revision) find(from entry, path string) (entry, error) {
	if path == "." {
		return from, nil
	}
	for part := range strings.SplitSeq(path, "/") {
		if !from.mode.IsDir() {
			return entry{}, fs.ErrNotExist
		}
		all, err := r.dir(from)
		if err != nil {
			return entry{}, err
		}
		var found bool
		if from, found = all[part]; !found {
			return entry{}, fs.ErrNotExist
		}
	}
	return from, nil
}

// dir are the entries of a folder by name. They are kept: paths lead through the
// same folders again and again.
func (r *Revision) dir(of entry) (map[string]entry, error) {
	if of.hash == "" {
		return nil, nil
	}
	if all, ok := r.dirs.Load(of.hash); ok {
		return all.(map[string]entry), nil
	}
	o, err := r.ask(of.hash, "tree")
	if err != nil {
		return nil, err
	}
	data, err := r.read(o, maxDir)
	if err != nil {
		return nil, err
	}
	all, err := parseDir(data, len(o.hash)/2)
	if err == nil {
		r.dirs.Store(of.hash, all)
	}
	return all, err
}

// ask is what an object is, by its hash. Its bytes are not read.
func (r *Revision) ask(hash, kind string) (object, error) {
	o, err := r.heads.ask(hash)
	if err == nil && o.kind != kind {
		err = fmt.Errorf("%s is a %s, not a %s", hash, o.kind, kind)
	}
	return o, err
}

// read is an object's bytes, of which there must not be more than limit.
func (r *Revision) read(o object, limit int64) ([]byte, error) {
	if o.size > limit {
		return nil, fmt.Errorf("it is larger than %d MiB", limit>>20)
	}
	return r.contents.read(o)
}

// at is what stands at a path of the work tree; the error is fs.ErrNotExist where
// nothing does.
func (r *Revision) at(name string) (entry, error) {
	path, err := r.inTree(name)
	if err != nil {
		return entry{}, err
	}
	root, err := r.ask(r.commit+"^{tree}", "tree")
	if err != nil {
		return entry{}, r.unread(name, err)
	}
	e, err := r.find(entry{root.hash, fs.ModeDir}, path)
	if err != nil {
		return entry{}, r.unread(name, err)
	}
	return e, nil
}

func (r *Revision) unread(name string, err error) error {
	return fmt.Errorf("read %s of the revision %s: %w", name, r.said, err)
}

// File is a file's bytes at the revision; nil when there is none. One of more than
// limit bytes is an error.
func (r *Revision) File(name string, limit int64) ([]byte, error) {
	e, err := r.at(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !e.mode.IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o, err := r.ask(e.hash, "blob")
	if err != nil {
		return nil, r.unread(name, err)
	}
	data, err := r.read(o, limit)
	if err != nil {
		return nil, r.unread(name, err)
	}
	return data, nil
}

// Tree is a folder at the revision, of whose files limit bytes are read at most. One
// that was not there is empty.
func (r *Revision) Tree(dir string, limit int64) (*Tree, error) {
	e, err := r.at(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !e.mode.IsDir() {
		e, err = entry{mode: fs.ModeDir}, nil
	}
	return &Tree{r, e, limit}, err
}

// Close ends what reads the revision.
func (r *Revision) Close() {
	r.heads.close()
	r.contents.close()
}

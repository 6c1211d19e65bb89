package schema

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	// maxFile is the most that jsc reads of one file, in bytes.
	maxFile = 64 << 20
	// maxSource is the most that a file of HCL may have: its parser takes
	// several hundred bytes for each of the source's.
	maxSource     = 16 << 20
	maxSourceText = "16 MiB"
)

// refusal says why a path of the topology cannot be read: a mistake in the
// topology, or an attack by it, rather than a failure of the machine.
type refusal struct {
	why  string
	mend string // what to do; "" for what the rule says
}

func (r *refusal) Error() string { return r.why }

var errNotRegular = &refusal{"it is not a regular file", "Name a file that holds what is meant, not a folder or a link to one."}

// tooLarge says that a file is larger than maxFile.
type tooLarge struct{}

func (tooLarge) Error() string { return "larger than " + maxFileText }

const maxFileText = "64 MiB"

// ReadFile reads a regular file of the tree, given by its slash-separated path
// from the tree's top. It refuses (*refusal) what docs/security.md D1 refuses: a
// path that leaves the tree, a component that begins with a dot, a symbolic
// link anywhere on the way, anything but a regular file.
func ReadFile(tree fs.FS, name string) ([]byte, error) {
	// Looked at before it is opened: to open a named pipe waits for a writer.
	info, err := lstat(tree, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	}
	f, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case info.Size() > maxFile:
		return nil, tooLarge{}
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxFile {
		return nil, tooLarge{}
	}
	return data, nil
}

// lstat is the last component's information, once every component on the way
// has been found fit.
func lstat(tree fs.FS, name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &refusal{why: "it is outside the topology's tree"}
	}
	var info fs.FileInfo
	parts := strings.Split(name, "/")
	for i, part := range parts {
		if part != "." && strings.HasPrefix(part, ".") {
			return nil, &refusal{"no part of a path may begin with a dot", "Give what is meant a name without a leading dot."}
		}
		var err error
		info, err = fs.Lstat(tree, path.Join(parts[:i+1]...))
		if err != nil {
			var perr *fs.PathError
			if errors.As(err, &perr) {
				return nil, perr.Err
			}
			return nil, err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil, &refusal{"symbolic links are not followed", "Put what the link leads to in its place."}
		}
	}
	return info, nil
}

// relative is the tree path of a path that a file in folder dir says.
func relative(dir, said string) (string, error) {
	if path.IsAbs(said) || strings.Contains(said, "\x00") || strings.Contains(said, `\`) {
		return "", &refusal{why: "it must be a path relative to the file that says it"}
	}
	name := path.Join(dir, said)
	if !fs.ValidPath(name) {
		return "", &refusal{why: "it is outside the topology's tree"}
	}
	return name, nil
}

// reader reads what a topology's files name.
type reader struct {
	tree   fs.FS
	closed []string // what may not be read, though it is in the tree
}

// text reads a file that a file in folder dir names; it refuses secrets.
func (r *reader) text(dir, said string) (string, error) {
	name, err := r.allowed(dir, said)
	if err != nil {
		return "", err
	}
	data, err := ReadFile(r.tree, name)
	if err != nil {
		return "", err
	}
	if secret := secretIn(data); secret != "" {
		return "", &secretFound{secret}
	}
	if n := notText(data); n > 0 {
		return "", &otherEncoding{n}
	}
	return string(data), nil
}

// exists reports that there is a file that text could read.
func (r *reader) exists(dir, said string) (bool, error) {
	name, err := r.allowed(dir, said)
	if err != nil {
		return false, err
	}
	info, err := lstat(r.tree, name)
	var refused *refusal
	if errors.As(err, &refused) {
		return false, err
	}
	return err == nil && info.Mode().IsRegular(), nil
}

// folder finds a folder that a file in folder dir names.
func (r *reader) folder(dir, said string) (string, error) {
	name, err := r.allowed(dir, said)
	if err != nil || name == "." {
		return name, err
	}
	info, err := lstat(r.tree, name)
	if err == nil && !info.IsDir() {
		err = &refusal{"it is not a folder", "Name the folder in which the files are."}
	}
	return name, err
}

// allowed is relative, but for what is closed.
func (r *reader) allowed(dir, said string) (string, error) {
	name, err := relative(dir, said)
	if err != nil {
		return "", err
	}
	for _, c := range r.closed {
		if name == c || strings.HasPrefix(name, c+"/") {
			return "", &refusal{"what jsc writes and its keys are not for topologies", "Keep what the topology reads in a folder of its own."}
		}
	}
	return name, nil
}

// fileError is a file that an expression names and that cannot be read.
type fileError struct {
	said string
	err  error
}

func (f *fileError) Error() string { return fmt.Sprintf("read %s: %v", f.said, f.err) }

// secretFound says that a file holds a secret.
type secretFound struct{ what string }

func (s *secretFound) Error() string { return "it holds " + s.what }

// otherEncoding says that a file is not UTF-8, and on which line first.
type otherEncoding struct{ line int }

func (o *otherEncoding) Error() string { return fmt.Sprintf("not UTF-8, in line %d", o.line) }

// notText is the first line of data that is not UTF-8; 0 where all is. JSON
// cannot hold other bytes: what is read from a token would differ from what was
// written to it.
func notText(data []byte) int {
	if utf8.Valid(data) {
		return 0
	}
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			return line
		case r == '\n':
			line++
		}
		data = data[n:]
	}
	return 0
}

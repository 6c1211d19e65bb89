package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"jsc/emit/folder"
	"jsc/emit/lock"
	"jsc/schema"
)

// place are the flags that say where a topology is and what belongs to it.
type place struct {
	keyFlags
	root, lock, out, env string
	vars, varFiles       []string
	maxTime, maxMemory   string
	maxEntities          int
}

func (p *place) flags(f *pflag.FlagSet) {
	p.keyFlags.flags(f)
	f.StringVar(&p.root, "root", "", "folder that all reads are confined to (default: the topology's)")
	f.StringVar(&p.lock, "lock", "", "the lock (default: x.lock.json beside x.hcl, jsc.lock.json in a folder)")
	f.StringVar(&p.out, "out", "", "output folder (default: generated/ beside the topology)")
	f.StringVar(&p.env, "env", "", "environment: env/NAME.hclvars, NAME.lock.json and generated/NAME")
	f.StringArrayVar(&p.vars, "var", nil, "value of a variable, NAME=VALUE")
	f.StringArrayVar(&p.varFiles, "var-file", nil, "file of variables' values")
	f.StringVar(&p.maxTime, "max-time", "60s", "how long the topology may take to evaluate")
	f.StringVar(&p.maxMemory, "max-memory", "2GiB", "how much memory it may take")
	f.IntVar(&p.maxEntities, "max-entities", schema.DefaultBounds.Entities, "how many accounts, users, streams and so on it may make")
}

// bounds are what a topology may cost.
func (p *place) bounds() (schema.Bounds, error) {
	time, err := schema.ParseDuration(p.maxTime)
	if err != nil || time <= 0 {
		return schema.Bounds{}, usageError{fmt.Errorf("--max-time is a duration as in 90s, not %q", p.maxTime)}
	}
	memory, err := schema.ParseSize(p.maxMemory)
	if err != nil || memory <= 0 {
		return schema.Bounds{}, usageError{fmt.Errorf("--max-memory is a size as in 4GiB, not %q", p.maxMemory)}
	}
	if p.maxEntities < 1 {
		return schema.Bounds{}, usageError{fmt.Errorf("--max-entities is a number from 1 upward, not %d", p.maxEntities)}
	}
	return schema.Bounds{Time: time, Heap: uint64(memory), Entities: p.maxEntities}, nil
}

// project is a topology with its surroundings.
type project struct {
	said   string // PATH as given
	root   string // the folder that lock and output stand in
	top    string // of the tree that all reads are confined to
	path   string // the topology, from the tree's top
	dir    string // the folder that it is or stands in, from the tree's top
	tree   *os.Root
	lock   string // the lock's path
	forced bool   // --lock or --env named the lock
	out    string
	keys   keyFlags
	closed []string // what the topology may not read besides, from the tree's top
	bounds schema.Bounds
	values []schema.Values
	// varFiles are the var files that values come from, as they were given; envFile
	// is the environment's, "" without one.
	varFiles []string
	envFile  string
	state    folder.Place
}

// open finds a topology and what belongs to it. Nothing is read yet but var
// files.
func (p *place) open(said string) (*project, error) {
	info, err := os.Stat(said)
	if err != nil {
		return nil, fmt.Errorf("open the topology: %w", err)
	}
	pr := &project{said: said, root: said, keys: p.keyFlags}
	if pr.bounds, err = p.bounds(); err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if !isTopology(said) {
			return nil, usageError{fmt.Errorf("%s is no topology: its name must end in .hcl or .hcl.json", said)}
		}
		pr.root = filepath.Dir(said)
	}
	top := pr.root
	if p.root != "" {
		top = p.root
	}
	rel, err := inside(top, said)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s is not in --root %s", said, top)}
	}
	pr.path, pr.dir, pr.top = rel, rel, top
	if !info.IsDir() {
		pr.dir = parent(rel)
	}
	if pr.tree, err = os.OpenRoot(top); err != nil {
		return nil, fmt.Errorf("open the topology's tree: %w", err)
	}
	pr.lock = filepath.Join(pr.root, lock.Name(said))
	if info.IsDir() {
		pr.lock = filepath.Join(pr.root, "jsc.lock.json")
	}
	pr.out = filepath.Join(pr.root, "generated")
	varFiles := p.varFiles
	if p.env != "" {
		if strings.ContainsAny(p.env, `/\`) || strings.HasPrefix(p.env, ".") {
			return nil, usageError{fmt.Errorf("--env is a name, not a path: %q", p.env)}
		}
		if !folder.MayNest(p.env) {
			return nil, usageError{fmt.Errorf("--env must not be %q: output has a folder of that name", p.env)}
		}
		pr.forced = true
		pr.lock = filepath.Join(pr.root, p.env+".lock.json")
		pr.out = filepath.Join(pr.root, "generated", p.env)
		pr.envFile = filepath.Join(pr.root, "env", p.env+".hclvars")
		varFiles = append([]string{pr.envFile}, varFiles...)
	}
	if p.lock != "" {
		pr.lock, pr.forced = p.lock, true
	}
	if p.out != "" {
		pr.out = p.out
	}
	pr.state = folder.Place{Out: pr.out, Lock: pr.lock, Cache: filepath.Join(pr.root, ".jsc", "cache")}
	pr.deny(pr.lock, pr.out)
	pr.varFiles = varFiles
	pr.values, err = p.variables(top, pr.tree.FS(), varFiles)
	return pr, err
}

// deny keeps the topology from reading files and folders.
func (pr *project) deny(names ...string) {
	for _, name := range names {
		if rel, err := inside(pr.top, name); err == nil {
			pr.closed = append(pr.closed, rel)
		}
	}
}

// inside is a path as seen from the top of a tree.
func inside(top, name string) (string, error) {
	absTop, err := filepath.Abs(top)
	if err != nil {
		return "", err
	}
	absName, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(absTop, absName)
	if err != nil {
		return "", err
	}
	rel = filepath.ToSlash(rel)
	if !fs.ValidPath(rel) {
		return "", errors.New("outside")
	}
	return rel, nil
}

// variables are the values of --var and --var-file, the most important first:
// --var before files, the last before the one before it.
func (p *place) variables(top string, tree fs.FS, files []string) ([]schema.Values, error) {
	var out []schema.Values
	for i := len(p.vars) - 1; i >= 0; i-- {
		name, text, ok := strings.Cut(p.vars[i], "=")
		if !ok || name == "" {
			return nil, usageError{fmt.Errorf("--var is NAME=VALUE, not %q", p.vars[i])}
		}
		out = append(out, schema.Values{From: "--var " + name, Text: map[string]string{name: text}})
	}
	for i := len(files) - 1; i >= 0; i-- {
		data, err := readVarFile(top, tree, files[i])
		if err != nil {
			return nil, fmt.Errorf("read the variables in %s: %w", files[i], err)
		}
		out = append(out, schema.Values{From: files[i], File: data})
	}
	return out, nil
}

// readVarFile reads a var file: one of the tree as the tree's files are read,
// any other as the caller's own.
func readVarFile(top string, tree fs.FS, name string) ([]byte, error) {
	if rel, err := inside(top, name); err == nil {
		return schema.ReadFile(tree, rel)
	}
	return os.ReadFile(name)
}

// display is how diagnostics name a file of the tree: as it was given, else
// relative to the root. No two files have one name: findings, ignores and the
// baseline go by it.
func (pr *project) display(name string) string {
	if name == pr.path {
		return pr.said
	}
	if rel, err := filepath.Rel(filepath.FromSlash(pr.dir), filepath.FromSlash(name)); err == nil {
		name = filepath.ToSlash(rel)
	}
	if name == pr.said {
		return "./" + name
	}
	return name
}

func parent(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return "."
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/folder"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// compiled is a topology that has been through the front end and the compiler.
type compiled struct {
	topology *compiler.Topology
	config   *schema.Config
	diags    hcl.Diagnostics
	lock     *lock.Lock // that its keys come from; nil when it was not read
	lockData []byte     // its bytes; nil when there is none
	ahead    folder.Ahead
	judged   bool // see judge
}

// origin is where a topology is read: the work tree, or a revision.
type origin struct {
	tree    fs.FS
	values  []schema.Values
	display func(name string) string // how diagnostics name a file
}

// compile loads and compiles a topology with the keys that a lock pins. What
// is wrong with it is among the diagnostics, also that it costs too much.
func (t *terminal) compile(ctx context.Context, pr *project, keys schema.Keys) (*compiled, error) {
	return t.compileFrom(ctx, pr, origin{pr.tree.FS(), pr.values, pr.display}, keys)
}

func (t *terminal) compileFrom(ctx context.Context, pr *project, from origin, keys schema.Keys) (*compiled, error) {
	var made *compiled
	over, err := pr.bounds.Within(ctx, from.display(pr.path), func() {
		config, diags := schema.Load(schema.Options{
			Tree: from.tree, Path: pr.path, Display: from.display, Vars: from.values, Keys: keys,
			Env: t.lookup, Closed: t.closed(pr), Bounds: pr.bounds,
		})
		topology, more := compiler.Compile(config, keys)
		made = &compiled{topology: topology, config: config, diags: diag.Sort(config.Redact(append(diags, more...)))}
	})
	switch {
	case err != nil:
		return nil, err
	case over != nil:
		c := &compiled{config: &schema.Config{Sources: map[string][]byte{}}, diags: hcl.Diagnostics{over}}
		c.topology, _ = compiler.Compile(c.config, keys)
		return c, nil
	}
	return made, nil
}

// closed is what the topology may not read (docs/security.md D1).
func (t *terminal) closed(pr *project) []string {
	all := slices.Clone(pr.closed)
	places := []string{t.getenv(keys.AgeIdentity)}
	for _, source := range pr.keys.named(t) {
		places = append(places, keys.Place(source))
	}
	for _, place := range places {
		if place == "" {
			continue
		}
		if rel, err := inside(pr.top, place); err == nil {
			all = append(all, rel)
		}
		// A link may lead to it from outside; the topology's reads follow none.
		top, err := filepath.EvalSymlinks(pr.top)
		if err != nil {
			continue
		}
		if place, err = filepath.EvalSymlinks(place); err != nil {
			continue // there is nothing to read
		}
		if rel, err := inside(top, place); err == nil {
			all = append(all, rel)
		}
	}
	return all
}

// compileBeside compiles with the keys of the lock that a state has, which is
// read meanwhile. What is wrong with the lock comes apart; then it pins nothing.
func (t *terminal) compileBeside(ctx context.Context, pr *project, view *folder.View) (c *compiled, wrong hcl.Diagnostics, err error) {
	data, exists := view.Lock()
	l := lock.New()
	done := make(chan struct{})
	parallel.Do(2, func(i int) {
		if i == 0 {
			defer close(done)
			if !exists {
				return
			}
			var parsed *lock.Lock
			if parsed, wrong = lock.Parse(pr.lock, data); parsed != nil {
				l = parsed
			}
			return
		}
		c, err = t.compile(ctx, pr, func(id string) (string, bool) {
			<-done
			return pins(l)(id)
		})
	})
	if err != nil {
		return nil, nil, err
	}
	c.lock = l
	if exists {
		c.lockData, c.config.Sources[pr.lock] = data, data
	} else if d := lockElsewhere(pr, c.config); d != nil {
		c.diags = diag.Sort(append(c.diags, d))
	}
	return c, wrong, nil
}

// compileWith is compileBeside where there is no use in a lock that is wrong: an
// error says that this has been told.
func (t *terminal) compileWith(ctx context.Context, pr *project, view *folder.View) (*compiled, error) {
	c, wrong, err := t.compileBeside(ctx, pr, view)
	if err != nil {
		return nil, err
	}
	if wrong.HasErrors() {
		c.diags = diag.Sort(wrong)
		return nil, t.tell(c, hcl.DiagWarning)
	}
	return c, nil
}

// compileAll is compileBeside with what is wrong with the lock among the
// diagnostics.
func (t *terminal) compileAll(ctx context.Context, pr *project, view *folder.View) (*compiled, error) {
	c, wrong, err := t.compileBeside(ctx, pr, view)
	if err != nil {
		return nil, err
	}
	c.diags = append(c.diags, wrong...)
	return c, nil
}

// look compiles without writing anything anywhere, the file locks of builds
// included: what refuses a topology leaves its folder as it was.
func (t *terminal) look(ctx context.Context, pr *project) (*compiled, error) {
	view, err := folder.Read(ctx, pr.state, t.waiting)
	if err != nil {
		return nil, err
	}
	defer view.Close()
	return t.compileWith(ctx, pr, view)
}

// lookAhead is look, and looks at the output folder meanwhile.
func (t *terminal) lookAhead(ctx context.Context, pr *project) (c *compiled, err error) {
	var ahead folder.Ahead
	parallel.Do(2, func(i int) {
		if i == 0 {
			c, err = t.look(ctx, pr)
		} else {
			ahead = folder.LookAhead(pr.state)
		}
	})
	if err != nil {
		return nil, err
	}
	c.ahead = ahead
	return c, nil
}

// open opens a state for writing, once the topology was looked at. It compiles
// anew where the lock has changed since.
func (t *terminal) open(ctx context.Context, pr *project, c *compiled) (*folder.Folder, *compiled, error) {
	ahead := c.ahead
	ahead.Lock = c.lockData
	state, err := folder.OpenAfter(ctx, ahead, pr.state, t.waiting)
	if err != nil {
		return nil, nil, err
	}
	if state.Recovery().Finished && !t.quiet {
		fmt.Fprintln(t.stderr, "jsc: an interrupted build was finished first")
	}
	if state.Recovery().LockKept && !t.quiet {
		fmt.Fprintln(t.stderr, "jsc: somebody changed the lock since; it was left as it is")
	}
	if data, exists := state.Lock(); exists != (c.lockData != nil) || !bytes.Equal(data, c.lockData) {
		if c, err = t.compileWith(ctx, pr, state.View); err == nil && c.diags.HasErrors() {
			err = t.tell(c, hcl.DiagError)
		}
		if err != nil {
			state.Close()
			return nil, nil, err
		}
	}
	return state, c, nil
}

// pins are the public keys that a lock has pinned.
func pins(l *lock.Lock) schema.Keys {
	return func(id string) (string, bool) {
		pub, ok := l.Keys[id]
		return pub, ok
	}
}

// tell writes diagnostics from a severity upward to stderr; with an error
// among them it returns the exit that ends the command.
func (t *terminal) tell(c *compiled, least hcl.DiagnosticSeverity) error {
	var shown hcl.Diagnostics
	for _, d := range c.config.Redact(c.diags) {
		if d.Severity <= least && !(t.quiet && d.Severity != hcl.DiagError) {
			shown = append(shown, d)
		}
	}
	if err := diag.Text(t.stderr, shown, diag.Options{Color: t.colored(t.stderr), Source: c.source}); err != nil {
		return err
	}
	if c.diags.HasErrors() {
		return exit(exitFailed)
	}
	return nil
}

// source is the text of a file that diagnostics point into.
func (c *compiled) source(name string) []byte { return c.config.Sources[name] }

// readLock parses the lock that a state has; without one it is empty, unless one
// lies elsewhere. What is wrong has been told when an error comes back.
func (t *terminal) readLock(ctx context.Context, pr *project, view *folder.View) (*lock.Lock, error) {
	data, exists := view.Lock()
	if !exists {
		c, err := t.compile(ctx, pr, pins(lock.New()))
		if err != nil {
			return nil, err
		}
		// Of the topology only the operators matter, not what is wrong with it.
		if d := lockElsewhere(pr, c.config); d != nil {
			c.diags = hcl.Diagnostics{d}
			return nil, t.tell(c, hcl.DiagError)
		}
		return lock.New(), nil
	}
	l, diags := lock.Parse(pr.lock, data)
	if diags.HasErrors() {
		c := &compiled{diags: diag.Sort(diags), config: &schema.Config{Sources: map[string][]byte{pr.lock: data}}}
		return nil, t.tell(c, hcl.DiagWarning)
	}
	return l, nil
}

// lockElsewhere finds another lock in the root that pins one of the operators,
// where the default lock is missing. The tree may be a stranger's.
func lockElsewhere(pr *project, config *schema.Config) *hcl.Diagnostic {
	dir, err := inside(pr.top, pr.root)
	if pr.forced || err != nil {
		return nil
	}
	tree := pr.tree.FS()
	entries, _ := fs.ReadDir(tree, dir) // sorted
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".lock.json") {
			continue
		}
		data, err := schema.ReadFile(tree, path.Join(dir, name))
		if err != nil {
			continue
		}
		other, diags := lock.Parse(name, data)
		if diags.HasErrors() {
			continue
		}
		for _, o := range config.Operators {
			if _, pinned := other.Keys[lock.OperatorID(o.Name)]; pinned {
				return diag.New("lock-elsewhere", o.Site().Label, filepath.Base(pr.lock), name, o.Name)
			}
		}
	}
	return nil
}

// oneOf checks the value of a flag that takes one of two words or more.
func oneOf(flag, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	last := len(words) - 1
	choice := words[last]
	if last > 0 {
		choice = strings.Join(words[:last], ", ") + " or " + choice
	}
	return usageError{fmt.Errorf("--%s is %s, not %q", flag, choice, value)}
}

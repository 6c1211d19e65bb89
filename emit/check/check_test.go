package check

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

const start = 1790000000

// topology has one of each: private and public exports, an external importer,
// a plain and a scoped signing key, a bearer user, expiries, a revocation.
const topology = `
operator "RETAIL" {}
account "A" {
  signing_key "plain" {}
  signing_key "role" {
    role {
      publish { allow = ["x.>"] }
    }
  }
  jetstream { disk = "1GiB" }
  stream "S" {
    subjects  = ["s.>"]
    max_bytes = "1MiB"
    consumer "C" {}
  }
  export "svc" {
    service  = "svc"
    response = "stream"
    public   = true
  }
  user "app" {}
  user "scoped" { signing_key = "role" }
  user "token" { bearer = true }
}
account "B" {
  import "svc" {
    from    = account.A
    service = "svc"
  }
  user "app" { expires = "30d" }
  revoke "all" {
    user   = "*"
    before = "2026-01-01T00:00:00Z"
  }
}
account "EXT" {
  external   = true
  public_key = "EXTKEY"
}
share "work" {
  consumer  = account.A.stream.S.consumer.C
  competing = true
  to "B" { api_prefix = "A.API" }
  to "EXT" {
    api_prefix = "A.API"
    expires    = "90d"
  }
}
`

// pair is the key of an ID, made of it and a generation, so that no seed is in
// the repository.
func pair(id, generation string) nkeys.KeyPair {
	prefix := nkeys.PrefixByteAccount
	switch {
	case strings.HasPrefix(id, "operator/"):
		prefix = nkeys.PrefixByteOperator
	case strings.Contains(id, "/user/"):
		prefix = nkeys.PrefixByteUser
	}
	sum := sha256.Sum256([]byte(id + generation))
	kp, err := nkeys.FromRawSeed(prefix, sum[:])
	if err != nil {
		panic(err)
	}
	return kp
}

func public(id, generation string) string {
	key, err := pair(id, generation).PublicKey()
	if err != nil {
		panic(err)
	}
	return key
}

// ring has the key of every ID, of one generation or, where that is pinned, of
// the generation "mine".
type ring string

type signer struct {
	nkeys.KeyPair
	public string
}

func (s signer) PublicKey() string { return s.public }

func (r ring) Signer(id, pinned string) (keys.Signer, error) {
	generation := string(r)
	if public(id, generation) != pinned {
		generation = "mine"
	}
	return signer{pair(id, generation), public(id, generation)}, nil
}

// Prove has every seed.
func (r ring) Prove(_, _ string) error { return nil }

// tree is what is committed: a topology, a lock, an output folder.
type tree struct {
	t        testing.TB
	topology string
	keys     string // generation
	beside   map[string][]byte
	values   []schema.Values
	lock     []byte
	folder   files
}

// files are an output folder in memory.
type files map[string]string

func (f files) Paths() ([]string, error) { return slices.Sorted(maps.Keys(f)), nil }

func (f files) ReadFile(name string) ([]byte, error) {
	data, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(data), nil
}

// compile compiles the tree's topology with keys of a lock.
func (tr *tree) compile(l *lock.Lock) *compiler.Topology {
	tr.t.Helper()
	text := strings.ReplaceAll(tr.topology, "EXTKEY", public("account/EXT", ""))
	pins := func(id string) (string, bool) {
		key, ok := l.Keys[id]
		return key, ok
	}
	files := fstest.MapFS{"t.hcl": {Data: []byte(text)}}
	for name, data := range tr.beside {
		files[name] = &fstest.MapFile{Data: data}
	}
	config, diags := schema.Load(schema.Options{Tree: files, Path: "t.hcl", Vars: tr.values, Keys: pins})
	topology, more := compiler.Compile(config, pins)
	if diags = append(diags, more...); diags.HasErrors() {
		tr.t.Fatal(diags)
	}
	return topology
}

// locked is the tree's lock.
func (tr *tree) locked() *lock.Lock {
	tr.t.Helper()
	if tr.lock == nil {
		return lock.New()
	}
	l, diags := lock.Parse("t.lock.json", tr.lock)
	if diags.HasErrors() {
		tr.t.Fatal(diags)
	}
	return l
}

// build does what jsc build --generate-keys does.
func (tr *tree) build(now int64) *tree {
	tr.t.Helper()
	l := tr.locked()
	plan, diags := emit.NewPlan(tr.compile(l), l, now)
	for _, id := range plan.Unpinned {
		l.Keys[id] = public(id, tr.keys)
	}
	if len(plan.Unpinned) > 0 {
		plan, diags = emit.NewPlan(tr.compile(l), l, now)
	}
	if diags.HasErrors() {
		tr.t.Fatal(diags)
	}
	plan.NoSecrets = true
	if err := plan.Sign(tr.t.Context(), ring(tr.keys), nil); err != nil {
		tr.t.Fatal(err)
	}
	out, err := emit.Render(plan, "t.lock.json")
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.folder, tr.lock = files{}, plan.Lock.Encode()
	for _, a := range out {
		tr.folder[a.Path] = string(a.Data)
	}
	return tr
}

func (tr *tree) clone() *tree {
	c := *tr
	c.folder = maps.Clone(tr.folder)
	return &c
}

// edit changes the topology's text, which must have old once.
func (tr *tree) edit(old, new string) *tree {
	tr.t.Helper()
	if strings.Count(tr.topology, old) != 1 {
		tr.t.Fatalf("the topology has %q %d times", old, strings.Count(tr.topology, old))
	}
	tr.topology = strings.Replace(tr.topology, old, new, 1)
	return tr
}

// input is a check of the tree as it is.
func (tr *tree) input() Input {
	l := tr.locked()
	return Input{
		Topology: tr.compile(l), Lock: l, LockData: tr.lock, LockPath: "t.lock.json",
		Folder: tr.folder, Out: "generated", Now: start + 100,
	}
}

func run(t testing.TB, in Input) *Report {
	t.Helper()
	r, err := Run(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verdict is what a check's findings say: "" when there is none, "stale" when a
// build is due, else the rules that are broken.
func verdict(r *Report) string {
	rules := map[string]bool{}
	for _, d := range r.Diagnostics {
		if !Stale(d) {
			rules[diag.Of(d).Rule.Name] = true
		}
	}
	switch {
	case len(rules) > 0:
		return strings.Join(slices.Sorted(maps.Keys(rules)), " ")
	case len(r.Diagnostics) > 0:
		return "stale"
	}
	return ""
}

func says(diags hcl.Diagnostics) string {
	var b strings.Builder
	if err := diag.Text(&b, diags, diag.Options{}); err != nil {
		panic(err)
	}
	return b.String()
}

func rule(d *hcl.Diagnostic) string { return diag.Of(d).Rule.Name }

func built(t testing.TB) *tree {
	return (&tree{t: t, topology: topology}).build(start)
}

func TestWhatABuildWritesIsClean(t *testing.T) {
	tr := built(t)
	r := run(t, tr.input())
	if len(r.Diagnostics) > 0 || r.Trusted {
		t.Errorf("trusted %v\n%s", r.Trusted, says(r.Diagnostics))
	}
	in := tr.input()
	in.Trust = public("operator/RETAIL", "")
	if r := run(t, in); len(r.Diagnostics) > 0 || !r.Trusted {
		t.Errorf("with --trust: trusted %v\n%s", r.Trusted, says(r.Diagnostics))
	}
	in = tr.input()
	in.Base, in.Require = tr.locked(), true
	if r := run(t, in); len(r.Diagnostics) > 0 || !r.Trusted {
		t.Errorf("with --base: trusted %v\n%s", r.Trusted, says(r.Diagnostics))
	}
}

// Every example, as built, verifies, and its lock comes out of its tokens.
func TestExamplesAreClean(t *testing.T) {
	examples, err := fs.Glob(os.DirFS("../../examples"), "*/topology.hcl")
	if err != nil || len(examples) < 5 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	for _, name := range examples {
		t.Run(strings.TrimSuffix(name, "/topology.hcl"), func(t *testing.T) {
			tr := &tree{t: t, beside: map[string][]byte{}}
			dir := os.DirFS("../../examples/" + path.Dir(name))
			beside, err := fs.ReadDir(dir, ".")
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range beside {
				if f.IsDir() {
					continue
				}
				if tr.beside[f.Name()], err = fs.ReadFile(dir, f.Name()); err != nil {
					t.Fatal(err)
				}
			}
			tr.topology = string(tr.beside["topology.hcl"])
			delete(tr.beside, "topology.hcl")
			if prod, err := fs.ReadFile(dir, "env/prod.hclvars"); err == nil {
				tr.values = []schema.Values{{From: "env/prod.hclvars", File: prod}}
			}
			tr.build(start)
			if r := run(t, tr.input()); len(r.Diagnostics) > 0 {
				t.Error(says(r.Diagnostics))
			}
		})
	}
}

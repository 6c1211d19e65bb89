// Package check owns the judgement of what is committed: whether a lock and an
// output folder are what a topology gives, and whether they can be believed.
//
// It needs no key. It believes tokens that verify up to an operator that
// somebody outside the tree named, and derives from them what the lock must say;
// the lock and the manifest are no evidence of anything (docs/security.md C). It
// opens no file, reads no clock and changes nothing.
package check

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// Folder is an output folder at one moment. It is safe for concurrent use.
type Folder interface {
	// Paths are the slash-separated paths of all files.
	Paths() ([]string, error)
	// ReadFile is a file's bytes; the error is fs.ErrNotExist when there is none.
	ReadFile(path string) ([]byte, error)
}

// Input is what is checked, and against what.
type Input struct {
	Topology *compiler.Topology // compiled with the keys of Lock, without errors
	Lock     *lock.Lock         // New() when there is none
	LockData []byte             // its bytes; nil when there is none
	LockPath string             // as findings name it
	Folder   Folder
	Out      string // as findings name it
	Now      int64  // Unix seconds
	// Targets are further forms of the output, of emit.Targets, that must be there.
	// Others are judged as long as they are.
	Targets []string

	Trust   string            // the operator's public key, from outside the tree; "" when none is named
	Base    *lock.Lock        // of the revision that is believed; nil when there is none
	Accept  map[string]string // by ID of a key, the public key that may be new against the base
	Require bool              // a missing root of trust is an error
	// Unsigned is the base's state where only its branch is built: lock and folder
	// must be these, and their tokens are judged, not what the topology makes of them.
	Unsigned *State
}

// Report is what was found.
type Report struct {
	Diagnostics hcl.Diagnostics
	// Trusted: the tokens verify up to a root of trust. Otherwise they are no
	// more than consistent among themselves.
	Trusted bool
	// Why there is no root of trust, when findings do not say it.
	Why string
	// Waiting are IDs of operator signing keys that sign from the next build on.
	Waiting []string
}

// stale are the rules that an honest tree breaks when time goes by or a build
// is missing.
var stale = map[string]bool{"artifact-stale": true, "token-due": true, "token-expired": true}

// Stale reports that a diagnostic says no more than that a build is due. Any
// other error is a mistake in the topology, or that something cannot be believed.
func Stale(d *hcl.Diagnostic) bool {
	x := diag.Of(d)
	return x != nil && stale[x.Rule.Name]
}

// Mended reports that `jsc build` mends what a diagnostic says, as the stale
// rules' own advice is. It renews no token whose end the topology names. A key
// that was rotated since the last build cannot be believed, but by a build.
func Mended(d *hcl.Diagnostic) bool {
	x := diag.Of(d)
	return Stale(d) && x.Hint == x.Rule.Mend || x != nil && x.Hint == hintRotated
}

// Run checks. An error is a failure to read.
func Run(in Input) (*Report, error) {
	if in.Unsigned == nil {
		return judge(in, false)
	}
	diags, err := Untouched(State{in.LockData, in.Folder}, *in.Unsigned, in.LockPath, in.Out)
	if err != nil || len(diags) > 0 {
		return &Report{Diagnostics: diags}, err
	}
	return judge(in, false)
}

// judge is Run. Where plain is true, everything is decoded and worked out, also
// what is known to be as it should be since it equals what is made anew.
//
// Of tokens that say what the plan says, it is taken that their signatures verify,
// which takes longer to find out than all the rest. Where one turns out not to, all
// is judged again in that knowledge.
func judge(in Input, plain bool) (*Report, error) {
	unverified := map[string]bool{}
	for {
		c := newChecker(in, plain, unverified)
		report, found, err := c.run()
		if err != nil || len(found) == 0 {
			return report, err
		}
		for _, text := range found {
			unverified[text] = true
		}
	}
}

func newChecker(in Input, plain bool, unverified map[string]bool) *checker {
	return &checker{
		Input: in, plain: plain, unverified: unverified, told: map[string]bool{},
		unmask: func() []string { return nil },
	}
}

// run judges once. forged are the texts of tokens that the report wrongly takes
// for signed.
func (c *checker) run() (report *Report, forged []string, err error) {
	var listed error
	first := []func(){
		func() { c.plan, c.diags = emit.NewLockedPlan(c.Topology, c.Lock) },
		func() { listed = c.readFolder() },
		c.placeLocked,
	}
	parallel.Do(len(first), func(i int) { first[i]() })
	if listed != nil {
		return nil, nil, listed
	}
	if c.Unsigned != nil {
		c.diags = nil // the plan's: what the topology asks for, a build makes later
	}
	if diags := converted(c.LockData, c.LockPath, c.manifest.data, c.Out); diags != nil {
		return &Report{Diagnostics: diag.Sort(diags)}, nil, nil
	}
	if d := refused(c.LockPath, c.manifest.data, c.Out); d != nil {
		return &Report{Diagnostics: hcl.Diagnostics{d}}, nil, nil
	}
	c.plan.NoSecrets = true
	var made *content // nil where the topology gives none
	planned := !c.diags.HasErrors() && c.Unsigned == nil
	failed := c.gather(func() {
		if planned {
			made, err = c.layOut()
		}
	})
	if err := cmp.Or(failed, err); err != nil {
		return nil, nil, err
	}
	if err := c.gatherCopies(c.recognize); err != nil {
		return nil, nil, err
	}
	parallel.Do(2, func(i int) {
		if i == 0 {
			forged = c.unmask()
		} else {
			report, err = c.conclude(made)
		}
	})
	return report, forged, err
}

// conclude judges what was gathered.
func (c *checker) conclude(made *content) (*Report, error) {
	if c.LockData == nil && len(c.tokens) > 0 {
		// A build made them with a lock; of the rest, nothing can be said without.
		c.diags = append(c.diags, diag.New("lock-forged", c.entry("", ""),
			fmt.Sprintf("the lock is missing, and the tokens in %s were made with one", filepath.ToSlash(c.Out))))
		return &Report{Diagnostics: diag.Sort(c.diags), Why: "there is no lock"}, nil
	}
	if c.Unsigned != nil {
		trusted := c.judgeUnsigned()
		return &Report{Diagnostics: diag.Sort(c.diags), Trusted: trusted, Why: c.why}, nil
	}
	var (
		trusted   bool
		canonical bool
		err       error
	)
	parallel.Do(2, func(i int) {
		if i == 0 {
			trusted = c.judgeTokens()
			return
		}
		canonical = c.LockData == nil || c.Lock.Canonical(c.LockData)
		if made != nil {
			err = c.compareConstant(made)
		}
	})
	if err != nil {
		return nil, err
	}
	if !canonical {
		c.diags = append(c.diags, diag.New("artifact-tampered", c.entry("", ""), "the lock is not in the form that a build writes"))
	}
	if made == nil {
		c.listing()
	} else if err := c.judgeContent(made); err != nil {
		return nil, err
	}
	return &Report{Diagnostics: diag.Sort(c.diags), Trusted: trusted, Why: c.why, Waiting: c.plan.Waiting}, nil
}

// judgeTokens judges what the committed tokens say, and the lock by them. It
// reports whether they verify up to a root of trust.
func (c *checker) judgeTokens() (trusted bool) {
	c.readTokens()
	c.verifyChain()
	c.judgeLock()
	c.judgePins()
	if c.Base != nil {
		c.judgeAgainstBase()
	}
	trusted = c.judgeTrust()
	c.judgeTimes()
	c.diags = append(c.diags, emit.ExpiredImports(c.Topology, c.Now)...)
	return trusted
}

// checker is one run.
type checker struct {
	Input
	plain      bool
	unverified map[string]bool // texts of tokens whose signature does not verify
	unmask     func() []string // finds more of them among the recognized
	plan       *emit.Plan
	diags      hcl.Diagnostics
	told       map[string]bool // paths and IDs that a finding is about: one mistake, one finding
	why        string          // there is no root of trust

	paths      []string          // of the files in the folder, sorted
	files      map[string]bool   // the same
	tokenPaths []string          // those that may hold tokens
	tokenFiles []tokenFile       // what they hold
	byPath     map[string]string // the token ID that a .jwt file's path stands for
	moved      map[string]string // of these, digests by paths that were an ID's before it was moved
	tokens     []*token          // that are committed
	byText     map[string]*token
	recognized []*token          // by index of the plan's tokens: those that say the same
	verified   []*token          // one of each ID
	byID       map[string]*token // the same

	operator *token              // the verified operator token, or nil
	accounts map[string]*account // by public key
	names    map[string]string   // of accounts by public key, as the lock has them

	manifest *manifest
	lines    map[string]lockLine // of the lock's entries, see place.go
}

// tell adds a finding about a file of the folder, an ID, or both; what has been
// told about already stays as it is.
func (c *checker) tell(d *hcl.Diagnostic, about ...string) *hcl.Diagnostic {
	for _, a := range about {
		if c.told[a] {
			return d
		}
	}
	for _, a := range about {
		c.told[a] = true
	}
	c.diags = append(c.diags, d)
	return d
}

// stale tells that a file, or what it stands for, is not what a build would
// write now.
func (c *checker) stale(path, format string, args ...any) *hcl.Diagnostic {
	return c.tell(diag.New("artifact-stale", c.file(path), fmt.Sprintf(format, args...)), path)
}

// tampered tells that a file holds what no build wrote.
func (c *checker) tampered(path, format string, args ...any) *hcl.Diagnostic {
	return c.tell(diag.New("artifact-tampered", c.file(path), fmt.Sprintf(format, args...)), path)
}

// file is the place of a file of the folder as a whole.
func (c *checker) file(path string) hcl.Range {
	return hcl.Range{Filename: filepath.ToSlash(filepath.Join(c.Out, filepath.FromSlash(path)))}
}

// readFolder finds which files there are, and reads the manifest.
func (c *checker) readFolder() error {
	paths, err := c.Folder.Paths()
	if err != nil {
		return err
	}
	slices.Sort(paths)
	c.paths, c.files = paths, make(map[string]bool, len(paths))
	for _, p := range paths {
		c.files[p] = true
		if path.Ext(p) == ".jwt" || mayHoldTokens(p) {
			c.tokenPaths = append(c.tokenPaths, p)
		}
	}
	c.manifest, err = c.readManifest()
	return err
}

// placeLocked finds where the lock's tokens belong.
func (c *checker) placeLocked() {
	c.byPath = make(map[string]string, len(c.Lock.Tokens))
	for id := range c.Lock.Tokens {
		c.byPath[emit.TokenPath(id)] = id
	}
}

// isGone reports that a file is not there.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

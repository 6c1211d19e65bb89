package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jsc/emit/folder"
)

// crowded is a topology of so many files that builds keep a cache. Its holes are
// filled by topologyOf.
const crowded = `
operator "CROWD" {
  signing_key "ci" {}
}
locals {
  tenants = { for t in csvdecode(file("tenants.csv")) : t.name => t }
  shared  = { for name, t in local.tenants : name => t if t.shared == "yes" }
}
variable "about" { default = "nothing" }
account "tenant" {
  for_each    = local.tenants
  name        = each.key
  description = each.value.about == "var" ? var.about : each.value.about
  signing_key "ci" {}
  jetstream {}
  stream "S" {
    name        = "S-${each.key}"
    subjects    = ["s.${each.key}.>"]
    description = each.value.about
    consumer "C" {}
  }
  user "app" {
    signing_key = "ci"
    expires     = each.value.expires
  }
  user "bearer" { bearer = true }
}
account "hub" {
  user "u" {}
}
account "X" {
  external   = true
  public_key = "PARTNER"
}
share "pull" {
  for_each = local.shared
  consumer = account.tenant[each.key].stream.S.consumer.C
  expires  = each.value.expires
  to "hub" {}
}
share "ask" {
  for_each = local.shared
  service  = "ask.${each.key}"
  from     = account.tenant[each.key]
  response = each.value.response
  to "hub" {}
  to "X" {}
}
`

// tenant is a line of tenants.csv.
type tenant struct{ about, expires, shared, response string }

// crowd is a topology that changes at random, with what was built of it, and
// another place where the same is built without a cache.
type crowd struct {
	t          *testing.T
	random     *rand.Rand
	cached     string // the folder of the topology
	plain      string // of the copy
	aside      string // holds what was put away
	tenants    map[string]tenant
	partner    string
	now        int64
	known      int // files that were known, over all builds
	done, left int // exit codes 0 and others
}

const crowdLock = "topology.lock.json"

// save writes the topology.
func (c *crowd) save() {
	c.t.Helper()
	var csv strings.Builder
	csv.WriteString("name,about,expires,shared,response\n")
	for i := range 100 {
		name := fmt.Sprintf("t%02d", i)
		if x, ok := c.tenants[name]; ok {
			fmt.Fprintf(&csv, "%s,%s,%s,%s,%s\n", name, x.about, x.expires, x.shared, x.response)
		}
	}
	c.write("tenants.csv", csv.String())
	c.write("topology.hcl", strings.Replace(crowded, "PARTNER", c.partner, 1))
}

func (c *crowd) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.cached, name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c *crowd) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *crowd) one(words ...string) string { return words[c.random.IntN(len(words))] }

func (c *crowd) newTenant() tenant {
	return tenant{c.one("one", "two", "var"), c.one("30d", "400d"), c.one("yes", "no"), c.one("single", "stream")}
}

// jsc runs a command line over one of the two topologies.
func (c *crowd) jsc(dir string, args ...string) (code int, said string) {
	var out bytes.Buffer
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "DIR", dir)
	}
	code = run(args, strings.NewReader(""), &out, &out)
	return code, strings.ReplaceAll(out.String(), dir, "DIR")
}

// edit changes the topology.
func (c *crowd) edit() {
	name := fmt.Sprintf("t%02d", c.random.IntN(70))
	x, ok := c.tenants[name]
	switch c.random.IntN(4) {
	case 0:
		c.tenants[name] = c.newTenant()
	case 1:
		delete(c.tenants, name)
	case 2:
		if ok {
			x.shared = c.one("yes", "no")
			c.tenants[name] = x
		}
	case 3:
		if ok {
			x.about = c.one("one", "two", "var")
			c.tenants[name] = x
		}
	}
}

// file is a file of the output folder.
func (c *crowd) file() string {
	c.t.Helper()
	var names []string
	_ = filepath.WalkDir(filepath.Join(c.cached, "generated"), func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			names = append(names, name)
		}
		return nil
	})
	if len(names) == 0 {
		return ""
	}
	return names[c.random.IntN(len(names))]
}

// tamper does something to the output folder, the lock or the cache that people,
// git, rsync and backups do.
func (c *crowd) tamper() {
	c.t.Helper()
	name, generated, locked := c.file(), filepath.Join(c.cached, "generated"), filepath.Join(c.cached, crowdLock)
	if name == "" {
		return
	}
	info, err := os.Stat(name)
	c.must(err)
	data, err := os.ReadFile(name)
	c.must(err)
	switch c.random.IntN(12) {
	case 0: // edited in place: the same size and mtime
		at := c.random.IntN(len(data))
		data[at] ^= 1
		c.must(os.WriteFile(name, data, 0o644))
		c.must(os.Chtimes(name, info.ModTime(), info.ModTime()))
	case 1:
		c.must(os.Remove(name))
	case 2: // two files of one kind change places
		other := c.file()
		if filepath.Dir(other) == filepath.Dir(name) && other != name {
			c.must(os.Rename(name, name+".x"))
			c.must(os.Rename(other, name))
			c.must(os.Rename(name+".x", other))
		}
	case 3: // as git checkout writes it anew
		c.must(os.Remove(name))
		c.must(os.WriteFile(name, data, 0o644))
	case 4: // put away as a copy, with times
		c.copy(c.cached, filepath.Join(c.aside, "copy"), "keys")
	case 5: // and put back, over what is there
		if _, err := os.Stat(filepath.Join(c.aside, "copy", "generated")); err == nil {
			c.over(filepath.Join(c.aside, "copy", "generated"), generated)
		}
	case 6: // put away by a rename, inodes and all
		if _, err := os.Stat(filepath.Join(c.aside, "generated")); err != nil {
			c.must(os.Rename(generated, filepath.Join(c.aside, "generated")))
			if c.random.IntN(2) == 0 {
				c.copy(filepath.Join(c.aside, "generated"), generated)
			}
		}
	case 7: // and put back
		if _, err := os.Stat(filepath.Join(c.aside, "generated")); err == nil {
			c.must(os.RemoveAll(generated))
			c.must(os.Rename(filepath.Join(c.aside, "generated"), generated))
		}
	case 8: // an older lock
		if old, err := os.ReadFile(filepath.Join(c.aside, "copy", crowdLock)); err == nil {
			c.must(os.WriteFile(locked, old, 0o644))
		}
	case 9: // a lock that was edited by hand
		text, err := os.ReadFile(locked)
		c.must(err)
		if at := bytes.Index(text, []byte(`"iat": 17`)); at >= 0 {
			lines := bytes.SplitAfter(text, []byte("\n"))
			for range 20 {
				i := c.random.IntN(len(lines))
				if at := bytes.Index(lines[i], []byte(`"iat": 1`)); at >= 0 {
					lines[i][at+len(`"iat": 179000`)] = byte('0' + c.random.IntN(10))
					break
				}
			}
			c.must(os.WriteFile(locked, bytes.Join(lines, nil), 0o644))
		}
	case 10: // the cache of an earlier build in the place of the last, in its inode
		old := filepath.Join(c.aside, "copy", ".jsc", "cache")
		if _, err := os.Stat(old); err == nil {
			c.over(old, filepath.Join(c.cached, ".jsc", "cache"))
		}
	case 11: // a key is another
		for _, id := range []string{fmt.Sprintf("account/t%02d/signing/ci", c.random.IntN(70)), "account/hub/user/u", "operator/CROWD/signing/ci"} {
			if c.random.IntN(3) == 0 {
				c.jsc(c.cached, "keys", "rotate", id, "DIR/topology.hcl")
			}
		}
	}
}

// copy makes to a copy of a folder, with times, without the folders of some names.
func (c *crowd) copy(from, to string, without ...string) {
	c.t.Helper()
	c.must(os.RemoveAll(to))
	c.over(from, to, without...)
}

// over copies a folder over one that is there, as cp -a does.
func (c *crowd) over(from, to string, without ...string) {
	c.t.Helper()
	c.must(filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if e.IsDir() {
			if slices.Contains(without, e.Name()) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, rel), data, info.Mode().Perm()); err != nil {
			return err
		}
		return os.Chtimes(filepath.Join(to, rel), info.ModTime(), info.ModTime())
	}))
}

// tree is what is in a folder, by path.
func (c *crowd) tree(dir string) map[string]string {
	c.t.Helper()
	all := map[string]string{}
	c.must(filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || e.IsDir():
			return err
		}
		data, err := os.ReadFile(name)
		all[strings.TrimPrefix(name, dir)] = string(data)
		return err
	}))
	return all
}

// count adds up what is known of the output folder.
func (c *crowd) count() {
	c.t.Helper()
	pr, err := (&place{maxTime: "60s", maxMemory: "2GiB", maxEntities: 10_000}).open(filepath.Join(c.cached, "topology.hcl"))
	c.must(err)
	f, err := folder.Open(c.t.Context(), pr.state, nil)
	if err != nil {
		return
	}
	defer f.Close()
	names, err := f.Paths()
	c.must(err)
	for _, known := range f.Known(names) {
		if known != (folder.Known{}) {
			c.known++
		}
	}
}

// build builds both, with random flags, and holds that they come out the same.
func (c *crowd) build(round int) {
	c.t.Helper()
	c.count()
	c.copy(c.cached, c.plain, "cache")
	args := []string{"build", "DIR/topology.hcl"}
	if c.random.IntN(4) == 0 {
		args = append(args, "--locked")
	} else {
		args = append(args, "--now", strconv.FormatInt(c.now, 10))
	}
	for flag, values := range map[string][]string{"--target": {"resolver-dir"}, "--creds": {"DIR/../creds"}, "--var": {"about=three", "about=four"}} {
		if c.random.IntN(3) == 0 {
			args = append(args, flag, c.one(values...))
		}
	}
	var said [2]string
	var codes [2]int
	var trees [2]map[string]string
	for i, dir := range []string{c.cached, c.plain} {
		creds := filepath.Join(dir, "..", "creds")
		c.must(os.RemoveAll(creds))
		codes[i], said[i] = c.jsc(dir, slices.Clone(args)...)
		trees[i] = c.tree(filepath.Join(dir, "generated"))
		if data, err := os.ReadFile(filepath.Join(dir, crowdLock)); err == nil {
			trees[i]["the lock"] = string(data)
		}
		if _, err := os.Stat(creds); err == nil {
			for name, data := range c.tree(creds) {
				trees[i]["creds"+name] = data
			}
		}
	}
	if diff := cmp.Diff(trees[1], trees[0]); diff != "" || codes[0] != codes[1] || said[0] != said[1] {
		c.t.Fatalf("round %d: jsc %q exits %d without a cache and says\n%s\nwith one %d and\n%s\nfiles differ: -without +with\n%.5000s",
			round, args, codes[1], said[1], codes[0], said[0], diff)
	}
	good := filepath.Join(c.aside, "good")
	if codes[0] == exitDone {
		c.done++
		c.copy(c.cached, good, "keys", "cache")
	} else if c.left++; c.done > 0 { // as git restores what was committed
		c.copy(filepath.Join(good, "generated"), filepath.Join(c.cached, "generated"))
		c.over(filepath.Join(good, crowdLock), filepath.Join(c.cached, crowdLock))
	}
}

// inMemory is a folder for a test, in memory where that can be: it is the same to
// the cache, and saves the test's time.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "jsc")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

var base64Raw = base64.RawURLEncoding

// libraries is what the jwt library and the file system alone take for a tree.
type libraries struct {
	Tokens, Files, Bytes        int
	Encode, Write, Verify, Read time.Duration // on all cores
}

// alone measures the libraries in a process of its own: what a process has in
// memory counts for those that it starts, too.
func (b bench) alone(out, copied string) (l libraries, err error) {
	self, err := os.Executable()
	if err != nil {
		return l, err
	}
	said, err := exec.Command(self, "-alone", out, "-copy", copied, "-runs", strconv.Itoa(b.runs)).Output()
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(said, &l)
}

// measureAlone is alone in that process. It writes JSON to stdout.
func measureAlone(out, copied string, runs int) error {
	t, err := readTree(out)
	if err != nil {
		return err
	}
	l := libraries{Tokens: len(t.tokens), Files: len(t.files), Bytes: t.bytes()}
	for _, m := range []struct {
		into *time.Duration
		take func() (time.Duration, error)
	}{
		{&l.Encode, t.encode}, {&l.Verify, t.verify}, {&l.Read, t.read},
		{&l.Write, func() (time.Duration, error) { return t.write(copied) }},
	} {
		if *m.into, err = medianTime(runs, m.take); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(l)
}

// bench runs a jsc.
type bench struct {
	jsc     string
	runs    int
	profile string // a folder for profiles, by what was run; "" for none
}

// cost is what one run of a command took.
type cost struct {
	wall time.Duration
	cpu  time.Duration // of all cores, the system's part included
	peak int64         // bytes of memory
}

// result is what was measured of one topology.
type result struct {
	tenants int
	libraries
	cold, unchanged, changed, check, lint, plan cost
}

func (b bench) measure(dir string, n int) (r result, err error) {
	if err := writeTopology(dir, topology, n); err != nil {
		return r, err
	}
	if _, err := b.once(dir, "keys", "generate"); err != nil {
		return r, err
	}
	out, lock := filepath.Join(dir, "generated"), filepath.Join(dir, "jsc.lock.json")
	pins, err := os.ReadFile(lock)
	if err != nil {
		return r, err
	}
	fresh := func(int) error {
		return errors.Join(os.RemoveAll(out), os.RemoveAll(filepath.Join(dir, ".jsc", "cache")), os.WriteFile(lock, pins, 0o644))
	}
	if r.cold, err = b.median(dir, "cold", fresh, "build"); err != nil {
		return r, err
	}
	r.tenants = n
	if r.libraries, err = b.alone(out, filepath.Join(dir, "copy")); err != nil {
		return r, err
	}
	change := func(i int) error { return writeTenants(dir, n, i+1) }
	for _, m := range []struct {
		into   *cost
		what   string
		before func(int) error
		args   []string
	}{
		{&r.unchanged, "unchanged", nil, []string{"build"}},
		{&r.changed, "changed", change, []string{"build"}},
		{&r.check, "check", nil, []string{"check"}},
		{&r.lint, "lint", nil, []string{"lint"}},
		{&r.plan, "plan", nil, []string{"plan"}},
	} {
		if *m.into, err = b.median(dir, m.what, m.before, m.args...); err != nil {
			return r, err
		}
	}
	return r, os.RemoveAll(dir)
}

// small measures a small topology: all signed, and nothing changed.
func (b bench) small(dir, example string) (r result, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return r, err
	}
	data, err := os.ReadFile(filepath.Join(example, "topology.hcl"))
	if err != nil {
		return r, err
	}
	if err := os.WriteFile(filepath.Join(dir, "topology.hcl"), data, 0o644); err != nil {
		return r, err
	}
	if _, err := b.once(dir, "keys", "generate"); err != nil {
		return r, err
	}
	lock := filepath.Join(dir, "jsc.lock.json")
	pins, err := os.ReadFile(lock)
	if err != nil {
		return r, err
	}
	many := bench{jsc: b.jsc, runs: max(b.runs, 21), profile: b.profile}
	r.cold, err = many.median(dir, "small-cold", func(int) error {
		return errors.Join(os.RemoveAll(filepath.Join(dir, "generated")), os.RemoveAll(filepath.Join(dir, ".jsc", "cache")), os.WriteFile(lock, pins, 0o644))
	}, "build")
	if err != nil {
		return r, err
	}
	r.unchanged, err = many.median(dir, "small-unchanged", nil, "build")
	return r, err
}

// median runs a command several times, with before ahead of each run, and
// returns the median of each figure. what names its profile, the last run's.
func (b bench) median(dir, what string, before func(i int) error, args ...string) (cost, error) {
	var all []cost
	for i := range b.runs {
		if before != nil {
			if err := before(i); err != nil {
				return cost{}, err
			}
		}
		c, err := b.run(dir, what, args...)
		if err != nil {
			return cost{}, err
		}
		all = append(all, c)
	}
	return cost{
		wall: middle(all, func(c cost) time.Duration { return c.wall }),
		cpu:  middle(all, func(c cost) time.Duration { return c.cpu }),
		peak: middle(all, func(c cost) int64 { return c.peak }),
	}, nil
}

// once runs a command in dir that is not measured.
func (b bench) once(dir string, args ...string) (cost, error) { return b.run(dir, "other", args...) }

// run runs a command in dir.
func (b bench) run(dir, what string, args ...string) (cost, error) {
	cmd := exec.Command(b.jsc, args...)
	cmd.Dir = dir
	if b.profile != "" {
		cmd.Env = append(os.Environ(), "JSC_PROFILE="+filepath.Join(b.profile, what+".prof"))
	}
	begin := time.Now()
	output, err := cmd.CombinedOutput()
	took := time.Since(begin)
	if err != nil {
		return cost{}, fmt.Errorf("jsc %v: %w\n%s", args, err, output[:min(len(output), 2000)])
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	c := cost{wall: took, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage != nil {
		c.peak = usage.Maxrss * 1024
	}
	return c, nil
}

func medianTime(runs int, take func() (time.Duration, error)) (time.Duration, error) {
	var all []time.Duration
	for range runs {
		d, err := take()
		if err != nil {
			return 0, err
		}
		all = append(all, d)
	}
	return middle(all, func(d time.Duration) time.Duration { return d }), nil
}

func middle[T any, N int64 | time.Duration](all []T, of func(T) N) N {
	values := make([]N, len(all))
	for i, v := range all {
		values[i] = of(v)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/lint"
	"jsc/schema"
	"jsc/schema/diag"
)

// maxSettings is the most that is read of a settings file, in bytes.
const maxSettings = 1 << 20

func isTopology(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}

// judge adds to c what lint finds, and leaves of all warnings what the team's
// settings, its baseline and the comments in the topology let stand. Errors
// stand in any case, and settings can make errors of warnings. Once is enough.
func (t *terminal) judge(pr *project, c *compiled, now int64, more ...*hcl.Diagnostic) error {
	if c.judged {
		return nil
	}
	c.judged = true
	p, wrong, err := readPolicy(pr, c.config.Sources)
	if err != nil {
		return err
	}
	// Where a build is refused, opinions would hide what is to be mended first.
	j, found := judgement(pr, c, now, p, !c.diags.HasErrors())
	j.KeepErrors = true
	c.diags = j.Findings(slices.Concat(found, wrong, more))
	return nil
}

// judgement is what is found in a topology, by lint's rules too where they are
// asked, and who is to judge it by a policy.
func judgement(pr *project, c *compiled, now int64, p lint.Policy, rules bool) (lint.Judge, hcl.Diagnostics) {
	found := slices.Clone(c.diags)
	if rules {
		found = append(found, lint.Run(c.topology, c.config, lint.Options{Now: now, Found: c.diags, Settings: p.Settings})...)
	}
	return lint.Judge{Settings: p.Settings, Baseline: p.Baseline, Sources: c.config.Sources, Name: pr.undisplay}, c.config.Redact(found)
}

// undisplay is a file's name relative to the topology's root, however the
// topology was given.
func (pr *project) undisplay(shown string) string {
	if shown == pr.said {
		return path.Base(pr.path)
	}
	return shown
}

// readSettings reads .jsc.hcl in the topology's root; nil where there is none.
// Its text goes to sources.
func readSettings(pr *project, sources map[string][]byte) (*lint.Settings, hcl.Diagnostics, error) {
	name := path.Join(pr.dir, lint.SettingsFile)
	// Looked at before it is opened: to open a named pipe waits for a writer.
	info, err := pr.tree.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the settings: %w", err)
	}
	shown := pr.display(name)
	at := hcl.Range{Filename: shown}
	if !info.Mode().IsRegular() {
		return nil, hcl.Diagnostics{diag.New("file-outside-root", at, shown, "it is not a regular file")}, nil
	}
	f, err := pr.tree.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("read the settings: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read the settings: %w", err)
	}
	if len(data) > maxSettings {
		return nil, hcl.Diagnostics{diag.New("file-too-large", at, shown, "1 MiB")}, nil
	}
	sources[shown] = data
	settings, diags := lint.ParseSettings(shown, data)
	return settings, diags, nil
}

// readBaseline reads the baseline that the settings name, as all files of the
// tree are read; nil where they name none.
func readBaseline(pr *project, settings *lint.Settings) (*lint.Baseline, *hcl.Diagnostic) {
	return baselineIn(pr.tree.FS(), pr.dir, settings)
}

// baselineIn is readBaseline in any tree, for settings in a folder of it.
func baselineIn(tree fs.FS, dir string, settings *lint.Settings) (*lint.Baseline, *hcl.Diagnostic) {
	if settings == nil || settings.Baseline == "" {
		return nil, nil
	}
	data, err := schema.ReadFile(tree, path.Join(dir, settings.Baseline))
	if errors.Is(err, fs.ErrNotExist) {
		d := diag.New("file-unreadable", settings.BaselineAt, settings.Baseline, "it does not exist")
		return nil, diag.WithHint(d, "Make it with jsc lint --write-baseline.")
	}
	if err != nil {
		return nil, diag.New("file-unreadable", settings.BaselineAt, settings.Baseline, err.Error())
	}
	b, err := lint.ParseBaseline(data)
	if err != nil {
		d := diag.New("file-unreadable", settings.BaselineAt, settings.Baseline, err.Error())
		return nil, diag.WithHint(d, "Remove it and make it anew with jsc lint --write-baseline.")
	}
	return b, nil
}

// baselineFault says why a file cannot be a baseline that is written; "" for
// one that can. The settings that name it may be somebody else's, so that
// nothing of another kind is written over.
func baselineFault(pr *project, name string) string {
	switch {
	case !strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".lock.json") || isTopology(name):
		return "its name must end in .json, and be neither a lock's nor a topology's"
	case !fs.ValidPath(name):
		return "it is outside the topology's root"
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return "no part of a path may begin with a dot"
		}
	}
	if _, err := inside(pr.out, filepath.Join(pr.root, name)); err == nil {
		return "the output folder is jsc's own"
	}
	return ""
}

// writeBaseline writes a baseline where the settings say.
func writeBaseline(pr *project, settings *lint.Settings, b *lint.Baseline) error {
	name := settings.Baseline
	if why := baselineFault(pr, name); why != "" {
		return fmt.Errorf("write the baseline %s: %s", name, why)
	}
	full := path.Join(pr.dir, name)
	// Also where there is none yet, a link on the way there is refused.
	_, err := schema.ReadFile(pr.tree.FS(), full)
	if old, wrong := readBaseline(pr, settings); old == nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write the baseline %s: there is something else of that name: %s", name, wrong.Summary)
	}
	if err := replaceIn(pr.tree, full, b.Encode()); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

// replaceIn writes a file of a tree beside it first, so that nobody reads a half of
// it. What a branch brought in that place may be a link, which is not followed.
func replaceIn(tree *os.Root, name string, data []byte) error {
	half := name + ".new"
	if err := tree.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := tree.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = tree.Rename(half, name)
	}
	if err != nil {
		return errors.Join(err, tree.Remove(half))
	}
	return nil
}

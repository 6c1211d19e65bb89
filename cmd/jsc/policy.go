package main

import (
	"maps"
	"path"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/lint"
	"jsc/emit/folder"
	"jsc/emit/git"
)

// readPolicy reads what the topology's root says of findings, and tells what is
// wrong with it. The settings' text goes to sources.
func readPolicy(pr *project, sources map[string][]byte) (lint.Policy, hcl.Diagnostics, error) {
	p := lint.Policy{File: pr.display(path.Join(pr.dir, lint.SettingsFile))}
	var wrong hcl.Diagnostics
	var err error
	if p.Settings, wrong, err = readSettings(pr, sources); err != nil || p.Settings == nil {
		return p, wrong, err
	}
	p.BaselineFile = pr.display(path.Join(pr.dir, p.Settings.Baseline))
	var unread *hcl.Diagnostic
	if p.Baseline, unread = readBaseline(pr, p.Settings); unread != nil {
		wrong = append(wrong, unread)
	}
	return p, wrong, nil
}

// policyOf is the policy of a revision, and the settings' text by name. What is
// wrong with it there is not told: nobody who changes a topology can mend it.
func policyOf(pr *project, rev *git.Revision) (lint.Policy, map[string][]byte, error) {
	data, err := rev.File(filepath.Join(pr.root, lint.SettingsFile), maxSettings)
	if err != nil || data == nil {
		return lint.Policy{}, nil, err
	}
	p := lint.Policy{File: rev.String() + ":" + pr.display(path.Join(pr.dir, lint.SettingsFile))}
	p.Settings, _ = lint.ParseSettings(p.File, data)
	tree, err := rev.Tree(pr.root, folder.MaxFile)
	if err != nil {
		return lint.Policy{}, nil, err
	}
	p.Baseline, _ = baselineIn(tree, ".", p.Settings)
	return p, map[string][]byte{p.File: data}, nil
}

// policyAgainst is the policy of a revision, which a tree is judged by where
// the revision is believed, with what the tree's own policy weakens in it. Of
// those findings the revision's settings alone decide: nothing in the tree,
// comments least of all, has a say. What they point into is added to sources.
func policyAgainst(pr *project, rev *git.Revision, is lint.Policy, sources map[string][]byte) (lint.Policy, hcl.Diagnostics, error) {
	was, texts, err := policyOf(pr, rev)
	maps.Copy(sources, texts)
	return was, lint.Judge{Settings: was.Settings}.Findings(is.Weakened(was)), err
}

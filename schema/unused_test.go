package schema_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"jsc/schema"
)

func TestUnused(t *testing.T) {
	tree := fstest.MapFS{
		"main.hcl": {Data: []byte(`
variable "own" {
  default = 1
  validation {
    condition     = var.own > 0
    error_message = "own is positive"
  }
}
variable "looped" { default = {} }
variable "inside" { default = "x" }
variable "content" { default = "x" }
variable "passed" { default = "x" }
variable "spare" { default = "x" }
variable "other" {
  default = 2
  validation {
    condition     = var.other > 1
    error_message = "other is more than one"
  }
}
locals {
  deep  = upper(join("-", [for x in ["a"] : "${x}${local.base}"]))
  base  = "b"
  loose = var.other
}
operator "O" { description = "${local.deep}" }
account "none" {
  for_each    = var.looped
  description = var.inside
  user "u" {
    dynamic "publish" {
      for_each = [1]
      content { allow = [var.content] }
    }
  }
}
module "m" {
  source = "./m"
  taken  = var.passed
}
module "never" {
  source   = "./never"
  for_each = {}
}
`)},
		"m/m.hcl": {Data: []byte(`
variable "taken" {}
variable "left" { default = 1 }
locals { t = var.taken }
account "M" { description = local.t }
`)},
		"never/n.hcl": {Data: []byte(`variable "x" { default = 1 }`)},
	}
	config, diags := schema.Load(schema.Options{Tree: tree, Path: "main.hcl"})
	for _, d := range diags {
		t.Error(d)
	}
	var got []string
	for _, u := range config.Unused {
		got = append(got, fmt.Sprintf("%s %s:%d %s", u.Rule, u.At.Filename, u.At.Start.Line, u.Name))
	}
	slices.Sort(got)
	want := []string{
		"unused-local main.hcl:24 loose",
		"unused-variable m/m.hcl:3 left",
		"unused-variable main.hcl:13 spare",
		"unused-variable main.hcl:2 own",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnusedInJSON(t *testing.T) {
	tree := fstest.MapFS{"main.hcl.json": {Data: []byte(`{
  "variable": {"used": {"default": "x"}, "spare": {"default": "y"}},
  "locals": {"l": "${var.used}", "m": 1},
  "operator": {"O": {"description": "it is ${local.l}"}}
}`)}}
	config, diags := schema.Load(schema.Options{Tree: tree, Path: "main.hcl.json"})
	for _, d := range diags {
		t.Error(d)
	}
	var got []string
	for _, u := range config.Unused {
		got = append(got, fmt.Sprintf("%s %s at %d", u.Rule, u.Name, u.At.Start.Line))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"unused-local m at 3", "unused-variable spare at 2"}, got); diff != "" {
		t.Error(diff)
	}
}

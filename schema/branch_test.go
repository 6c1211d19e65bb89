package schema

import (
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// TestBranchesAreTheTrunk: a topology is the same, and the same is said of it,
// whether one evaluator works it out or many do.
func TestBranchesAreTheTrunk(t *testing.T) {
	for _, c := range []struct {
		name, hcl string
		branches  bool // go through to the end
	}{
		{"tenants", tenantTopology, true},
		{"locals of every stratum", `
locals {
  words    = { for i in range(300) : "w${i}" => "v${i}" }
  suffix   = "x"
  first    = account.t["w0"].name
  subjects = account.t["w0"].stream.S.subjects
}
account "t" {
  for_each    = local.words
  name        = "${each.key}-${local.suffix}"
  description = "after ${local.first}"
  jetstream {
    tier "R1" { disk = "1GiB" }
  }
  stream "S" {
    subjects = ["s.${each.value}.${local.first}"]
  }
  user "u" {
    for_each = toset(["a", "b"])
    publish { allow = local.subjects }
  }
}
share "s" {
  for_each = local.words
  name     = "s-${account.t[each.key].name}"
  stream   = account.t[each.key].stream.S
  to "next" {
    for_each = { n = each.key == "w0" ? "w1" : "w0" }
    account  = account.t[each.value]
  }
}`, true},
		{"what instances share, and what not", `
locals {
  words = { for i in range(300) : "w${i}" => i }
  tag   = "common"
  empty = null
}
account "hub" {
  stream "S" { subjects = ["hub.>"] }
}
account "t" {
  for_each    = local.words
  description = "all alike"
  tags        = ["a", local.tag]
  info_url    = local.empty
  expires     = "30d"
  limits {
    connections = each.value
    data        = "1GiB"
  }
  jetstream {
    disk = "1GiB"
    tier "R1" { disk = "${each.value}GiB" }
  }
  default_permissions {
    publish { allow = ["x.${local.tag}"] }
    responses { max = 3 }
  }
  stream "S" {
    subjects  = ["s"]
    max_bytes = "1MiB"
    max_age   = "1h"
    source {
      name           = account.hub.stream.S.name
      filter_subject = "hub.a"
    }
    placement { cluster = "C1" }
    source { name = "of-${each.key}" }
    source { name = account.hub.stream.S.name }
    consumer "alike" {
      deliver_subject = "to.all"
      ack_wait        = "3s"
    }
    consumer "other" {
      ack_wait       = "3s"
      filter_subject = "s.${each.value}"
    }
  }
  user "u" {
    for_each      = toset(["a", "b"])
    bearer        = true
    subscriptions = each.parent.value
    tags          = [local.tag]
    access { publish = [account.t["w1"].stream.S] }
  }
  dynamic "user" {
    for_each = toset(["local", "share"])
    iterator = local
    labels   = [local.value]
    content {
      tags = [local.value]
    }
  }
}
share "s" {
  for_each = local.words
  stream   = account.t["w0"].stream.S
  mode     = "read"
  to "next" {
    account       = account.hub
    local_subject = "here.${each.key}"
  }
  to "alike" {
    account       = account.t["w2"]
    local_subject = "here"
  }
}`, true},
		{"a mistake in what instances share", `
account "t" {
  for_each = { for i in range(300) : "w${i}" => i }
  stream "S" { max_age = "long" }
}`, false},
		{"a mistake in what no instance has", `
account "t" {
  for_each = { for i in range(300) : "w${i}" => i }
  stream "S" {
    for_each = {}
    max_age  = "long"
  }
}`, false},
		{"a sensitive variable", `
variable "v" {
  default   = "hidden"
  sensitive = true
}
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  description = "${var.v} ${each.value}"
}`, true},
		{"what is made of a sensitive variable elsewhere", `
variable "v" {
  default   = "hidden"
  sensitive = true
}
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  description = base64encode("${each.key} ${account.t["w0"].stream.S.subjects[0]}")
  jetstream {
    tier "R1" { disk = "1GiB" }
  }
  stream "S" { subjects = ["s.${each.key}.${upper(var.v)}"] }
}`, true},
		{"a module's output", `
module "m" { source = "./m" }
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  description = module.m.word
}`, true},
		{"a mistake in each", `
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  description = each.value
}`, false},
		{"a mistake in one", `
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  description = each.value == 7 ? [] : "good"
}`, false},
		{"a local that is wrong", `
locals { wrong = account.none.name }
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  description = local.wrong
}`, false},
		{"a local that nobody can ask for yet", `
locals { late = account.t["w0"].stream.S.subjects[0] }
account "t" {
  for_each    = { for i in range(300) : "w${i}" => i }
  stream "S" { subjects = ["a.${local.late}"] }
}`, false},
		{"an output by a key", `
module "m" {
  for_each = toset(["a"])
  source   = "./m"
}
account "t" {
  for_each    = { for i in range(300) : "w${i}" => "a" }
  description = module.m[each.value].word
}`, false},
		{"too many", `
account "t" {
  for_each = { for i in range(400) : "w${i}" => i }
  stream "S" { subjects = ["s"] }
}
account "u" {}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := tenantTree(300)
			tree["m/m.hcl"] = &fstest.MapFile{Data: []byte(`output "word" { value = "word" }`)}
			tree["t.hcl"] = &fstest.MapFile{Data: []byte(c.hcl)}
			o := Options{
				Tree:   tree,
				Path:   "t.hcl",
				Bounds: Bounds{Time: DefaultBounds.Time, Heap: DefaultBounds.Heap, Entities: 5000},
			}
			if c.name == "too many" {
				o.Bounds.Entities = 500
			}
			got, diags := Load(o)
			want, said := byTrunk(o)
			if _, _, ok := try(o, nil); ok != c.branches {
				t.Errorf("branches go through to the end: %v\n%s", ok, text(said))
			}
			if diff := cmp.Diff(text(said), text(diags)); diff != "" {
				t.Errorf("said of it (-trunk +branches):\n%s", diff)
			}
			if diff := cmp.Diff(dump(want), dump(got)); diff != "" {
				t.Errorf("it is (-trunk +branches):\n%s", diff)
			}
			for i, a := range want.Accounts {
				if said, shown := redacted(want, a), redacted(got, got.Accounts[i]); said != shown {
					t.Fatalf("branches show %q, and the trunk %q", shown, said)
				}
			}
		})
	}
}

// redacted is an account's description as messages show it.
func redacted(c *Config, a *Account) string {
	return c.Redact(hcl.Diagnostics{diag.New("syntax", hcl.Range{}, a.Description.Value)})[0].Summary
}

// byTrunk loads without branches.
func byTrunk(o Options) (c *Config, diags hcl.Diagnostics) {
	defer func() {
		if over, ok := recover().(overLimit); ok {
			c, diags = &Config{}, hcl.Diagnostics{diag.New("evaluation-limit", over.at, over.why)}
		}
	}()
	return loadBy(newEvaluator(o, new(atomic.Bool)), o)
}

func text(diags hcl.Diagnostics) string {
	var b strings.Builder
	if err := diag.Text(&b, diag.Sort(diags), diag.Options{}); err != nil {
		b.WriteString(err.Error())
	}
	return b.String()
}

// dump writes everything in a configuration, references by their addresses.
func dump(c *Config) string {
	var b strings.Builder
	dumpValue(&b, "", reflect.ValueOf(c).Elem())
	return b.String()
}

func dumpValue(b *strings.Builder, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Parent" && f.Name != "Sources" {
				dumpValue(b, path+"."+f.Name, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			dumpValue(b, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			dumpValue(b, path, v.Elem())
		}
	case reflect.Interface:
		if e, ok := v.Interface().(Entity); ok {
			fmt.Fprintf(b, "%s = %s\n", path, e.Header().Address())
		}
	default:
		if !v.IsZero() {
			fmt.Fprintf(b, "%s = %v\n", path, v.Interface())
		}
	}
}

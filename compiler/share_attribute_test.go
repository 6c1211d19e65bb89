package compiler

import (
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
)

// TestAttributesWithoutPlace: an attribute that stands nowhere is reported at
// its block, whatever was reported before it.
func TestAttributesWithoutPlace(t *testing.T) {
	written := hcl.Range{Filename: "t.hcl", Start: hcl.Pos{Line: 7, Column: 1}, End: hcl.Pos{Line: 7, Column: 9}}
	config, _ := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte("share \"s\" {\n to \"A\" {}\n}")}}, Path: "t.hcl"})
	p := new(pass)
	checkAttributes(p, &Share{Kind: new(ShareKind)}, config.Shares[0].To[0], []func(*schema.To) attribute{
		func(*schema.To) attribute {
			return attribute{name: attrInbox, set: true, site: &schema.Site{Name: written}}
		},
		func(*schema.To) attribute { return attribute{name: attrAPI, set: true} },
	})
	if len(p.diags) != 2 || *p.diags[0].Subject != written || p.diags[1].Subject.Start.Line != 2 {
		t.Errorf("diagnostics %v", p.diags)
	}
}

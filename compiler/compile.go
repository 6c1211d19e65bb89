package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
)

// pass is one compilation: what is known so far, and the maps that lead from
// what was written to what was made of it.
type pass struct {
	config *schema.Config
	keys   schema.Keys
	t      *Topology
	diags  hcl.Diagnostics

	accounts  map[*schema.Account]*Account
	streams   map[schema.Entity]*Stream // by *schema.Stream or *schema.Bucket
	consumers map[*schema.Consumer]*Consumer
	users     map[*schema.User]*User
	shares    map[*schema.Share]*Share
}

// Compile makes the topology that c describes. The public keys are those that
// keys has pinned, else stand-ins (schema.StandIn). Diagnostics come back
// unsorted; with errors among them the topology is what could be made of the
// rest, and never nil.
func Compile(c *schema.Config, keys schema.Keys) (*Topology, hcl.Diagnostics) {
	p := &pass{
		config:    c,
		keys:      keys,
		t:         &Topology{},
		accounts:  make(map[*schema.Account]*Account, len(c.Accounts)),
		streams:   make(map[schema.Entity]*Stream),
		consumers: make(map[*schema.Consumer]*Consumer),
		users:     make(map[*schema.User]*User),
		shares:    make(map[*schema.Share]*Share, len(c.Shares)),
	}
	return p.t, p.diags
}

// add reports diagnostics; nil ones are left out.
func (p *pass) add(ds ...*hcl.Diagnostic) {
	for _, d := range ds {
		if d != nil {
			p.diags = append(p.diags, d)
		}
	}
}

// publicKey is the key of an ID: pinned, else its stand-in.
func (p *pass) publicKey(id string) string { return schema.PublicKey(p.keys, id) }

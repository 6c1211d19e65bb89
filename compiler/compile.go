package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema"
)

// pass is one compilation: what is known so far, and the maps that lead from
// what was written to what was made of it.
type pass struct {
	config *schema.Config
	keys   schema.Keys
	t      *Topology
	diags  []report
	isPart bool  // of a pass that goes on elsewhere at once; see each
	known  Facts // see facts

	accounts  map[*schema.Account]*Account
	streams   map[schema.Entity]*Stream // by *schema.Stream or *schema.Bucket
	consumers map[*schema.Consumer]*Consumer
	users     map[*schema.User]*User
	shares    map[*schema.Share]*Share
	accepted  map[*schema.Accept][]*Share
	strangers map[string]*Account // exporters of accepted shares that nobody declares, by key

	pinned map[string]pinning  // by key; of two with one, the first
	offers map[*Account]offers // see offersOf

	named    map[string]*schema.Account     // see accountOf
	userKeys map[*Account]map[string]string // see userKeysOf
	compared int                            // see suggest

	inputs     map[*Stream]*subject.Index[none]       // see indexShared
	stored     map[*Stream]*subject.Index[none]       // likewise
	deliveries map[*Account]*subject.Index[*Consumer] // see deliveriesOf
	lacks      map[lack]bool                          // see lacking
	collided   map[*Target]bool                       // see checkCollisions
	shared     map[source]*subject.Index[*Share]      // see sharing
}

// Compile makes the topology that c describes. The public keys are those that
// keys has pinned, else stand-ins (schema.StandIn). Diagnostics come back
// unsorted; with errors among them the topology is what could be made of the
// rest, and never nil.
func Compile(c *schema.Config, keys schema.Keys) (*Topology, hcl.Diagnostics) {
	p := &pass{
		config:    c,
		keys:      keys,
		t:         &Topology{Start: c.Start},
		accounts:  make(map[*schema.Account]*Account, len(c.Accounts)),
		streams:   make(map[schema.Entity]*Stream, len(c.Accounts)),
		consumers: make(map[*schema.Consumer]*Consumer, len(c.Accounts)),
		users:     make(map[*schema.User]*User, len(c.Accounts)),
		shares:    make(map[*schema.Share]*Share, len(c.Shares)),
		accepted:  make(map[*schema.Accept][]*Share),
		strangers: make(map[string]*Account),
		pinned:    make(map[string]pinning),
		lacks:     make(map[lack]bool),
		userKeys:  make(map[*Account]map[string]string),

		deliveries: make(map[*Account]*subject.Index[*Consumer]),
	}
	p.run()
	diags := make(hcl.Diagnostics, len(p.diags))
	for i, r := range p.diags {
		diags[i] = r.Diagnostic
	}
	return p.t, diags
}

// run is the table of contents of a compilation.
func (p *pass) run() {
	// The operator first: its keys sign accounts, and its name is a server's.
	p.compileOperator()
	// Streams' limits and shares' ack subjects depend on the server.
	p.compileServer()
	// All accounts with their keys and users, then what names other accounts.
	p.compileAccounts()
	p.completeAccounts()
	// Shares are of streams and consumers, so that these come before them.
	p.compileStreams()
	p.compileShares()
	// Shares of other parties meet those of this one in the importers.
	p.compileAccepts()
	p.checkShares()
	p.grantShares()
	p.compileSharedSources()
	// Raw exports of all accounts before raw imports, which look for them, and
	// for public shares.
	for _, a := range p.t.Accounts {
		p.compileExports(a)
	}
	for _, a := range p.t.Accounts {
		p.compileImports(a)
	}
	// Every grant is there: exports, imports and activations follow from them.
	p.deriveExports()
	// A user's access is over what its account imports.
	p.compilePermissions()
	p.check()
}

// check refuses what can be judged only of the whole.
func (p *pass) check() {
	p.checkPinned()
	each(p, p.t.Accounts, func(p *pass, a *Account) (_ none) {
		p.checkKeyGiven(a)
		// Shares have filled in what streams copy.
		p.checkStreams(a)
		p.checkMQTT(a)
		p.checkAccountVersion(a)
		p.checkExports(a)
		return
	})
	for _, a := range p.t.Accounts {
		p.checkImports(a)
		p.checkDiverted(a)
	}
	p.checkMirrored()
	p.checkUserInboxes()
	p.checkImportCycles()
	p.checkServerLimits()
	p.checkResolverLimit()
}

// add reports diagnostics; nil ones are left out.
func (p *pass) add(ds ...*hcl.Diagnostic) {
	for _, d := range ds {
		if d != nil {
			p.report(report{Diagnostic: d})
		}
	}
}

// lack is a thing that an account does not have.
type lack struct {
	account *Account
	what    string
}

// lacking reports d, that an account has none of what, unless it has been said.
func (p *pass) lacking(a *Account, what string, d *hcl.Diagnostic) {
	if a.Src != nil && a.Src.Lacks(what) {
		return
	}
	p.report(report{d, lack{a, what}})
}

// report is a diagnostic. With a lack that has been said it is none.
type report struct {
	*hcl.Diagnostic
	lack lack
}

func (p *pass) report(r report) {
	if r.lack != (lack{}) {
		if p.lacks[r.lack] {
			return
		}
		if !p.isPart {
			p.lacks[r.lack] = true
		}
	}
	p.diags = append(p.diags, r)
}

// publicKey is the key of an ID: pinned, else its stand-in.
func (p *pass) publicKey(id string) string { return schema.PublicKey(p.keys, id) }

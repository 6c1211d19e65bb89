package schema

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// BlockSite is where a block stands. All instances of a family share it.
type BlockSite struct {
	Type  hcl.Range // the block's type keyword
	Label hcl.Range // its label; the zero Range for a block without one
	Def   hcl.Range // its header, from the type to the opening brace
	Body  hcl.Range // the closing brace, where an attribute is missing

	refused []string // the kinds of the blocks in it that were refused
}

// Block is what every block has.
type Block struct {
	Description Attr[string] `hcl:"description" doc:"what it is for; goes where NATS keeps a description"`
	site        *BlockSite
}

// Site is where the block stands; never nil.
func (b *Block) Site() *BlockSite {
	if b.site == nil {
		return &nowhere
	}
	return b.site
}

// nowhere is where blocks stand that nobody wrote. It is not changed.
var nowhere BlockSite

// Def is the range of the block's header.
func (b *Block) Def() hcl.Range { return b.Site().Def }

// Kind names a kind of entity: the block type that declares it.
type Kind string

// The kinds of entity.
const (
	KindAccount     Kind = "account"
	KindUser        Kind = "user"
	KindStream      Kind = "stream"
	KindConsumer    Kind = "consumer"
	KindKeyValue    Kind = "key_value"
	KindObjectStore Kind = "object_store"
	KindShare       Kind = "share"
	kindAccept      Kind = "accept"
	KindExport      Kind = "export"
	KindImport      Kind = "import"
	kindMapping     Kind = "mapping"
	KindSigningKey  Kind = "signing_key"
	kindTo          Kind = "to"
)

// Entity is a block with a label: a thing that has an address, and, under
// for_each, instances.
type Entity interface {
	// Header is what all entities have; the same pointer at every call.
	Header() *Head
}

// Head is the common part of every entity.
type Head struct {
	Block
	Kind   Kind
	Label  string // as written; under for_each the family's name
	Key    string // each.key of this instance
	HasKey bool   // the block has a for_each of its own
	Name   string // the NATS name: name =, or the label, or <label>-<key>
	Parent Entity // the entity whose block this one stands in; nil at the top

	nameAt *Site  // of the name attribute; nil where the name is the label's
	module string // of an entity at the top of a module: the module's address and a dot
	self   Entity // what embeds this Head
	names  names  // the entities whose blocks stand in this one

	unmade []string // the kinds of blocks in it of which it could not be worked out how many there are
}

// Header returns h itself, so that embedding Head makes an Entity.
func (h *Head) Header() *Head { return h }

// Lacks reports that a block of the kind stands in this one that could not be
// taken, which a diagnostic said: that there is none is no further mistake.
func (h *Head) Lacks(kind string) bool {
	return slices.Contains(h.unmade, kind) || slices.Contains(h.Site().refused, kind)
}

// LabelOrNameRange is where the entity's NATS name comes from.
func (h *Head) LabelOrNameRange() hcl.Range {
	if h.nameAt != nil {
		return h.nameAt.Value
	}
	return h.Site().Label
}

// NameFailed reports that the entity's name could not be worked out, which a
// diagnostic said: Name is then what it would be without.
func (h *Head) NameFailed() bool { return h.nameAt != nil && h.nameAt.invalid }

// Instance is the entity's address where it, or what it stands in, is of a
// family; else "".
func (h *Head) Instance() string {
	for in := h; ; in = in.Parent.Header() {
		if in.HasKey {
			return h.Address()
		}
		if in.Parent == nil {
			return ""
		}
	}
}

// Address is how a reference to the entity is written:
// account.tenant["acme"].stream.ORDERS. It is put together at every call, and
// empty for an entity that nobody declared.
func (h *Head) Address() string {
	switch self := h.self.(type) {
	case nil:
		return ""
	case *AcceptedShare:
		return self.Accept.Address() + indexStep(self.Share)
	}
	address := h.module
	if h.Parent != nil {
		address = h.Parent.Header().Address() + "."
	}
	address += string(h.Kind) + labelStep(h.Label)
	if h.HasKey {
		address += indexStep(h.Key)
	}
	return address
}

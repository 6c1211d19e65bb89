package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// AcceptedShare is a reference to one share of an accept block:
// account.B.accept.N["share"]. Which shares there are is in the bundle, so that
// the compiler says when there is none of that name.
type AcceptedShare struct {
	Head   // of the kind of accept, with the share's name
	Accept *Accept
	Share  string
}

// acceptedShare is the reference that an index of an accept block gives; false
// for other steps and other entities.
func acceptedShare(h *Head, step hcl.Traverser) (cty.Value, bool) {
	accept, ok := h.self.(*Accept)
	if !ok {
		return cty.NilVal, false
	}
	if _, ok := step.(hcl.TraverseIndex); !ok {
		return cty.NilVal, false
	}
	name, ok := stepName(step)
	if !ok {
		return cty.NilVal, false
	}
	s := &AcceptedShare{Accept: accept, Share: name}
	s.Head = Head{Kind: kindAccept, Label: name, Name: name, Parent: h.Parent, self: s}
	s.Head.site = h.site
	return cty.CapsuleVal(refType, &s.Head), true
}

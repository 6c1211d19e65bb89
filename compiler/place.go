package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
)

// place is where an export comes from: its block, or the share that needs it;
// else, of one that nobody wrote, where its account's limits stand.
func (e *Export) place(a *Account) hcl.Range {
	if e.Raw != nil {
		if e.Type == StreamType {
			return e.Raw.Stream.Range()
		}
		return e.Raw.Service.Range()
	}
	for _, g := range e.Grants {
		if g.Share != nil {
			return g.Share.Src.LabelOrNameRange()
		}
	}
	return a.Src.LabelOrNameRange()
}

// latencyPlace is where the results of an export's measurements are written.
func (e *Export) latencyPlace(a *Account) hcl.Range {
	if e.Raw != nil && e.Raw.Latency != nil {
		return e.Raw.Latency.Results.Range()
	}
	for _, g := range e.Grants {
		if g.Share != nil && g.Share.Src.Latency != nil {
			return g.Share.Src.Latency.Results.Range()
		}
	}
	return e.place(a)
}

// place is where an import comes from: its block, or the target of the share
// that needs it.
func (i *Import) place(a *Account) hcl.Range {
	switch {
	case i.Raw != nil:
		return i.Raw.LabelOrNameRange()
	case i.Grant != nil && i.Grant.Target != nil:
		return i.Grant.Target.Src.LabelOrNameRange()
	case a.Src != nil:
		return a.Src.LabelOrNameRange()
	}
	return hcl.Range{}
}

// subjectRange is where a raw import names the exporter's subject.
func (i *Import) subjectRange() hcl.Range {
	if i.Type == StreamType {
		return i.Raw.Stream.Range()
	}
	return i.Raw.Service.Range()
}

// localPlace is where an import's local subject comes from: the attribute, else
// the import itself.
func (i *Import) localPlace(a *Account) hcl.Range {
	return i.localAttr().RangeOr(i.place(a))
}

// localAttr is the local_subject that an import comes from, if any.
func (i *Import) localAttr() schema.Attr[string] {
	switch {
	case i.Raw != nil:
		return i.Raw.LocalSubject
	case i.Grant != nil && i.Grant.Target != nil:
		return i.Grant.Target.Src.LocalSubject
	}
	return schema.Attr[string]{}
}

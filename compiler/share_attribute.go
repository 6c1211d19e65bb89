package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
)

// attribute is whether and where an attribute of any type is written.
type attribute struct {
	name         string
	set, invalid bool
	site         *schema.Site // nil when it is absent
}

// at is where its value stands; the zero Range when it is absent.
func (a attribute) at() hcl.Range {
	if a.site == nil {
		return hcl.Range{}
	}
	return a.site.Value
}

// nameAt is where its name stands; the zero Range when it is absent.
func (a attribute) nameAt() hcl.Range {
	if a.site == nil {
		return hcl.Range{}
	}
	return a.site.Name
}

func attributeOf[T any](name string, a schema.Attr[T]) attribute {
	return attribute{name: name, set: a.IsSet(), invalid: a.Invalid(), site: a.Site()}
}

// shareSources are the attributes that say what is shared.
func shareSources(s *schema.Share) []attribute {
	return []attribute{
		attributeOf("consumer", s.Consumer),
		attributeOf("stream", s.Stream),
		attributeOf("key_value", s.KeyValue),
		attributeOf("object_store", s.ObjectStore),
		attributeOf("subject", s.Subject),
		attributeOf("service", s.Service),
	}
}

// shareAttributes are the attributes of a share that only some kinds take.
func shareAttributes(s *schema.Share) []attribute {
	all := []attribute{
		attributeOf(attrFrom, s.From),
		attributeOf(attrCompeting, s.Competing),
		attributeOf(attrWatch, s.Watch),
		attributeOf(attrFilters, s.FilterSubjects),
		attributeOf(attrResponse, s.Response),
		attributeOf(attrThreshold, s.ResponseThreshold),
		attributeOf(attrTokenPosition, s.AccountTokenPosition),
		attributeOf(attrAdvertise, s.Advertise),
	}
	if s.Latency != nil {
		all = append(all, attribute{name: attrLatency, set: true, site: &schema.Site{Name: s.Latency.Site().Type, Value: s.Latency.Def()}})
	}
	return all
}

// targetAttributes are the attributes of a to block that only some kinds take.
func targetAttributes(t *schema.To) []attribute {
	return []attribute{
		attributeOf(attrLocal, t.LocalSubject),
		attributeOf(attrInbox, t.InboxPrefix),
		attributeOf(attrAPI, t.APIPrefix),
	}
}

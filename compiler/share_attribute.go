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
var shareSources = []func(*schema.Share) attribute{
	func(s *schema.Share) attribute { return attributeOf("consumer", s.Consumer) },
	func(s *schema.Share) attribute { return attributeOf("stream", s.Stream) },
	func(s *schema.Share) attribute { return attributeOf("key_value", s.KeyValue) },
	func(s *schema.Share) attribute { return attributeOf("object_store", s.ObjectStore) },
	func(s *schema.Share) attribute { return attributeOf("subject", s.Subject) },
	func(s *schema.Share) attribute { return attributeOf("service", s.Service) },
}

// shareAttributes are the attributes of a share that only some kinds take.
var shareAttributes = []func(*schema.Share) attribute{
	func(s *schema.Share) attribute { return attributeOf(attrFrom, s.From) },
	func(s *schema.Share) attribute { return attributeOf(attrCompeting, s.Competing) },
	func(s *schema.Share) attribute { return attributeOf(attrWatch, s.Watch) },
	func(s *schema.Share) attribute { return attributeOf(attrFilters, s.FilterSubjects) },
	func(s *schema.Share) attribute { return attributeOf(attrResponse, s.Response) },
	func(s *schema.Share) attribute { return attributeOf(attrThreshold, s.ResponseThreshold) },
	func(s *schema.Share) attribute { return attributeOf(attrTokenPosition, s.AccountTokenPosition) },
	func(s *schema.Share) attribute { return attributeOf(attrAdvertise, s.Advertise) },
	func(s *schema.Share) attribute {
		if s.Latency == nil {
			return attribute{name: attrLatency}
		}
		return attribute{name: attrLatency, set: true, site: &schema.Site{Name: s.Latency.Site().Type, Value: s.Latency.Def()}}
	},
}

// targetAttributes are the attributes of a to block that only some kinds take.
var targetAttributes = []func(*schema.To) attribute{
	func(t *schema.To) attribute { return attributeOf(attrLocal, t.LocalSubject) },
	func(t *schema.To) attribute { return attributeOf(attrInbox, t.InboxPrefix) },
	func(t *schema.To) attribute { return attributeOf(attrAPI, t.APIPrefix) },
}

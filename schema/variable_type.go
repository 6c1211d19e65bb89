package schema

import (
	"strings"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
)

// typeString is a type as it is written. The library's own leaves out what is
// optional.
func typeString(t cty.Type) string {
	switch {
	case t.IsObjectType():
		types := t.AttributeTypes()
		parts := keysOf(types)
		for i, name := range parts {
			of := typeString(types[name])
			if t.AttributeOptional(name) {
				of = "optional(" + of + ")"
			}
			parts[i] = name + "=" + of
		}
		return "object({" + strings.Join(parts, ",") + "})"
	case t.IsListType():
		return "list(" + typeString(t.ElementType()) + ")"
	case t.IsSetType():
		return "set(" + typeString(t.ElementType()) + ")"
	case t.IsMapType():
		return "map(" + typeString(t.ElementType()) + ")"
	}
	return typeexpr.TypeString(t)
}

package schema

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// printed is a function that writes any value as text, which has no form for
// references: the library would print the program's own structures.
func printed(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type:     f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for i, a := range args {
				if ref, ok := referenceIn(a); ok {
					return cty.NilVal, &referenceError{i, ref}
				}
			}
			return f.Call(args)
		},
	})
}

// referenceIn is the first reference in a value, if there is one.
func referenceIn(v cty.Value) (cty.Value, bool) {
	switch {
	case !v.IsKnown() || v.IsNull():
		return v, false
	case v.Type().IsCapsuleType():
		return v, true
	case !v.CanIterateElements():
		return v, false
	}
	for it := v.ElementIterator(); it.Next(); {
		_, x := it.Element()
		if ref, ok := referenceIn(x); ok {
			return ref, true
		}
	}
	return v, false
}

// referenceError says that a reference cannot be written as text.
type referenceError struct {
	arg int // in which argument it is
	ref cty.Value
}

func (e *referenceError) Error() string { return typeName(e.ref) + " cannot be written as text" }

// hint says what can.
func (e *referenceError) hint() string {
	switch x := e.ref.EncapsulatedValue().(type) {
	case *Head:
		return "Write what of it is meant, as in " + x.Address() + ".name."
	case *namespace:
		return "Write what of it is meant, as in " + example[x.kind] + ".name."
	}
	return "Write the output that is meant, as in module.m.output."
}

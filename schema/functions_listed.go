package schema

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// listed is a function that takes lists and sets as they come out of a for
// expression: tuples. The library would look for the one type of all elements
// by comparing each to each, which for ten thousand tenants takes a second;
// but nearly always they are all of one type to begin with.
func listed(f function.Function) function.Function {
	params, rest := slices.Clone(f.Params()), f.VarParam()
	want := make([]cty.Type, len(params))
	takes := false
	loosen := func(p *function.Parameter) cty.Type {
		t := p.Type
		if t.IsListType() || t.IsSetType() {
			takes = true
			p.Type = cty.DynamicPseudoType
		}
		return t
	}
	for i := range params {
		want[i] = loosen(&params[i])
	}
	more := cty.DynamicPseudoType
	if rest != nil {
		clone := *rest
		more, rest = loosen(&clone), &clone
	}
	if !takes {
		return f
	}
	fit := func(args []cty.Value) ([]cty.Value, error) {
		out := make([]cty.Value, len(args))
		for i, a := range args {
			t := more
			if i < len(want) {
				t = want[i]
			}
			v, err := convert.Convert(uniform(a), t)
			if err != nil {
				return nil, function.NewArgError(i, err)
			}
			out[i] = v
		}
		return out, nil
	}
	return function.New(&function.Spec{
		Params: params, VarParam: rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			args, err := fit(args)
			if err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			args, err := fit(args)
			if err != nil {
				return cty.NilVal, err
			}
			return f.Call(args)
		},
	})
}

// uniform is a tuple whose elements are of one type as a list, and any other
// value as it is.
func uniform(v cty.Value) cty.Value {
	if v.IsNull() || !v.IsKnown() || !v.Type().IsTupleType() {
		return v
	}
	types := v.Type().TupleElementTypes()
	if len(types) < 2 || types[0].HasDynamicTypes() {
		return v
	}
	for _, t := range types[1:] {
		if !t.Equals(types[0]) {
			return v
		}
	}
	return cty.ListVal(v.AsValueSlice())
}

// collected is tolist or toset.
func collected(t cty.Type) function.Function {
	f := stdlib.MakeToFunc(t)
	return function.New(&function.Spec{
		Params: f.Params(),
		Type:   func(args []cty.Value) (cty.Type, error) { return f.ReturnTypeForValues([]cty.Value{uniform(args[0])}) },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return f.Call([]cty.Value{uniform(args[0])})
		},
	})
}

package schema

import (
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// The functions that go-cty's library does not have.

// pure is a function that gives an unknown value where part of an argument is
// unknown: what is wrong with that part has been said.
func pure(spec function.Spec) function.Function {
	impl := spec.Impl
	spec.Impl = func(args []cty.Value, t cty.Type) (cty.Value, error) {
		for _, a := range args {
			if !a.IsWhollyKnown() {
				return cty.UnknownVal(t), nil
			}
		}
		return impl(args, t)
	}
	return function.New(&spec)
}

// param is an argument of a type.
func param(name string, t cty.Type) function.Parameter {
	return function.Parameter{Name: name, Type: t}
}

func stringToString(f func(string) (string, error)) function.Function {
	return pure(function.Spec{
		Params: []function.Parameter{param("text", cty.String)},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := f(args[0].AsString())
			return cty.StringVal(out), err
		},
	})
}

func stringTest(f func(s, part string) bool) function.Function {
	return pure(function.Spec{
		Params: []function.Parameter{param("text", cty.String), param("part", cty.String)},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

func numberOf(what string, f func(string) (int64, error)) function.Function {
	return pure(function.Spec{
		Params: []function.Parameter{param(what, cty.String)},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			n, err := f(args[0].AsString())
			return cty.NumberIntVal(n), err
		},
	})
}

func textFunc(f func(string) string) function.Function {
	return stringToString(func(s string) (string, error) { return f(s), nil })
}

func digest(of func() hash.Hash, text func([]byte) string) function.Function {
	return textFunc(func(s string) string {
		h := of()
		h.Write([]byte(s))
		return text(h.Sum(nil))
	})
}

var (
	bytesFunc    = numberOf("size", ParseSize)
	durationFunc = numberOf("duration", func(s string) (int64, error) {
		d, err := ParseDuration(s)
		return int64(d), err
	})
	base64Encode = textFunc(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })
	base64Decode = stringToString(func(s string) (string, error) {
		b, err := base64.StdEncoding.DecodeString(s)
		if err == nil && !utf8.Valid(b) {
			err = fmt.Errorf("what it encodes is not text")
		}
		return string(b), err
	})
	allTrue = fold(func(all bool, x bool) bool { return all && x }, true)
	anyTrue = fold(func(anyOf bool, x bool) bool { return anyOf || x }, false)
)

func fold(f func(so, x bool) bool, start bool) function.Function {
	return pure(function.Spec{
		Params: []function.Parameter{param("list", cty.List(cty.Bool))},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			so := start
			for it := args[0].ElementIterator(); it.Next(); {
				_, x := it.Element()
				so = f(so, !x.IsNull() && x.True())
			}
			return cty.BoolVal(so), nil
		},
	})
}

var subjectJoin = pure(function.Spec{
	VarParam: &function.Parameter{Name: "subject", Type: cty.String},
	Type:     function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var parts []string
		for _, a := range args {
			if s := strings.Trim(a.AsString(), "."); s != "" {
				parts = append(parts, s)
			}
		}
		return cty.StringVal(strings.Join(parts, ".")), nil
	},
})

var indexOf = pure(function.Spec{
	Params: []function.Parameter{param("list", cty.DynamicPseudoType), param("value", cty.DynamicPseudoType)},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() {
			return cty.NilVal, fmt.Errorf("the first argument must be a list")
		}
		i := int64(0)
		for it := args[0].ElementIterator(); it.Next(); i++ {
			if _, x := it.Element(); x.RawEquals(args[1]) {
				return cty.NumberIntVal(i), nil
			}
		}
		return cty.NilVal, fmt.Errorf("the list has no such element")
	},
})

var lengthFunc = pure(function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		switch v := args[0]; {
		case v.Type() == cty.String:
			return stdlib.Strlen(v)
		case v.Type().IsObjectType():
			return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))), nil
		case v.CanIterateElements():
			return cty.NumberIntVal(int64(v.LengthInt())), nil
		}
		return cty.NilVal, fmt.Errorf("the argument must be a list, a map, a set or a string")
	},
})

var sumFunc = pure(function.Spec{
	Params: []function.Parameter{param("list", cty.List(cty.Number))},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, x := it.Element()
			if x.IsNull() {
				return cty.NilVal, fmt.Errorf("the list holds null")
			}
			total = total.Add(x)
		}
		return total, nil
	},
})

func fileFunc(s *scope) function.Function {
	return stringToString(func(said string) (string, error) {
		text, err := s.eval.files.text(s.dir, said)
		if err != nil {
			return "", &fileError{said, err}
		}
		return text, nil
	})
}

func fileExistsFunc(s *scope) function.Function {
	return pure(function.Spec{
		Params: []function.Parameter{param("path", cty.String)},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			said := args[0].AsString()
			there, err := s.eval.files.exists(s.dir, said)
			if err != nil {
				return cty.NilVal, &fileError{said, err}
			}
			return cty.BoolVal(there), nil
		},
	})
}

// matchKeys gives values[i] for each keys[i] that is in search.
var matchKeys = pure(function.Spec{
	Params: []function.Parameter{
		param("values", cty.List(cty.DynamicPseudoType)), param("keys", cty.List(cty.String)), param("search", cty.List(cty.String)),
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if args[0].LengthInt() != args[1].LengthInt() {
			return cty.NilVal, fmt.Errorf("values and keys differ in length")
		}
		search := cty.SetValEmpty(cty.String)
		if args[2].LengthInt() > 0 {
			search = cty.SetVal(args[2].AsValueSlice())
		}
		keys, out := args[1].AsValueSlice(), []cty.Value(nil)
		for i, v := range args[0].AsValueSlice() {
			if search.HasElement(keys[i]).True() {
				out = append(out, v)
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(t.ElementType()), nil
		}
		return cty.ListVal(out), nil
	},
})

// oneFunc turns a list of at most one element into that element, or null.
var oneFunc = pure(function.Spec{
	Params: []function.Parameter{param("list", cty.DynamicPseudoType)},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		t := args[0].Type()
		if !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "it must be a list or a set")
		}
		switch list := args[0].AsValueSlice(); len(list) {
		case 0:
			return cty.NullVal(cty.DynamicPseudoType), nil
		case 1:
			return list[0], nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "it has more than one element")
	},
})

// coalesceFunc passes over empty texts, as Terraform's does and the library's
// does not: they are looked at last.
var coalesceFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{
		Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true,
	},
	Type: stdlib.CoalesceFunc.ReturnTypeForValues,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var given, empty []cty.Value
		for _, a := range args {
			if a.RawEquals(cty.StringVal("")) {
				empty = append(empty, a)
			} else {
				given = append(given, a)
			}
		}
		return stdlib.CoalesceFunc.Call(append(given, empty...))
	},
})

// transposeFunc gives for each text in the lists the keys under which it stands.
var transposeFunc = pure(function.Spec{
	Params: []function.Parameter{param("map", cty.Map(cty.List(cty.String)))},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		lists := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			k, list := it.Element()
			if list.IsNull() {
				continue
			}
			for _, x := range list.AsValueSlice() {
				if x.IsNull() {
					return cty.NilVal, fmt.Errorf("a list holds null")
				}
				lists[x.AsString()] = append(lists[x.AsString()], k)
			}
		}
		if len(lists) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		out := make(map[string]cty.Value, len(lists))
		for k, list := range lists {
			out[k] = cty.ListVal(list)
		}
		return cty.MapVal(out), nil
	},
})

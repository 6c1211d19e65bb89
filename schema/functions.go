package schema

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Function is a row of the functions' table.
type Function struct {
	Name    string
	Does    string // one sentence
	Example string // an expression
	Gives   string // what Example gives, as an expression
	impl    function.Function
	reads   func(s *scope) function.Function // of those that read files
}

// Functions are all functions of the language, by name. None reads the clock,
// the environment, randomness or the network.
func Functions() []Function { return functionTable }

// functions are the functions of a scope: those that read files read relative
// to its folder.
func (e *evaluator) functions(s *scope) map[string]function.Function {
	out := make(map[string]function.Function, len(functionTable))
	for _, f := range functionTable {
		if f.reads != nil {
			out[f.Name] = f.reads(s)
		} else {
			out[f.Name] = f.impl
		}
	}
	return out
}

var functionTable = []Function{
	{"abs", "The absolute value of a number.", `abs(-3)`, `3`, stdlib.AbsoluteFunc, nil},
	{"alltrue", "Whether all elements are true.", `alltrue([true, false])`, `false`, allTrue, nil},
	{"anytrue", "Whether any element is true.", `anytrue([true, false])`, `true`, anyTrue, nil},
	{"base64decode", "The text that a base64 string encodes.", `base64decode("aGk=")`, `"hi"`, base64Decode, nil},
	{"base64encode", "A text in base64.", `base64encode("hi")`, `"aGk="`, stringToString(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }), nil},
	{"bytes", "A size as a number of bytes.", `bytes("1MiB")`, `1048576`, bytesFunc, nil},
	{"can", "Whether an expression can be evaluated.", `can(tonumber("x"))`, `false`, tryfunc.CanFunc, nil},
	{"ceil", "The next whole number upward.", `ceil(1.2)`, `2`, stdlib.CeilFunc, nil},
	{"chomp", "A text without newlines at its end.", `chomp("a\n")`, `"a"`, stdlib.ChompFunc, nil},
	{"chunklist", "A list cut into lists of a length.", `chunklist(["a", "b", "c"], 2)`, `[["a", "b"], ["c"]]`, stdlib.ChunklistFunc, nil},
	{"coalesce", "The first argument that is not null.", `coalesce(null, "a")`, `"a"`, stdlib.CoalesceFunc, nil},
	{"coalescelist", "The first list that is not empty.", `coalescelist([], ["a"])`, `["a"]`, stdlib.CoalesceListFunc, nil},
	{"compact", "A list without null and empty strings.", `compact(["a", ""])`, `["a"]`, stdlib.CompactFunc, nil},
	{"concat", "Lists, one after the other.", `concat(["a"], ["b"])`, `["a", "b"]`, stdlib.ConcatFunc, nil},
	{"contains", "Whether a list has an element.", `contains(["a"], "a")`, `true`, stdlib.ContainsFunc, nil},
	{"csvdecode", "A CSV text as a list of maps; its first line names the columns.", `csvdecode("a,b\n1,2")`, `[{ a = "1", b = "2" }]`, stdlib.CSVDecodeFunc, nil},
	{"distinct", "A list, each element once.", `distinct(["a", "a"])`, `["a"]`, stdlib.DistinctFunc, nil},
	{"duration", "A duration as a number of nanoseconds.", `duration("1m")`, `60000000000`, durationFunc, nil},
	{"element", "An element of a list, counting round.", `element(["a", "b"], 3)`, `"b"`, stdlib.ElementFunc, nil},
	{"endswith", "Whether a text ends with another.", `endswith("abc", "bc")`, `true`, stringTest(strings.HasSuffix), nil},
	{"file", "The text of a file of the tree.", "", "", function.Function{}, fileFunc},
	{"fileexists", "Whether a file of the tree is there.", "", "", function.Function{}, fileExistsFunc},
	{"flatten", "Lists in lists as one list.", `flatten([["a"], ["b"]])`, `["a", "b"]`, stdlib.FlattenFunc, nil},
	{"floor", "The next whole number downward.", `floor(1.8)`, `1`, stdlib.FloorFunc, nil},
	{"format", "A text made by a pattern, as printf does.", `format("%s-%02d", "a", 3)`, `"a-03"`, bounded(stdlib.FormatFunc), nil},
	{"formatlist", "A list of texts made by a pattern.", `formatlist("%s!", ["a", "b"])`, `["a!", "b!"]`, bounded(stdlib.FormatListFunc), nil},
	{"indent", "A text whose lines after the first are indented.", `indent(2, "a\nb")`, `"a\n  b"`, stdlib.IndentFunc, nil},
	{"index", "The place of an element in a list.", `index(["a", "b"], "b")`, `1`, indexOf, nil},
	{"join", "A list's texts with another between them.", `join(".", ["a", "b"])`, `"a.b"`, stdlib.JoinFunc, nil},
	{"jsondecode", "The value of a JSON text.", `jsondecode("{\"a\":1}")`, `{ a = 1 }`, guarded(stdlib.JSONDecodeFunc), nil},
	{"jsonencode", "A value as JSON text.", `jsonencode({ a = 1 })`, `"{\"a\":1}"`, stdlib.JSONEncodeFunc, nil},
	{"keys", "The keys of a map, sorted.", `keys({ b = 1, a = 2 })`, `["a", "b"]`, stdlib.KeysFunc, nil},
	{"length", "The number of elements, or of characters.", `length(["a", "b"])`, `2`, lengthFunc, nil},
	{"log", "The logarithm of a number to a base.", `log(8, 2)`, `3`, stdlib.LogFunc, nil},
	{"lookup", "A map's value for a key, or a default.", `lookup({ a = 1 }, "b", 2)`, `2`, stdlib.LookupFunc, nil},
	{"lower", "A text in lower case.", `lower("AB")`, `"ab"`, stdlib.LowerFunc, nil},
	{"max", "The greatest number.", `max(1, 3, 2)`, `3`, stdlib.MaxFunc, nil},
	{"merge", "Maps as one; the last wins.", `merge({ a = 1 }, { b = 2 })`, `{ a = 1, b = 2 }`, stdlib.MergeFunc, nil},
	{"min", "The least number.", `min(1, 3, 2)`, `1`, stdlib.MinFunc, nil},
	{"parseint", "The number that a text spells in a base.", `parseint("ff", 16)`, `255`, stdlib.ParseIntFunc, nil},
	{"pow", "A number to a power.", `pow(2, 3)`, `8`, stdlib.PowFunc, nil},
	{"range", "The numbers from, to, by a step.", `range(0, 3)`, `[0, 1, 2]`, rangeFunc, nil},
	{"regex", "What a pattern matches in a text.", `regex("[a-z]+", "12ab")`, `"ab"`, stdlib.RegexFunc, nil},
	{"regexall", "All that a pattern matches in a text.", `regexall("[a-z]", "a1b")`, `["a", "b"]`, stdlib.RegexAllFunc, nil},
	{"replace", "A text with parts replaced; /pattern/ is a regular expression.", `replace("a.b", ".", "-")`, `"a-b"`, replaceFunc, nil},
	{"reverse", "A list backward.", `reverse(["a", "b"])`, `["b", "a"]`, stdlib.ReverseListFunc, nil},
	{"setintersection", "The elements that all sets have.", `setintersection(["a", "b"], ["b"])`, `toset(["b"])`, stdlib.SetIntersectionFunc, nil},
	{"setproduct", "All combinations of elements.", `setproduct(["a"], ["b", "c"])`, `[["a", "b"], ["a", "c"]]`, stdlib.SetProductFunc, nil},
	{"setsubtract", "The elements that only the first set has.", `setsubtract(["a", "b"], ["b"])`, `toset(["a"])`, stdlib.SetSubtractFunc, nil},
	{"setunion", "The elements that any set has.", `setunion(["a"], ["b"])`, `toset(["a", "b"])`, stdlib.SetUnionFunc, nil},
	{"sha256", "The SHA-256 of a text, in hexadecimal.", `sha256("a")`, `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`, stringToString(sha256Hex), nil},
	{"signum", "-1, 0 or 1: the sign of a number.", `signum(-3)`, `-1`, stdlib.SignumFunc, nil},
	{"slice", "Part of a list: from an index, up to another.", `slice(["a", "b", "c"], 0, 2)`, `["a", "b"]`, stdlib.SliceFunc, nil},
	{"sort", "A list of texts, sorted.", `sort(["b", "a"])`, `["a", "b"]`, stdlib.SortFunc, nil},
	{"split", "A text cut at another.", `split(".", "a.b")`, `["a", "b"]`, stdlib.SplitFunc, nil},
	{"startswith", "Whether a text begins with another.", `startswith("abc", "ab")`, `true`, stringTest(strings.HasPrefix), nil},
	{"strlen", "The number of characters of a text.", `strlen("abc")`, `3`, stdlib.StrlenFunc, nil},
	{"strrev", "A text backward.", `strrev("ab")`, `"ba"`, stdlib.ReverseFunc, nil},
	{"subject_join", "Subjects joined by dots, without empty ones.", `subject_join("a", "b.c", ">")`, `"a.b.c.>"`, subjectJoin, nil},
	{"substr", "Part of a text: from an offset, of a length.", `substr("abc", 1, 2)`, `"bc"`, stdlib.SubstrFunc, nil},
	{"sum", "The sum of numbers.", `sum([1, 2])`, `3`, sumFunc, nil},
	{"templatefile", "A file of the tree as a template, with values for its names.", "", "", function.Function{}, templateFileFunc},
	{"title", "A text whose words begin with capitals.", `title("ab cd")`, `"Ab Cd"`, stdlib.TitleFunc, nil},
	{"tobool", "A value as true or false.", `tobool("true")`, `true`, stdlib.MakeToFunc(cty.Bool), nil},
	{"tolist", "A set or tuple as a list.", `tolist(toset(["b", "a"]))`, `["a", "b"]`, stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), nil},
	{"tomap", "An object as a map.", `tomap({ a = "b" })`, `{ a = "b" }`, stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), nil},
	{"tonumber", "A value as a number.", `tonumber("3")`, `3`, stdlib.MakeToFunc(cty.Number), nil},
	{"toset", "A list as a set: each element once, without order.", `length(toset(["a", "a"]))`, `1`, stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), nil},
	{"tostring", "A value as a text.", `tostring(3)`, `"3"`, stdlib.MakeToFunc(cty.String), nil},
	{"trim", "A text without given characters at its ends.", `trim("-a-", "-")`, `"a"`, stdlib.TrimFunc, nil},
	{"trimprefix", "A text without a beginning.", `trimprefix("ab", "a")`, `"b"`, stdlib.TrimPrefixFunc, nil},
	{"trimspace", "A text without white space at its ends.", `trimspace(" a ")`, `"a"`, stdlib.TrimSpaceFunc, nil},
	{"trimsuffix", "A text without an end.", `trimsuffix("ab", "b")`, `"a"`, stdlib.TrimSuffixFunc, nil},
	{"try", "The first argument that can be evaluated.", `try(tonumber("x"), 0)`, `0`, tryfunc.TryFunc, nil},
	{"upper", "A text in upper case.", `upper("ab")`, `"AB"`, stdlib.UpperFunc, nil},
	{"values", "The values of a map, in the order of its keys.", `values({ b = 1, a = 2 })`, `[2, 1]`, stdlib.ValuesFunc, nil},
	{"yamldecode", "The value of a YAML text.", `yamldecode("a: 1")`, `{ a = 1 }`, guarded(ctyyaml.YAMLDecodeFunc), nil},
	{"yamlencode", "A value as YAML text.", `yamlencode({ a = "b" })`, `"\"a\": \"b\"\n"`, ctyyaml.YAMLEncodeFunc, nil},
	{"zipmap", "A map of a list of keys and one of values.", `zipmap(["a"], [1])`, `{ a = 1 }`, stdlib.ZipmapFunc, nil},
}

func sha256Hex(s string) (string, error) {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:]), nil
}

// param is an argument of a type.
func param(name string, t cty.Type) function.Parameter {
	return function.Parameter{Name: name, Type: t}
}

func stringToString(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{param("text", cty.String)},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := f(args[0].AsString())
			return cty.StringVal(out), err
		},
	})
}

func stringTest(f func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{param("text", cty.String), param("part", cty.String)},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

func numberOf(what string, f func(string) (int64, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{param(what, cty.String)},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			n, err := f(args[0].AsString())
			return cty.NumberIntVal(n), err
		},
	})
}

var (
	bytesFunc    = numberOf("size", ParseSize)
	durationFunc = numberOf("duration", func(s string) (int64, error) {
		d, err := ParseDuration(s)
		return int64(d), err
	})
	base64Decode = stringToString(func(s string) (string, error) {
		b, err := base64.StdEncoding.DecodeString(s)
		return string(b), err
	})
	allTrue = fold(func(all bool, x bool) bool { return all && x }, true)
	anyTrue = fold(func(anyOf bool, x bool) bool { return anyOf || x }, false)
)

func fold(f func(so, x bool) bool, start bool) function.Function {
	return function.New(&function.Spec{
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

var subjectJoin = function.New(&function.Spec{
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

var indexOf = function.New(&function.Spec{
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

var lengthFunc = function.New(&function.Spec{
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

var sumFunc = function.New(&function.Spec{
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

// replaceFunc is Terraform's: a pattern between slashes is a regular expression.
var replaceFunc = function.New(&function.Spec{
	Params: []function.Parameter{param("text", cty.String), param("part", cty.String), param("by", cty.String)},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		part := args[1].AsString()
		if len(part) > 1 && part[0] == '/' && part[len(part)-1] == '/' {
			return stdlib.RegexReplace(args[0], cty.StringVal(part[1:len(part)-1]), args[2])
		}
		return stdlib.Replace(args[0], args[1], args[2])
	},
})

// readText is a file that a function names, as text.
func (s *scope) readText(said string) (string, error) {
	name, err := relative(s.dir, said)
	var data []byte
	if err == nil {
		data, err = ReadFile(s.eval.tree, name)
	}
	if err == nil {
		if secret := secretIn(data); secret != "" {
			err = &secretFound{secret}
		}
	}
	if err != nil {
		return "", &fileError{said, err}
	}
	return string(data), nil
}

func fileFunc(s *scope) function.Function {
	return stringToString(s.readText)
}

func fileExistsFunc(s *scope) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{param("path", cty.String)},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			said := args[0].AsString()
			name, err := relative(s.dir, said)
			var info fs.FileInfo
			if err == nil {
				info, err = lstat(s.eval.tree, name)
			}
			if _, refused := err.(*refusal); refused {
				return cty.NilVal, &fileError{said, err}
			}
			return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
		},
	})
}

func templateFileFunc(s *scope) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{param("path", cty.String), param("values", cty.DynamicPseudoType)},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			said := args[0].AsString()
			text, err := s.readText(said)
			if err != nil {
				return cty.NilVal, err
			}
			if diags := nesting(said, []byte(text), hclsyntax.LexTemplate); diags.HasErrors() {
				return cty.NilVal, diags
			}
			e, diags := hclsyntax.ParseTemplate([]byte(text), path.Base(said), hcl.InitialPos)
			if diags.HasErrors() {
				return cty.NilVal, diags
			}
			values, ok := stringMap(args[1], cty.DynamicPseudoType)
			if !ok {
				return cty.NilVal, function.NewArgErrorf(1, "a map of values is needed")
			}
			functions := map[string]function.Function{}
			for name, f := range s.ctx.Functions {
				if name != "templatefile" {
					functions[name] = f
				}
			}
			v, diags := e.Value(&hcl.EvalContext{Variables: values, Functions: functions})
			if diags.HasErrors() {
				return cty.NilVal, diags
			}
			return v, nil
		},
	})
}

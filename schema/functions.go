package schema

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"path"
	"strings"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functionRow is a row of the functions' table.
type functionRow struct {
	Name    string
	Does    string // one sentence
	Example string // an expression
	Gives   string // what Example gives, as an expression
	impl    function.Function
	reads   func(s *scope) function.Function // of those that read files
}

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

// functionTable has all functions of the language, by name. None reads the clock,
// the environment, randomness or the network. It is filled by init, since
// templatefile calls what is in it.
var functionTable []functionRow

func init() {
	functionTable = []functionRow{
		{"abs", "The absolute value of a number.", `abs(-3)`, `3`, stdlib.AbsoluteFunc, nil},
		{"alltrue", "Whether all elements are true.", `alltrue([true, false])`, `false`, allTrue, nil},
		{"anytrue", "Whether any element is true.", `anytrue([true, false])`, `true`, anyTrue, nil},
		{"base64decode", "The text that a base64 string encodes.", `base64decode("aGk=")`, `"hi"`, base64Decode, nil},
		{"base64encode", "A text in base64.", `base64encode("hi")`, `"aGk="`, base64Encode, nil},
		{"base64sha256", "The SHA-256 of a text, in base64.", `base64sha256("a")`, `"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="`, digest(sha256.New, base64.StdEncoding.EncodeToString), nil},
		{"base64sha512", "The SHA-512 of a text, in base64.", `length(base64sha512("a"))`, `88`, digest(sha512.New, base64.StdEncoding.EncodeToString), nil},
		{"basename", "The last part of a path.", `basename("a/b.txt")`, `"b.txt"`, textFunc(path.Base), nil},
		{"bytes", "A size as a number of bytes.", `bytes("1MiB")`, `1048576`, bytesFunc, nil},
		{"can", "Whether an expression can be evaluated. What `try` leaves an error is one here, too.", `can(tonumber("x"))`, `false`, canFunc, nil},
		{"ceil", "The next whole number upward.", `ceil(1.2)`, `2`, stdlib.CeilFunc, nil},
		{"chomp", "A text without newlines at its end.", `chomp("a\n")`, `"a"`, stdlib.ChompFunc, nil},
		{"chunklist", "A list cut into lists of a length.", `chunklist(["a", "b", "c"], 2)`, `[["a", "b"], ["c"]]`, stdlib.ChunklistFunc, nil},
		{"coalesce", "The first argument that is neither null nor an empty text; an empty text where there is no other.", `coalesce(null, "", "a")`, `"a"`, coalesceFunc, nil},
		{"coalescelist", "The first list that is not empty.", `coalescelist([], ["a"])`, `["a"]`, stdlib.CoalesceListFunc, nil},
		{"compact", "A list without null and empty strings.", `compact(["a", ""])`, `["a"]`, stdlib.CompactFunc, nil},
		{"concat", "Lists, one after the other.", `concat(["a"], ["b"])`, `["a", "b"]`, stdlib.ConcatFunc, nil},
		{"contains", "Whether a list has an element.", `contains(["a"], "a")`, `true`, stdlib.ContainsFunc, nil},
		{"csvdecode", "A CSV text as a list of maps; its first line names the columns.", `csvdecode("a,b\n1,2")`, `[{ a = "1", b = "2" }]`, stdlib.CSVDecodeFunc, nil},
		{"dirname", "A path without its last part.", `dirname("a/b.txt")`, `"a"`, textFunc(path.Dir), nil},
		{"distinct", "A list, each element once.", `distinct(["a", "a"])`, `["a"]`, stdlib.DistinctFunc, nil},
		{"duration", "A duration as a number of nanoseconds.", `duration("1m")`, `60000000000`, durationFunc, nil},
		{"element", "An element of a list, counting round.", `element(["a", "b"], 3)`, `"b"`, stdlib.ElementFunc, nil},
		{"endswith", "Whether a text ends with another.", `endswith("abc", "bc")`, `true`, stringTest(strings.HasSuffix), nil},
		{"file", "The text of a file of the tree.", `file("a.txt")`, `"hello"`, function.Function{}, fileFunc},
		{"fileexists", "Whether a file of the tree is there.", `fileexists("none.txt")`, `false`, function.Function{}, fileExistsFunc},
		{"flatten", "Lists in lists as one list.", `flatten([["a"], ["b"]])`, `["a", "b"]`, stdlib.FlattenFunc, nil},
		{"floor", "The next whole number downward.", `floor(1.8)`, `1`, stdlib.FloorFunc, nil},
		{"format", "A text made by a pattern, as printf does.", `format("%s-%02d", "a", 3)`, `"a-03"`, printed(bounded(stdlib.FormatFunc, formatCost)), nil},
		{"formatdate", "A time, written by a pattern.", `formatdate("YYYY-MM-DD", "2027-01-31T00:00:00Z")`, `"2027-01-31"`, stdlib.FormatDateFunc, nil},
		{"formatlist", "A list of texts made by a pattern.", `formatlist("%s!", ["a", "b"])`, `["a!", "b!"]`, printed(bounded(stdlib.FormatListFunc, formatCost)), nil},
		{"indent", "A text whose lines after the first are indented.", `indent(2, "a\nb")`, `"a\n  b"`, bounded(stdlib.IndentFunc, indentCost), nil},
		{"index", "The place of an element in a list.", `index(["a", "b"], "b")`, `1`, indexOf, nil},
		{"join", "A list's texts with another between them.", `join(".", ["a", "b"])`, `"a.b"`, bounded(stdlib.JoinFunc, joinCost), nil},
		{"jsondecode", "The value of a JSON text.", `jsondecode("{\"a\":1}")`, `{ a = 1 }`, bounded(stdlib.JSONDecodeFunc, jsonCost), nil},
		{"jsonencode", "A value as JSON text.", `jsonencode({ a = 1 })`, `"{\"a\":1}"`, printed(stdlib.JSONEncodeFunc), nil},
		{"keys", "The keys of a map, sorted.", `keys({ b = 1, a = 2 })`, `["a", "b"]`, stdlib.KeysFunc, nil},
		{"length", "The number of elements, or of characters.", `length(["a", "b"])`, `2`, lengthFunc, nil},
		{"log", "The logarithm of a number to a base.", `log(8, 2)`, `3`, stdlib.LogFunc, nil},
		{"lookup", "A map's value for a key, or a default.", `lookup({ a = 1 }, "b", 2)`, `2`, stdlib.LookupFunc, nil},
		{"lower", "A text in lower case.", `lower("AB")`, `"ab"`, stdlib.LowerFunc, nil},
		{"matchkeys", "The values whose keys are among those searched for.", `matchkeys(["a", "b"], ["x", "y"], ["y"])`, `["b"]`, matchKeys, nil},
		{"max", "The greatest number.", `max(1, 3, 2)`, `3`, stdlib.MaxFunc, nil},
		{"md5", "The MD5 of a text, in hexadecimal; no protection against forgery.", `md5("a")`, `"0cc175b9c0f1b6a831c399e269772661"`, digest(md5.New, hex.EncodeToString), nil},
		{"merge", "Maps as one; the last wins.", `merge({ a = 1 }, { b = 2 })`, `{ a = 1, b = 2 }`, stdlib.MergeFunc, nil},
		{"min", "The least number.", `min(1, 3, 2)`, `1`, stdlib.MinFunc, nil},
		{"one", "The only element of a list, or null where there is none.", `one(["a"])`, `"a"`, oneFunc, nil},
		{"parseint", "The number that a text spells in a base.", `parseint("ff", 16)`, `255`, stdlib.ParseIntFunc, nil},
		{"pow", "A number to a power.", `pow(2, 3)`, `8`, stdlib.PowFunc, nil},
		{"range", "The numbers from, to, by a step.", `range(0, 3)`, `[0, 1, 2]`, rangeFunc, nil},
		{"regex", "What a pattern matches in a text.", `regex("[a-z]+", "12ab")`, `"ab"`, stdlib.RegexFunc, nil},
		{"regexall", "All that a pattern matches in a text.", `regexall("[a-z]", "a1b")`, `["a", "b"]`, stdlib.RegexAllFunc, nil},
		{"replace", "A text with parts replaced; /pattern/ is a regular expression.", `replace("a.b", ".", "-")`, `"a-b"`, replaceFunc, nil},
		{"reverse", "A list backward.", `reverse(["a", "b"])`, `["b", "a"]`, stdlib.ReverseListFunc, nil},
		{"setintersection", "The elements that all sets have.", `setintersection(["a", "b"], ["b"])`, `toset(["b"])`, stdlib.SetIntersectionFunc, nil},
		{"setproduct", "All combinations of elements.", `setproduct(["a"], ["b", "c"])`, `[["a", "b"], ["a", "c"]]`, bounded(stdlib.SetProductFunc, setProductCost), nil},
		{"setsubtract", "The elements that only the first set has.", `setsubtract(["a", "b"], ["b"])`, `toset(["a"])`, stdlib.SetSubtractFunc, nil},
		{"setunion", "The elements that any set has.", `setunion(["a"], ["b"])`, `toset(["a", "b"])`, stdlib.SetUnionFunc, nil},
		{"sha1", "The SHA-1 of a text, in hexadecimal; no protection against forgery.", `sha1("a")`, `"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"`, digest(sha1.New, hex.EncodeToString), nil},
		{"sha256", "The SHA-256 of a text, in hexadecimal.", `sha256("a")`, `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`, digest(sha256.New, hex.EncodeToString), nil},
		{"sha512", "The SHA-512 of a text, in hexadecimal.", `length(sha512("a"))`, `128`, digest(sha512.New, hex.EncodeToString), nil},
		{"signum", "-1, 0 or 1: the sign of a number.", `signum(-3)`, `-1`, stdlib.SignumFunc, nil},
		{"slice", "Part of a list: from an index, up to another.", `slice(["a", "b", "c"], 0, 2)`, `["a", "b"]`, stdlib.SliceFunc, nil},
		{"sort", "A list of texts, sorted.", `sort(["b", "a"])`, `["a", "b"]`, stdlib.SortFunc, nil},
		{"split", "A text cut at another.", `split(".", "a.b")`, `["a", "b"]`, stdlib.SplitFunc, nil},
		{"startswith", "Whether a text begins with another.", `startswith("abc", "ab")`, `true`, stringTest(strings.HasPrefix), nil},
		{"strcontains", "Whether a text holds another.", `strcontains("abc", "b")`, `true`, stringTest(strings.Contains), nil},
		{"strlen", "The number of characters of a text.", `strlen("abc")`, `3`, stdlib.StrlenFunc, nil},
		{"strrev", "A text backward.", `strrev("ab")`, `"ba"`, stdlib.ReverseFunc, nil},
		{"subject_join", "Subjects joined by dots, without empty ones.", `subject_join("a", "b.c", ">")`, `"a.b.c.>"`, subjectJoin, nil},
		{"substr", "Part of a text: from an offset, of a length.", `substr("abc", 1, 2)`, `"bc"`, stdlib.SubstrFunc, nil},
		{"sum", "The sum of numbers.", `sum([1, 2])`, `3`, sumFunc, nil},
		{"templatefile", "A file of the tree as a template, with values for its names.", `templatefile("t.tmpl", { name = "Ann" })`, `"hi Ann"`, function.Function{}, templateFileFunc},
		{"timeadd", "A time and a duration later.", `timeadd("2027-01-31T00:00:00Z", "24h")`, `"2027-02-01T00:00:00Z"`, stdlib.TimeAddFunc, nil},
		{"title", "A text whose words begin with capitals.", `title("ab cd")`, `"Ab Cd"`, stdlib.TitleFunc, nil},
		{"tobool", "A value as true or false.", `tobool("true")`, `true`, stdlib.MakeToFunc(cty.Bool), nil},
		{"tolist", "A set or tuple as a list.", `tolist(toset(["b", "a"]))`, `["a", "b"]`, collected(cty.List(cty.DynamicPseudoType)), nil},
		{"tomap", "An object as a map.", `tomap({ a = "b" })`, `{ a = "b" }`, stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), nil},
		{"tonumber", "A value as a number.", `tonumber("3")`, `3`, stdlib.MakeToFunc(cty.Number), nil},
		{"toset", "A list as a set: each element once, without order.", `length(toset(["a", "a"]))`, `1`, collected(cty.Set(cty.DynamicPseudoType)), nil},
		{"tostring", "A value as a text.", `tostring(3)`, `"3"`, stdlib.MakeToFunc(cty.String), nil},
		{"transpose", "A map of lists with keys and elements changed about.", `transpose({ a = ["x"], b = ["x"] })`, `{ x = ["a", "b"] }`, transposeFunc, nil},
		{"trim", "A text without given characters at its ends.", `trim("-a-", "-")`, `"a"`, stdlib.TrimFunc, nil},
		{"trimprefix", "A text without a beginning.", `trimprefix("ab", "a")`, `"b"`, stdlib.TrimPrefixFunc, nil},
		{"trimspace", "A text without white space at its ends.", `trimspace(" a ")`, `"a"`, stdlib.TrimSpaceFunc, nil},
		{"trimsuffix", "A text without an end.", `trimsuffix("ab", "b")`, `"a"`, stdlib.TrimSuffixFunc, nil},
		{"try", "The first argument that can be evaluated. What is used too early, a path that is refused, a secret and what costs too much stay errors.", `try(tonumber("x"), 0)`, `0`, tryFunc, nil},
		{"upper", "A text in upper case.", `upper("ab")`, `"AB"`, stdlib.UpperFunc, nil},
		{"urlencode", "A text as it may stand in a URL's query.", `urlencode("a b")`, `"a+b"`, textFunc(url.QueryEscape), nil},
		{"values", "The values of a map, in the order of its keys.", `values({ b = 1, a = 2 })`, `[2, 1]`, stdlib.ValuesFunc, nil},
		{"yamldecode", "The value of a YAML text.", `yamldecode("a: 1")`, `{ a = 1 }`, bounded(ctyyaml.YAMLDecodeFunc, yamlCost), nil},
		{"yamlencode", "A value as YAML text.", `yamlencode({ a = "b" })`, `"\"a\": \"b\"\n"`, printed(ctyyaml.YAMLEncodeFunc), nil},
		{"zipmap", "A map of a list of keys and one of values.", `zipmap(["a"], [1])`, `{ a = 1 }`, stdlib.ZipmapFunc, nil},
	}
	for i := range functionTable {
		if f := &functionTable[i]; f.reads == nil {
			f.impl = listed(f.impl)
		}
	}
}

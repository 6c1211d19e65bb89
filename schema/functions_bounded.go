package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

const (
	// maxText is the longest text that an expression may make, in bytes.
	maxText = 64 << 20
	// maxElements is the most elements that one call may make.
	maxElements = 1 << 20
	// maxFormatWidth is the greatest width or precision of a format verb:
	// "%999999999d" would make a text of a gigabyte.
	maxFormatWidth = 4096
)

// bounded is a function that says what a call would cost before it is made.
// The watchdog sees memory that is in use, which for one huge allocation is
// too late: the Go runtime ends the process when it cannot have it.
func bounded(f function.Function, cost func(args []cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for _, a := range args {
				if !a.IsKnown() {
					return cty.DynamicVal, nil
				}
			}
			if err := cost(args); err != nil {
				return cty.NilVal, err
			}
			return f.Call(args)
		},
	})
}

// costError says that a call would cost too much.
type costError struct{ why string }

func (c *costError) Error() string { return c.why }

func overCost(format string, args ...any) error { return &costError{fmt.Sprintf(format, args...)} }

func fits(bytes int) error {
	if bytes < 0 || bytes > maxText {
		return overCost("the text would be longer than %d MiB", maxText>>20)
	}
	return nil
}

// joinCost counts the separators and the texts between them.
func joinCost(args []cty.Value) error {
	total, n := 0, 0
	for _, list := range args[1:] {
		for it := list.ElementIterator(); it.Next(); n++ {
			if _, x := it.Element(); x.IsKnown() && !x.IsNull() {
				total += len(x.AsString())
			}
		}
	}
	sep := len(args[0].AsString())
	if sep > 0 && n > (maxText-min(total, maxText))/sep {
		return fits(-1)
	}
	return fits(total)
}

// replaceCost is that of replace(text, part, by).
func replaceCost(args []cty.Value) error {
	text, part, by := args[0].AsString(), args[1].AsString(), args[2].AsString()
	n, copies := 0, 0
	if pattern, ok := pattern(part); ok {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil // the function says so better
		}
		n, copies = len(re.FindAllStringIndex(text, -1)), strings.Count(by, "$")
	} else {
		n = strings.Count(text, part)
	}
	if len(by) > 0 && n > maxText/len(by) || copies > 0 && len(text) > maxText/copies {
		return fits(-1)
	}
	return fits(len(text) + n*len(by) + copies*len(text))
}

// pattern is the regular expression that replace's second argument is, between
// slashes.
func pattern(part string) (string, bool) {
	if len(part) > 1 && part[0] == '/' && part[len(part)-1] == '/' {
		return part[1 : len(part)-1], true
	}
	return "", false
}

// replaceFunc is Terraform's: a pattern between slashes is a regular expression.
var replaceFunc = bounded(pure(function.Spec{
	Params: []function.Parameter{param("text", cty.String), param("part", cty.String), param("by", cty.String)},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if p, ok := pattern(args[1].AsString()); ok {
			return stdlib.RegexReplace(args[0], cty.StringVal(p), args[2])
		}
		return stdlib.Replace(args[0], args[1], args[2])
	},
}), replaceCost)

func indentCost(args []cty.Value) error {
	if args[0].IsNull() || args[1].IsNull() {
		return nil
	}
	spaces, _ := args[0].AsBigFloat().Int64()
	if spaces < 0 || spaces > maxFormatWidth {
		return overCost("an indent of more than %d", maxFormatWidth)
	}
	text := args[1].AsString()
	return fits(len(text) + int(spaces)*strings.Count(text, "\n"))
}

// formatCost counts every verb as the longest of the arguments.
func formatCost(args []cty.Value) error {
	text := args[0].AsString()
	if err := widths(text); err != nil {
		return err
	}
	longest := maxFormatWidth
	for _, a := range args[1:] {
		longest = max(longest, textLength(a))
	}
	if verbs := strings.Count(text, "%"); verbs > 0 && longest > 4*maxText/verbs {
		return fits(-1)
	}
	return nil
}

// textLength is the length of the texts in a value, together; it stops
// counting where that is too much.
func textLength(v cty.Value) int {
	switch {
	case v.IsNull() || !v.IsKnown():
		return 0
	case v.Type() == cty.String:
		return len(v.AsString())
	case !v.CanIterateElements():
		return 0
	}
	n := 0
	for it := v.ElementIterator(); it.Next() && n <= 4*maxText; {
		_, x := it.Element()
		n += 1 + textLength(x)
	}
	return n
}

func widths(pattern string) error {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			continue
		}
		n := 0
		for i++; i < len(pattern) && strings.IndexByte("0123456789.+-# []", pattern[i]) >= 0; i++ {
			if c := pattern[i]; c >= '0' && c <= '9' {
				if n = n*10 + int(c-'0'); n > maxFormatWidth {
					return overCost("a width of more than %d", maxFormatWidth)
				}
			} else {
				n = 0
			}
		}
	}
	return nil
}

func setProductCost(args []cty.Value) error {
	n := 1
	for _, a := range args {
		if !a.CanIterateElements() {
			return nil // the function says so better
		}
		size := a.LengthInt()
		if size > 0 && n > maxElements/size {
			return overCost("more than %d combinations", maxElements)
		}
		n *= size
	}
	return nil
}

// yamlCost and jsonCost refuse nesting without end.
func yamlCost(args []cty.Value) error { return yamlNesting(args[0].AsString()) }

func jsonCost(args []cty.Value) error {
	if diags := jsonNesting("", []byte(args[0].AsString())); diags.HasErrors() {
		return overCost("the text is nested more than %d deep", maxNesting)
	}
	return nil
}

// rangeFunc is range with more than the library's 1,024 numbers, and an end.
var rangeFunc = pure(function.Spec{
	VarParam: &function.Parameter{Name: "bounds", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.Number)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		from, by := cty.Zero, cty.NumberIntVal(1)
		var to cty.Value
		switch len(args) {
		case 1:
			to = args[0]
		case 2, 3:
			from, to = args[0], args[1]
		default:
			return cty.NilVal, fmt.Errorf("range takes one, two or three numbers")
		}
		down := to.LessThan(from).True()
		if down {
			by = cty.NumberIntVal(-1)
		}
		if len(args) == 3 {
			by = args[2]
		}
		for _, x := range []cty.Value{from, to, by} {
			if x.AsBigFloat().IsInf() {
				return cty.NilVal, overCost("more than %d numbers", maxElements)
			}
		}
		if by.Equals(cty.Zero).True() || by.LessThan(cty.Zero).True() != down && from.Equals(to).False() {
			return cty.NilVal, function.NewArgErrorf(2, "the step does not lead from the first number to the second")
		}
		if n, _ := to.Subtract(from).Divide(by).AsBigFloat().Float64(); n > maxElements {
			return cty.NilVal, overCost("more than %d numbers", maxElements)
		}
		var out []cty.Value
		for x := from; x.LessThan(to).True() && !down || x.GreaterThan(to).True() && down; x = x.Add(by) {
			out = append(out, x)
		}
		if len(out) == 0 {
			return cty.ListValEmpty(cty.Number), nil
		}
		return cty.ListVal(out), nil
	},
})

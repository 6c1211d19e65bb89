package schema

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"jsc/schema/diag"
)

// tryFunc and canFunc evaluate each of their arguments once. Those of HCL's
// extension do so twice, which makes of forty tries in each other a trillion.
var tryFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		why := "it has no argument"
		for _, a := range args {
			v, diags := customdecode.ExpressionClosureFromVal(a).Value()
			if !diags.HasErrors() {
				return v, nil
			}
			if d := lasts(diags); d != nil {
				return cty.NilVal, &lastingError{d}
			}
			why = "no argument can be evaluated, the last since " + sentence(diags.Errs()[0].(*hcl.Diagnostic).Summary)
		}
		return cty.NilVal, errors.New(why)
	},
})

var canFunc = function.New(&function.Spec{
	Params: []function.Parameter{param("expression", customdecode.ExpressionClosureType)},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, diags := customdecode.ExpressionClosureFromVal(args[0]).Value()
		if d := lasts(diags); d != nil {
			return cty.NilVal, &lastingError{d}
		}
		if !diags.HasErrors() && !v.IsWhollyKnown() {
			return cty.UnknownVal(cty.Bool), nil // what is wrong with it has been said
		}
		return cty.BoolVal(!diags.HasErrors()), nil
	},
})

// lasting are the rules, beside those that are fixed, that no try and no can
// takes for the lack of a value: what is used too early exists, as does what costs
// too much or is no text.
var lasting = map[string]bool{"reference-cycle": true, "evaluation-limit": true, "file-too-large": true, "bad-value": true}

// lasts is the first diagnostic that stays one inside of try and can, or nil.
func lasts(diags hcl.Diagnostics) *hcl.Diagnostic {
	for _, d := range diags {
		if x := diag.Of(d); x != nil && (x.Rule.Fixed || lasting[x.Rule.Name]) {
			return d
		}
	}
	return nil
}

// lastingError takes such a diagnostic through a function.
type lastingError struct{ said *hcl.Diagnostic }

func (e *lastingError) Error() string { return e.said.Summary }

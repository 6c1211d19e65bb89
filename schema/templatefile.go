package schema

import (
	"path"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// templateFileFunc renders a file of the tree. The template knows the values
// that it is given and the functions, nothing of the topology; what it reads is
// relative to its own folder. It cannot render another, so that none contains
// itself.
func templateFileFunc(s *scope) function.Function {
	return pure(function.Spec{
		Params: []function.Parameter{param("path", cty.String), param("values", cty.DynamicPseudoType)},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			said := args[0].AsString()
			text, err := s.eval.files.text(s.dir, said)
			if err != nil {
				return cty.NilVal, &fileError{said, err}
			}
			if t := args[1].Type(); !t.IsMapType() && !t.IsObjectType() {
				return cty.NilVal, function.NewArgErrorf(1, "a map of values is needed")
			}
			if diags := nesting(said, []byte(text), hclsyntax.LexTemplate); diags.HasErrors() {
				return cty.NilVal, diags
			}
			e, diags := hclsyntax.ParseTemplate([]byte(text), said, hcl.InitialPos)
			if diags.HasErrors() {
				return cty.NilVal, diags
			}
			v, diags := rewrite(e).Value(s.template(path.Join(s.dir, path.Dir(said)), args[1]))
			if diags.HasErrors() {
				return cty.NilVal, diags
			}
			return v, nil
		},
	})
}

// template is the context of a template in folder dir.
func (s *scope) template(dir string, values cty.Value) *hcl.EvalContext {
	t := &scope{eval: s.eval, dir: dir, names: &names{}, alone: true}
	t.ctx = &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: s.eval.functions(t)}
	for it := values.ElementIterator(); it.Next(); {
		k, v := it.Element()
		t.ctx.Variables[k.AsString()] = v
	}
	t.ctx.Variables[scopeVar] = cty.CapsuleVal(scopeType, t)
	delete(t.ctx.Functions, "templatefile")
	return t.ctx
}

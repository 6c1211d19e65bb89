package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"jsc/schema/diag"
)

// ParseBody parses a file in HCL's native syntax that is no topology, after it
// has refused what must not reach a parser: secrets, hidden characters, nesting
// without end. With an error the body is nil.
func ParseBody(name string, data []byte) (*hclsyntax.Body, hcl.Diagnostics) {
	if len(data) > maxFile {
		return nil, hcl.Diagnostics{diag.New("file-too-large", hcl.Range{Filename: name}, name, maxFileText)}
	}
	if diags := scan(name, data); diags.HasErrors() {
		return nil, diags
	}
	f, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, syntaxErrors(diags)
	}
	return f.Body.(*hclsyntax.Body), syntaxErrors(diags)
}

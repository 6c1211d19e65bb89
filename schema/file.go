package schema

import (
	"reflect"

	"github.com/zclconf/go-cty/cty"
)

// file is what a file of a topology, or of a module, may hold. The entities
// are Config's; the rest is the language's own and gone after evaluation.
type file struct {
	Config
	Variables []*variable `hcl:"variable" doc:"a value that is given from outside"`
	Locals    []*locals   `hcl:"locals" doc:"names for expressions; any attribute may stand in it"`
	Modules   []*module   `hcl:"module" doc:"another folder's blocks; its other attributes are the values of the module's variables"`
	Outputs   []*output   `hcl:"output" doc:"what a module gives to whom uses it, as module.NAME.OUTPUT"`
}

// variable is `variable "n" {}`.
type variable struct {
	Head
	Type       Attr[cty.Value] `hcl:"type,syntax" doc:"its type, as in string, list(string), object({a = number})"`
	Default    Attr[cty.Value] `hcl:"default" doc:"its value when nobody sets it"`
	Sensitive  Attr[bool]      `hcl:"sensitive" doc:"its value is shown in no message"`
	Validation []*validation   `hcl:"validation" doc:"what a value must hold to"`
}

// validation is `validation {}` in a variable.
type validation struct {
	Block
	Condition    Attr[bool]   `hcl:"condition,required" doc:"what must hold"`
	ErrorMessage Attr[string] `hcl:"error_message,required" doc:"what to say when it does not"`
}

// locals is `locals {}`: names for expressions.
type locals struct {
	Any struct{} `hcl:",open"`
}

// module is `module "n" {}`: another folder's blocks, with values of its own.
type module struct {
	Head
	Source Attr[string] `hcl:"source,required" doc:"the folder, relative to this file"`
	Any    struct{}     `hcl:",open"`
}

// output is `output "n" {}`: what a module gives to whom uses it.
type output struct {
	Head
	Value     Attr[cty.Value] `hcl:"value,required" doc:"what it gives"`
	Sensitive Attr[bool]      `hcl:"sensitive" doc:"its value is shown in no message"`
}

var fileType = reflect.TypeFor[file]()

func fileSpec() *spec { return specOf(fileType, "a topology") }

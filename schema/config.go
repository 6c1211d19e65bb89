package schema

import "strings"

// Config is a topology as written: every block, evaluated, with its place.
// Under for_each a block is there once an instance. Accounts, shares and what
// is in them stand in the order of files (by name), then of declaration, then
// of keys.
type Config struct {
	Operators []*Operator `hcl:"operator"` // the compiler says so when there are two
	Servers   []*Server   `hcl:"server"`
	Accounts  []*Account  `hcl:"account"` // those of modules included
	Shares    []*Share    `hcl:"share"`   // those of modules included
	// Sources are the bytes of every HCL file read, by the name that ranges
	// use; diagnostics show lines of them.
	Sources map[string][]byte
	Unused  []Unused // variables and locals, in the order of declaration

	redactor *strings.Replacer // see Redact; nil when nothing is sensitive
}

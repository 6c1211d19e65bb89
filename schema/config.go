package schema

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Config is a topology as written: every block, evaluated, with its place.
// Under for_each a block is there once an instance. Accounts, shares and what
// is in them stand in the order of files (by name), then of declaration, then
// of keys.
type Config struct {
	Operators []*Operator `hcl:"operator" doc:"who signs the accounts; one, or none in a topology of external accounts and in a module"` // the compiler says so when there are two
	Servers   []*Server   `hcl:"server" doc:"what of the deployment matters to what is compiled; at most one"`
	Accounts  []*Account  `hcl:"account" doc:"a NATS account: its own subjects, streams and users, apart from all others'"`                // those of modules included
	Shares    []*Share    `hcl:"share" doc:"something of one account that others may use; the exports, imports and tokens follow from it"` // those of modules included
	// Sources are the bytes of every HCL file read, by the name that ranges
	// use; diagnostics show lines of them. Never nil in what Load returns.
	Sources map[string][]byte
	Start   hcl.Range // of the topology's first file; the zero Range where none is read
	Unused  []Unused  // variables and locals, in the order of declaration

	redactor *strings.Replacer // see Redact; nil when nothing is sensitive
	refused  []string          // see Lacks
	nameless []string          // see MayHave
}

// Lacks reports that a block of the kind stands at the top that could not be
// taken, which a diagnostic said.
func (c *Config) Lacks(kind string) bool { return slices.Contains(c.refused, kind) }

// MayHave reports that such a block has no label that could be read: it may be
// the one of any name that is missing.
func (c *Config) MayHave(kind string) bool { return slices.Contains(c.nameless, kind) }

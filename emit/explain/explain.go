// Package explain owns what a thing of a topology means in words: for a share
// every grant with its reason, where each side sees it, how clients use it and
// the same by hand; for accounts, users, streams and consumers what they are
// and who uses them. All of it comes from the compiled topology and its tables.
package explain

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/client"
	"jsc/schema"
)

// Explanation is one thing in words. What does not apply is empty.
type Explanation struct {
	Kind        schema.Kind  `json:"kind"`
	Name        string       `json:"name"`         // the NATS name
	Address     string       `json:"address"`      // as a reference is written
	At          string       `json:"at,omitempty"` // FILE:LINE:COL; "" for what jsc made by itself
	Description string       `json:"description,omitempty"`
	Summary     string       `json:"summary"` // one sentence
	Facts       []Fact       `json:"facts,omitempty"`
	Importers   []Importer   `json:"importers,omitempty"` // of a share
	Uses        []client.Use `json:"uses,omitempty"`      // by users of its own account
	// ForUser is the user whose inbox prefix the uses have; "" when they have none.
	ForUser  string   `json:"for_user,omitempty"`
	Cautions []string `json:"cautions,omitempty"`
}

// Fact is something that a thing has, in one or several values.
type Fact struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Importer is what one account has of a share.
type Importer struct {
	Account   string `json:"account"` // "anybody" for a public share without importers
	PublicKey string `json:"public_key,omitempty"`
	StandIn   bool   `json:"stand_in,omitempty"` // no key is made yet: the public key is of no use
	External  bool   `json:"external,omitempty"`
	// Settings are what its clients must be told.
	Settings []client.Setting `json:"settings,omitempty"`
	Grants   []Grant          `json:"grants"`
	Users    []User           `json:"users,omitempty"` // of that account, who may use it
	// ForUser is the one of Users whose inbox prefix the uses have.
	ForUser  string       `json:"for_user,omitempty"`
	Uses     []client.Use `json:"uses,omitempty"`
	NSC      []string     `json:"nsc,omitempty"` // shell commands that do the same by hand
	Cautions []string     `json:"cautions,omitempty"`
}

// Grant is one subject that crosses.
type Grant struct {
	Name     string        `json:"name"`  // of the import: <share>.<grant>
	Grant    string        `json:"grant"` // row of the share's kind
	Type     compiler.Type `json:"type"`
	Subject  string        `json:"subject"`        // the exporter's
	Local    string        `json:"local_subject"`  // where the importer sees it
	Export   string        `json:"export_subject"` // of the export that serves it; wider where exports are merged
	Response string        `json:"response,omitempty"`
	Private  bool          `json:"private"`
	Needed   bool          `json:"needed"` // without it the kind does not work at all
	Why      string        `json:"why"`
}

// User is a user who may use a share.
type User struct {
	Name        string `json:"name"`
	InboxPrefix string `json:"inbox_prefix,omitempty"` // that its clients must set
}

// header begins the explanation of an entity.
func header(e schema.Entity) *Explanation {
	h := e.Header()
	return &Explanation{
		Kind: h.Kind, Name: h.Name, Address: h.Address(), At: place(h.Def()), Description: h.Description.Or(""),
	}
}

// fact adds a fact, unless it has no value.
func (x *Explanation) fact(name string, values ...string) {
	var some []string
	for _, v := range values {
		if v != "" {
			some = append(some, v)
		}
	}
	if len(some) > 0 {
		x.Facts = append(x.Facts, Fact{name, some})
	}
}

func place(r hcl.Range) string {
	if r.Filename == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", r.Filename, r.Start.Line, r.Start.Column)
}

// quote is a name in a sentence.
func quote(name string) string { return fmt.Sprintf("%q", name) }

// Package bundle owns the format in which an exporter hands activation tokens
// to an importer that another party signs: activations/<account>.json. It is
// written by emit and read by the compiler, for accept blocks.
package bundle

import (
	"encoding/json"
	"fmt"

	"jsc/compiler/canonical"
)

// Format is the only format there is.
const Format = 1

// Bundle is every activation token made for one account, with what its owner
// needs to import them. It holds no secret: the tokens are bound to the account.
type Bundle struct {
	Format  int        `json:"format"`
	To      Account    `json:"to"`
	Bundles []Exporter `json:"bundles"`
}

// Account names an account by the exporter's name for it and by its key.
type Account struct {
	Account   string `json:"account"`
	PublicKey string `json:"public_key"`
}

// Exporter is what one account gives.
type Exporter struct {
	From   Account `json:"from"`
	Shares []Share `json:"shares"`
}

// Share is one share; what does not apply to its kind is "".
type Share struct {
	Name         string  `json:"name"`
	Kind         string  `json:"kind"` // as the compiler's table of kinds has it
	Stream       string  `json:"stream,omitempty"`
	Consumer     string  `json:"consumer,omitempty"`
	Bucket       string  `json:"bucket,omitempty"`
	DeliverGroup string  `json:"deliver_group,omitempty"`
	AckPolicy    string  `json:"ack_policy,omitempty"`
	Grants       []Grant `json:"grants"`
}

// Grant is one subject with its token; Token is "" where the export is public.
type Grant struct {
	Grant   string `json:"grant"`
	Type    string `json:"type"`
	Subject string `json:"subject"`
	Token   string `json:"token,omitempty"`
}

// Parse reads a bundle. Nothing of it is checked but its form: it is another
// party's word. The errors end a sentence that begins with the bundle's name.
func Parse(data []byte) (*Bundle, error) {
	// The format is told first: another one may have other types.
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &format); err != nil {
		return nil, fmt.Errorf("is not as jsc writes it: %w", canonical.Fault(data, err))
	}
	if format.Format != Format {
		return nil, fmt.Errorf("has the format %d, and this jsc reads %d", format.Format, Format)
	}
	b := new(Bundle)
	if err := json.Unmarshal(data, b); err != nil {
		return nil, fmt.Errorf("is not as jsc writes it: %w", canonical.Fault(data, err))
	}
	return b, nil
}

// From are the shares of the account with that public key.
func (b *Bundle) From(publicKey string) []Share {
	var shares []Share
	for _, e := range b.Bundles {
		if e.From.PublicKey == publicKey {
			shares = append(shares, e.Shares...)
		}
	}
	return shares
}

package explain

import (
	"fmt"
	"strconv"

	"jsc/compiler"
	"jsc/emit"
	"jsc/schema/diag"
)

// responses are nsc's words for the types of response but single, its default.
var responses = map[string]string{"stream": "Stream", "chunked": "Chunked"}

// command is a shell command with quoted values.
type command string

func (c *command) flag(name, value string) {
	*c += command(" --" + name + "=" + diag.ShellQuote(value))
}

func (c *command) flagIf(on bool, name, value string) {
	if on {
		c.flag(name, value)
	}
}

func (c *command) bare(on bool, name string) {
	if on {
		*c += command(" --" + name)
	}
}

// nsc are the commands that make by hand what the share makes for an importer:
// its exports, activation tokens and imports. An export that several grants use
// is added once; what another party exports is not ours to add.
func nsc(s *compiler.Share, t *compiler.Target) []string {
	var out []string
	exports := map[*compiler.Export]bool{}
	for _, g := range t.Grants {
		if g.Export != nil && !exports[g.Export] {
			exports[g.Export] = true
			out = append(out, string(addExport(s.From, g.Export)))
		}
		if g.Terms.Private && s.Accept == nil {
			out = append(out, string(activation(g)))
		}
		out = append(out, emit.ImportCommand(g))
	}
	return out
}

func addExport(from *compiler.Account, e *compiler.Export) command {
	c := command("nsc add export")
	c.flag("account", from.Name)
	c.flag("name", e.Name)
	c.flag("subject", e.Subject)
	c.bare(e.Type == compiler.ServiceType, "service")
	c.flagIf(responses[e.Terms.Response] != "", "response-type", responses[e.Terms.Response])
	c.bare(e.Terms.Private, "private")
	c.flagIf(e.Terms.Threshold > 0, "response-threshold", e.Terms.Threshold.String())
	c.flagIf(e.Terms.TokenPosition > 0, "account-token-position", strconv.Itoa(e.Terms.TokenPosition))
	if e.Terms.LatencyResults != "" {
		sampling := strconv.Itoa(e.Terms.LatencySampling)
		if e.Terms.LatencySampling < 0 {
			sampling = "header"
		}
		c.flag("latency", e.Terms.LatencyResults)
		c.flag("sampling", sampling)
	}
	c.bare(e.Terms.AllowTrace, "allow-trace")
	return c
}

func activation(g *compiler.Grant) command {
	c := command("nsc generate activation")
	c.flag("account", g.From.Name)
	c.flag("subject", g.Subject)
	c.flag("target-account", g.To.PublicKey)
	if at := g.Expiry.At; !at.IsZero() {
		c.flag("expiry", at.UTC().Format("2006-01-02"))
	} else if after := g.Expiry.After; after > 0 {
		c.flag("expiry", fmt.Sprintf("%dm", int64(after.Minutes())))
	}
	c.flag("output-file", emit.TokenFile(g))
	return c
}

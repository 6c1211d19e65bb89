package emit

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/schema/diag"
)

const (
	// controlLine is the longest line that a server takes from a client unless
	// max_control_line says otherwise (nats-server, MAX_CONTROL_LINE_SIZE), and
	// the step in which it is raised.
	controlLine = 4096
	// connectRest is room for what a client's CONNECT has beside the user's
	// token: some 260 bytes with its signature, and the client's own name.
	connectRest = 512
)

// MaxControlLine is the max_control_line, in bytes, with which every user of
// the plan can connect; 0 when the server's default will do. A client sends its
// token on one line, CONNECT.
func (p *Plan) MaxControlLine() int {
	longest := 0
	for _, t := range p.Tokens {
		if t.Kind == UserToken {
			longest = max(longest, t.length()+connectRest)
		}
	}
	return raisedLine(longest)
}

// raisedLine is the max_control_line for a line of that many bytes; 0 when the
// default will do.
func raisedLine(bytes int) int {
	if bytes <= controlLine {
		return 0
	}
	return (bytes + controlLine - 1) / controlLine * controlLine
}

// length is how many bytes the token's text has, signed or not.
func (t *Token) length() int {
	payload := payloadLength(t.size, t.IssuedAt, t.Expires)
	return len(encodedHeader) + len(".") + base64Raw.EncodedLen(payload) + signatureLength
}

// judgeAccountLength refuses an account's token that no server takes, by any way:
// it reads none that is longer than jwt.MaxTokenSize, and a push is one message,
// of max_payload at most, by default the same.
func (p *planner) judgeAccountLength(t *Token) {
	if n := t.length(); n > jwt.MaxTokenSize {
		p.diags = append(p.diags, diag.New("account-token-large", t.Place(), t.Account.Name, n, jwt.MaxTokenSize))
	}
}

// judgeUserLength warns of a user's token with which nobody can connect to a server
// that has the default max_control_line.
func (p *planner) judgeUserLength(t *Token) {
	n := t.length()
	if n+connectRest <= controlLine {
		return
	}
	at := t.Place()
	if t.User.Src != nil {
		at = t.User.Src.LabelOrNameRange()
	}
	line := raisedLine(n + connectRest)
	d := diag.New("user-token-large", at, t.User.Name, n)
	if n > jwt.MaxTokenSize {
		d.Severity = hcl.DiagError
		diag.WithHint(d, "Split the access among several users: no server reads a token of more than %d bytes.", jwt.MaxTokenSize)
	} else if o := p.Topology.Operator; o != nil && o.External {
		diag.WithHint(d, "Set max_control_line: %d in the servers' configuration, or split the access among several users.", line)
	} else {
		diag.WithHint(d, "Use server.conf, which sets max_control_line, or set it to at least %d in a configuration of your own.", line)
	}
	p.diags = append(p.diags, d)
}

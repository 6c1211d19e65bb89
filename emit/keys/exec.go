package keys

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/nats-io/nkeys"

	"jsc/schema"
)

// request is the line that an exec: signer reads (docs/security.md). Type, name
// and claims are those of the JWT that is signed, taken from data itself, so that
// they cannot differ from it. A challenge (Ring.Prove) has a type and a name, too,
// but no claims.
type request struct {
	PublicKey string          `json:"public_key"`
	Data      []byte          `json:"data"`             // base64
	Type      string          `json:"type,omitempty"`   // operator, account, user, activation, proof
	Name      string          `json:"name,omitempty"`   // of the claims; the ID of a key to be proved
	Claims    json.RawMessage `json:"claims,omitempty"` // the whole payload
}

// answer is the line that it writes back. What else stands in it is ignored.
type answer struct {
	Signature string  `json:"signature"` // base64 of 64 bytes, padded or not, in either alphabet
	Error     *string `json:"error"`
}

// challenge is what proves that a public key's seed is at hand. No JWT begins as
// it does.
func challenge(public, id string) []byte {
	return []byte("jsc proves that " + public + " is the key of " + id)
}

// newRequest describes data: a JWT's header and payload as they are signed, or a
// challenge.
func newRequest(public string, data []byte) request {
	r := request{PublicKey: public, Data: data}
	if id, ok := bytes.CutPrefix(data, challenge(public, "")); ok {
		r.Type, r.Name = "proof", string(id)
		return r
	}
	_, payload, isToken := bytes.Cut(data, []byte("."))
	if !isToken {
		return r
	}
	claims, err := base64.RawURLEncoding.DecodeString(string(payload))
	if err != nil {
		return r
	}
	var known struct {
		Name string `json:"name"`
		NATS struct {
			Type string `json:"type"`
		} `json:"nats"`
	}
	if json.Unmarshal(claims, &known) != nil {
		return r
	}
	r.Type, r.Name, r.Claims = known.NATS.Type, known.Name, claims
	return r
}

func (r request) line() ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line) // ends the line
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(r)
	return line.Bytes(), err
}

// refusal is a signer's own {"error"}: it works, and will not sign.
type refusal struct{ signer, public, reason string }

func (e *refusal) Error() string {
	return fmt.Sprintf("%s refuses to sign with %s: %s", e.signer, e.public, e.reason)
}

// command is an exec: source, a signer outside. It may sign with any key; the
// only way to know is to ask.
type command struct {
	o    *opening
	name string
	argv []string

	mu     sync.Mutex
	run    *process        // nil until the first request
	broken error           // why it is asked nothing more
	proven map[string]bool // public keys that have signed the same twice
}

// openExec opens exec:COMMAND, without running it yet. There is no shell:
// splitCommand says how COMMAND becomes an argv.
func openExec(o *opening, arg string) (source, error) {
	argv, err := splitCommand(arg)
	if err != nil {
		return nil, fmt.Errorf("the source of keys exec: %w", err)
	}
	c := &command{o: o, name: "exec:" + argv[0], argv: argv, proven: map[string]bool{}}
	o.closing = append(o.closing, c.close)
	return c, nil
}

// held is nothing: a signer is not asked what it can sign with.
func (c *command) held() ([]string, error) { return nil, nil }

// String names the command without its arguments, which may be secret.
func (c *command) String() string { return c.name }

// outside signs with a key that a command keeps. When the command refuses, the
// sources after it are asked.
type outside struct {
	command *command
	public  string
	next    func() (Signer, error)
}

func (s *outside) PublicKey() string { return s.public }

func (s *outside) Sign(data []byte) ([]byte, error) {
	signature, err := s.command.sign(s.public, data)
	var refused *refusal
	if !errors.As(err, &refused) {
		return signature, err
	}
	next, nextErr := s.next()
	var nowhere *Error
	if errors.As(nextErr, &nowhere) {
		return nil, err
	}
	if nextErr != nil {
		return nil, nextErr
	}
	return next.Sign(data)
}

// sign asks for a signature and verifies it. Builds must be reproducible, so
// the first signature of each key is asked for twice and must come out the
// same: Ed25519 as RFC 8032 has it is deterministic, a signer that draws a
// nonce is not. Nothing is retried.
func (c *command) sign(public string, data []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	signature, err := c.ask(public, data)
	if err != nil || c.proven[public] {
		return signature, err
	}
	again, err := c.ask(public, data)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(signature, again) {
		return nil, fmt.Errorf("%s signs the same data differently each time with %s; its Ed25519 signatures must be deterministic (RFC 8032)", c, public)
	}
	c.proven[public] = true
	return signature, nil
}

// ask is one request and its verified answer.
func (c *command) ask(public string, data []byte) ([]byte, error) {
	if c.broken != nil {
		return nil, c.broken
	}
	line, err := c.exchange(newRequest(public, data))
	if err != nil {
		c.broken = err
		return nil, err
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		c.broken = fmt.Errorf("%s answered %d bytes that are no JSON object with a signature or an error", c, len(line))
		return nil, c.broken
	}
	if a.Error != nil {
		return nil, &refusal{c.name, public, readable(*a.Error)}
	}
	signature, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(a.Signature))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, fmt.Errorf("%s answered no signature with %s: want %d bytes in base64", c, public, ed25519.SignatureSize)
	}
	if !verifies(public, data, signature) {
		return nil, fmt.Errorf("%s answered a signature that is not by %s: it signs with another key, or other data", c, public)
	}
	return signature, nil
}

func (c *command) exchange(r request) ([]byte, error) {
	if c.run == nil {
		run, err := startProcess(c.o, c.argv)
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", c, err)
		}
		c.run = run
	}
	line, err := r.line()
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c, err)
	}
	answered, err := c.run.exchange(line)
	if err != nil {
		return nil, fmt.Errorf("%s %w", c, err)
	}
	return answered, nil
}

func (c *command) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run != nil {
		c.run.stop(farewell)
	}
	c.broken = fmt.Errorf("%s was closed", c)
}

// readable is a signer's reason as it may be shown: short, and no seed.
func readable(reason string) string {
	const most = 500
	if _, found := schema.FindSecret([]byte(reason)); found {
		return redacted
	}
	if len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "") + "…"
	}
	return reason
}

// verifies reports that a signature of data is by a public key.
func verifies(public string, data, signature []byte) bool {
	pair, err := nkeys.FromPublicKey(public)
	return err == nil && pair.Verify(data, signature) == nil
}

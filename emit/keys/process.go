package keys

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

const (
	// defaultTimeout leaves time for a touch of a hardware key.
	defaultTimeout = 30 * time.Second
	// farewell is how long a signer may take to end when its input has.
	farewell = 2 * time.Second
	// maxAnswer bounds an answer's line, in bytes.
	maxAnswer = 64 << 10
)

// process is a running signer that answers a line with a line.
type process struct {
	ctx     context.Context
	timeout time.Duration
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	stdout  io.ReadCloser
	answers *bufio.Reader
	relay   *relay // of its stderr; nil when nobody reads that
	ended   bool
}

func startProcess(o *opening, argv []string) (*process, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = o.Dir
	p := &process{ctx: o.ctx, timeout: o.Timeout, cmd: cmd}
	if o.Stderr != nil {
		p.relay = &relay{to: o.Stderr}
		cmd.Stderr = p.relay
	}
	cmd.WaitDelay = farewell // a grandchild may keep stderr open
	isolate(cmd)
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.stdout, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if p.timeout == 0 {
		p.timeout = defaultTimeout
	}
	p.answers = bufio.NewReaderSize(p.stdout, maxAnswer)
	return p, nil
}

// exchange writes a line and reads one. After an error the process has ended;
// the errors continue a sentence that begins with the signer's name.
func (p *process) exchange(line []byte) ([]byte, error) {
	type result struct {
		line []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		// A signer that answers before it has read everything is no failure of
		// this end: its answer counts.
		_, writing := p.stdin.Write(line)
		answer, err := p.answers.ReadSlice('\n')
		if err == nil {
			writing = nil
		}
		done <- result{answer, errors.Join(err, writing)}
	}()
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	var why error
	select {
	case r := <-done:
		if r.err == nil {
			return r.line, nil
		}
		if errors.Is(r.err, bufio.ErrBufferFull) {
			p.stop(0)
			return nil, fmt.Errorf("answered a line of more than %d bytes", maxAnswer)
		}
		return nil, fmt.Errorf("ended without an answer (%s)", p.stop(farewell))
	case <-timer.C:
		why = fmt.Errorf("has not answered within %v", p.timeout)
	case <-p.ctx.Done():
		why = fmt.Errorf("was asked, and then: %w", context.Cause(p.ctx))
	}
	p.stop(0)
	<-done // its pipes are closed now
	return nil, why
}

// stop closes the signer's input, gives it some time to end, and says how it
// ended.
func (p *process) stop(grace time.Duration) string {
	if p.ended {
		return ""
	}
	p.ended = true
	p.stdin.Close()
	if grace == 0 {
		kill(p.cmd)
		p.stdout.Close() // a grandchild may hold the other end
	}
	late := time.AfterFunc(grace, func() { kill(p.cmd) })
	p.cmd.Wait()
	late.Stop()
	if p.relay != nil {
		p.relay.end()
	}
	return p.cmd.ProcessState.String()
}

// splitCommand makes an argv of a COMMAND, without a shell: white space
// separates arguments; '…' takes everything as it is; "…" takes everything
// but \" and \\, which stand for the second character; outside of quotes a
// backslash takes the next character as it is. There are no variables, no
// patterns, no pipes.
func splitCommand(text string) ([]string, error) {
	var argv []string
	var word strings.Builder
	inWord := false
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			if inWord {
				argv = append(argv, word.String())
				word.Reset()
				inWord = false
			}
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && escapes(quote, text[i+1:]):
			i++
			word.WriteByte(text[i])
		default:
			word.WriteByte(c)
		}
		inWord = true
	}
	if quote != 0 {
		return nil, fmt.Errorf("has a quote %c that does not end", quote)
	}
	if inWord {
		argv = append(argv, word.String())
	}
	if len(argv) == 0 || argv[0] == "" {
		return nil, errors.New("names no command")
	}
	return argv, nil
}

// escapes reports that a backslash within some quote (0 for none) takes the
// character after it.
func escapes(quote byte, rest string) bool {
	switch {
	case rest == "" || quote == '\'':
		return false
	case quote == '"':
		return rest[0] == '"' || rest[0] == '\\'
	}
	return true
}

package git

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// object is what git tells of one.
type object struct {
	hash, kind string
	size       int64
}

// batch is a process of git that tells of one object after the other. It is begun
// with the first question, and anew after one that failed.
type batch struct {
	ctx   context.Context // ends the process
	begin func() *exec.Cmd

	mu     sync.Mutex
	cmd    *exec.Cmd // nil where none runs
	in     io.WriteCloser
	out    io.ReadCloser
	said   *bufio.Reader // of out
	stderr bytes.Buffer
}

// newBatch is a batch in a repository: "--batch-check" tells what objects are,
// "--batch" gives their bytes too.
func newBatch(ctx context.Context, dir, mode string) *batch {
	return &batch{ctx: ctx, begin: func() *exec.Cmd { return command(ctx, dir, []string{"cat-file", mode}) }}
}

// ask is what an object is; of a batch that gives no bytes.
func (b *batch) ask(name string) (object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.head(name)
}

// read is an object's bytes; of a batch that gives them.
func (b *batch) read(o object) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	is, err := b.head(o.hash)
	if err != nil {
		return nil, err
	}
	if is != o { // its bytes are not waited for
		_ = b.end()
		return nil, fmt.Errorf("git says of one object %v, then %v", o, is)
	}
	data := make([]byte, o.size+1) // a line's end too
	if _, err := io.ReadFull(b.said, data); err != nil {
		return nil, b.broken(err)
	}
	return data[:o.size:o.size], nil
}

// head asks, and reads the first line of the answer: HASH SP TYPE SP SIZE LF.
func (b *batch) head(name string) (o object, err error) {
	if b.cmd == nil {
		if err := b.start(); err != nil {
			return o, fmt.Errorf("git: %w", err)
		}
	}
	if _, err := io.WriteString(b.in, name+"\n"); err != nil {
		return o, b.broken(err)
	}
	line, err := b.said.ReadString('\n')
	if err != nil {
		return o, b.broken(err)
	}
	words := strings.Fields(line)
	if len(words) == 3 {
		o = object{hash: words[0], kind: words[1]}
		o.size, err = strconv.ParseInt(words[2], 10, 64)
	}
	if len(words) != 3 || err != nil || o.size < 0 {
		return o, fmt.Errorf("git answers %q", strings.TrimSpace(line))
	}
	return o, nil
}

func (b *batch) start() (err error) {
	cmd := b.begin()
	b.stderr.Reset()
	cmd.Stderr = &b.stderr
	if b.in, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if b.out, err = cmd.StdoutPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	b.cmd, b.said = cmd, bufio.NewReader(b.out)
	return nil
}

// broken ends a process that breaks off, and says why it does.
func (b *batch) broken(err error) error {
	if ended := b.end(); ended != nil {
		return ended
	}
	return fmt.Errorf("git breaks off: %w", err)
}

// end ends the process. What it still has to say is not waited for.
func (b *batch) end() error {
	if b.cmd == nil {
		return nil
	}
	_, _ = b.in.Close(), b.out.Close()
	err := b.cmd.Wait()
	b.cmd = nil
	if err != nil {
		return fmt.Errorf("git: %w: %s", cmp.Or(b.ctx.Err(), err), strings.TrimSpace(b.stderr.String()))
	}
	return nil
}

// close ends the process, if one runs.
func (b *batch) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.end() // nothing is asked any more
}

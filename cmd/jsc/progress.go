package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a line on a terminal that says what takes so long. It appears
// only when something does, and leaves nothing behind.
type progress struct {
	mu    sync.Mutex
	what  string
	over  chan struct{}
	ended sync.WaitGroup
}

// patience is how long a build may take before it says what it is at.
const patience = 400 * time.Millisecond

func (t *terminal) progress(what string) *progress {
	p := &progress{what: what, over: make(chan struct{})}
	if !t.lively() {
		return p
	}
	p.ended.Add(1)
	go func() {
		defer p.ended.Done()
		select {
		case <-p.over:
			return
		case <-time.After(patience):
		}
		bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(t.stderr), progressbar.OptionSpinnerType(14),
			progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish())
		defer bar.Finish()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			p.mu.Lock()
			bar.Describe(p.what)
			p.mu.Unlock()
			bar.Add(1)
			select {
			case <-p.over:
				return
			case <-tick.C:
			}
		}
	}()
	return p
}

// stage says what is done now.
func (p *progress) stage(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = what
}

// done takes the line away; it may be called more than once.
func (p *progress) done() {
	p.mu.Lock()
	select {
	case <-p.over:
	default:
		close(p.over)
	}
	p.mu.Unlock()
	p.ended.Wait()
}
